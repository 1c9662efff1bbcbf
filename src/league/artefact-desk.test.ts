// Zips of players: each slot has its own address, and nothing but a zip of bounded size is kept.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { ArtefactDesk, MAX_ARTEFACT_BYTES, UPLOAD_VARIABLE } from './artefact-desk.ts'

const EMPTY_ZIP = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
const put = (url: string, body: Uint8Array<ArrayBuffer>, method = 'PUT') =>
  fetch(url, { method, body, headers: { 'content-type': 'application/zip' } }).then(({ status }) => status)

test('artefacts: each slot has its own address; the last whole zip counts; anything else is refused', async () => {
  const desk = await ArtefactDesk.open(2)
  const [first = '', second = ''] = [0, 1].map((slot) => desk.variables(slot)[UPLOAD_VARIABLE])
  assert.match(first, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/policy_artifact_0\.zip$/)
  assert.notEqual(first.split('/')[3], second.split('/')[3])
  assert.equal(await put(second, EMPTY_ZIP), 200)
  assert.equal(await put(second, Buffer.from('PK\x03\x04rest')), 200)
  assert.equal(await put(second, Buffer.from('not a zip')), 422)
  assert.equal(await put(first.replace(/\/[\w-]{22}\//, '/somebody-elses-secret-/'), EMPTY_ZIP), 404)
  assert.equal((await fetch(second)).status, 405)
  assert.deepEqual([...desk.files.keys()], [1])
  const path = desk.files.get(1) ?? ''
  assert.equal(readFileSync(path, 'latin1'), 'PK\x03\x04rest')
  await desk[Symbol.asyncDispose]()
  assert.ok(!existsSync(dirname(path)))
  await assert.rejects(fetch(first), TypeError)
})

test('artefacts: a zip above the limit is refused before it is read, and an upload that breaks off leaves nothing', async () => {
  await using desk = await ArtefactDesk.open(1)
  const url = desk.variables(0)[UPLOAD_VARIABLE] ?? ''
  const status = await new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers: { 'content-length': MAX_ARTEFACT_BYTES + 1 } }, (answer) => {
      resolve(answer.statusCode)
      sent.destroy()
    })
    sent.once('error', reject)
    sent.flushHeaders()
  })
  assert.equal(status, 413)
  await new Promise<void>((resolve) => {
    const sent = request(url, { method: 'PUT', headers: { 'content-length': 1000 } })
    sent.once('error', () => resolve())
    sent.write(EMPTY_ZIP, () => sent.destroy(new Error('cut')))
  })
  assert.equal(await put(url, EMPTY_ZIP), 200)
  assert.equal(readFileSync(desk.files.get(0) ?? '').length, EMPTY_ZIP.length)
})
