// The commands about participants and plans, in separate processes, on the folder of a stopped server.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createOfflineResponder } from '../../src/adapters/session/role-models.ts'
import { createStudyClient } from '../../src/client/index.ts'
import { startServer } from '../../src/server/app.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { RUN } from './study-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-participants-'))
const data = join(folder, 'data')
const file = join(folder, 'two minds.yml')
const source = `${RUN}  analysis_plan: |\n    We compare turns | between games.\n`
const PROLIFIC = '5f0c2'
let player = ''
let paths: string[] = []

before(async () => {
  writeFileSync(file, source)
  const server = await startServer({
    dataDir: data,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
    sessions: { models: createOfflineResponder(), hasRateLimits: false },
    studies: { files: [{ path: file, text: source }] },
  })
  const { url } = server
  const joined = await createStudyClient({ url }, 'Two minds').join({ external: { PROLIFIC_PID: PROLIFIC } })
  await createStudyClient({ url }, 'Two minds').join()
  player = joined.player_id
  const study = createStudyClient({ url, key: joined.api_key }, 'Two minds')
  const { group_id: group } = await study.answer('before_all_assignments', { consent: { ok: true } })
  await study.answer(group ?? '', { before: { mood: 'Fine,\tand well.' } })
  paths = (await Promise.all(Array.from({ length: 8 }, () => study.start()))).map(({ ws_path }) => ws_path)
  const [path = ''] = paths
  const play = new PlayClient(url.replace('http', 'ws') + path, joined.api_key)
  await play.until('turn_end')
  await play.advance('I wave.')
  await play.close()
  await server.close()
})
after(() => rmSync(folder, { recursive: true }))

const run = async (...args: string[]) => {
  const { status, out, err } = await runCommand(['experiment', ...args])
  return { status, out, err }
}

test('start: eight clicks begin one session', () => assert.equal(new Set(paths).size, 1))

test('preregister: it writes hash, versions, measures and plan, and never overwrites a document', async () => {
  const output = join(folder, 'plan.md')
  const { status, err } = await run('preregister', file, '--output', output)
  assert.equal(status, 0, err)
  const text = readFileSync(output, 'utf8')
  assert.ok(text.includes(createHash('sha256').update(readFileSync(file)).digest('hex')))
  assert.match(text, /\| Program \| paracosm \d/)
  assert.match(text, /We compare turns \| between games\./)
  assert.match(text, /\| before \| before_assignment \| mood \| How are you\? \| string \|/)
  assert.ok(text.includes(source.trimEnd()))
  assert.equal((await run('preregister', file, '--output', output)).status, 2)
})

test('bids: participants, forms and sessions have sidecars, every checksum is right, and nothing identifies anyone', async () => {
  const output = join(folder, 'bids')
  const { status, err } = await run('export', 'Two minds', '--layout', 'bids', '--data', data, '--output', output)
  assert.equal(status, 0, err)
  const about = JSON.parse(readFileSync(join(output, 'dataset_description.json'), 'utf8'))
  assert.equal(about.GeneratedBy[0].Name, 'paracosm')
  const people = readFileSync(join(output, 'participants.tsv'), 'utf8').trim().split('\n')
  assert.equal(people.length, 3)
  const [subject = ''] = readdirSync(output).filter((name) => name.startsWith('sub-'))
  const events = readdirSync(join(output, subject, 'beh')).find((name) => name.endsWith('_events.tsv')) ?? ''
  assert.match(events, /^sub-P000\d_task-(explore|teamwork)_run-01_events\.tsv$/)
  assert.match(readFileSync(join(output, subject, 'beh', events), 'utf8'), /I wave\./)
  assert.match(readFileSync(join(output, 'phenotype', 'before.tsv'), 'utf8'), /\tFine, and well\.\n/)
  const sums = readFileSync(join(output, 'SHA256SUMS'), 'utf8').trim().split('\n')
  for (const line of sums) {
    const [sum, name = ''] = line.split('  ')
    const bytes = readFileSync(join(output, name))
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sum, name)
    assert.ok(!bytes.includes(player) && !bytes.includes(PROLIFIC), name)
  }
  assert.ok(sums.length > 10)
})

test('participant: one is found by the id of the platform, exported, and deleted with --yes', async () => {
  const listed = await run('participant', 'list', 'two minds', '--data', data, '--json')
  assert.equal(JSON.parse(listed.out).participants.length, 2)
  const output = join(folder, 'person.json')
  const exported = await run('participant', 'export', 'Two minds', PROLIFIC, '--data', data, '--output', output)
  assert.equal(exported.status, 0, exported.err)
  const held = JSON.parse(readFileSync(output, 'utf8'))
  assert.deepEqual([held.player_id, held.external], [player, { PROLIFIC_PID: PROLIFIC }])
  assert.ok(JSON.stringify(held.sessions).includes('I wave.'))
  const refused = await run('participant', 'delete', 'Two minds', player, '--data', data)
  assert.equal(refused.status, 2)
  assert.match(refused.err, /--yes/)
  const deleted = await run('participant', 'delete', 'Two minds', player, '--data', data, '--yes')
  assert.equal(deleted.status, 0, deleted.err)
  const again = await run('participant', 'export', 'Two minds', player, '--data', data)
  assert.match(again.err, /UNKNOWN_PLAYER/)
  const left = await run('participant', 'list', 'Two minds', '--data', data, '--json')
  assert.equal(JSON.parse(left.out).participants.length, 1)
})
