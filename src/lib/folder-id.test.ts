// The identity of a data folder: made once, kept from then on, and no reason to refuse a start.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { folderId } from './folder-id.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-folder-id-'))
after(() => rmSync(folder, { recursive: true }))

test('folder id: it is made once, for its owner alone, and replaced when it cannot be read', async () => {
  const path = join(folder, 'server-id')
  const id = await folderId(folder)
  assert.match(id ?? '', /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  assert.equal(readFileSync(path, 'utf8'), `${id}\n`)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(await folderId(folder), id)
  writeFileSync(path, '')
  const next = await folderId(folder)
  assert.notEqual(next, id)
  assert.equal(await folderId(folder), next)
})

test('folder id: a folder that takes no file has none', async () => {
  assert.equal(await folderId('/proc/self/task'), null)
})
