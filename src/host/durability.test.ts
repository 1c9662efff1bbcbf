import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createConnection } from '../testing/connections.ts'
import { killAndCheck } from '../testing/crashes.ts'
import { openFolder } from '../testing/data-folder.ts'
import { nim } from '../testing/worlds.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'paracosm-test-'))
const person = { kind: 'human' as const, name: 'Ada' }

for (const mode of ['receipts', 'posts'] as const) {
  test(`durability: kill -9 loses nothing that clients saw, with clients that ${mode === 'posts' ? 'never request receipts' : 'request receipts'}`, async () => {
    const folder = temporary()
    let acknowledged = 0
    for (const ms of [20, 400, 900]) acknowledged += (await killAndCheck(folder, ms, mode)).acknowledged
    assert.ok(acknowledged > 0, 'nothing was told before the kills')
    rmSync(folder, { recursive: true })
  })
}

test('host: a data folder is open in one process at a time', async () => {
  const folder = temporary()
  const open = await openFolder(folder)
  await assert.rejects(openFolder(folder), { code: 'DATA_IN_USE' })
  await open.close()
  await (await openFolder(folder)).close()
  rmSync(folder, { recursive: true })
})

test('host: a stopped episode resumes with its tokens, ends, and is archived compressed', async () => {
  const folder = temporary()
  const first = await openFolder(folder, [nim])
  const episode = await first.episodes.start({
    world: nim,
    id: 'nim-1',
    config: { heap: 3 },
    seed: 1,
    slots: [null, null],
    pacing: { mode: 'lockstep' },
    kind: 'test',
    gatherMs: 60_000,
  })
  const tokens = episode.slots.map((slot) => slot.token)
  const join0 = { slot: 0, token: tokens[0] ?? '' }
  const join1 = { slot: 1, token: tokens[1] ?? '' }
  const ada = episode.join(join0, person, createConnection())
  episode.join(join1, person, createConnection())
  await ada.submit({ take: 1 })
  assert.equal(statSync(join(folder, 'live', 'nim-1', 'tokens.json')).mode & 0o777, 0o600)
  assert.deepEqual(await first.close(), ['nim-1'])
  assert.deepEqual(readdirSync(join(folder, 'log')), [])

  const second = await openFolder(folder, [nim], { resume: { gatherMs: 0, leadMs: 0 } })
  assert.equal(await second.episodes.resumeUnfinished(), 1)
  const resumed = second.episodes.get('nim-1')
  assert.ok(resumed)
  assert.deepEqual(
    resumed.slots.map((slot) => slot.token),
    tokens,
  )
  assert.equal(resumed.step, 1)
  assert.equal(second.episodes.withToken(tokens[1] ?? ''), resumed)
  const bob = resumed.join(join1, person, createConnection())
  assert.deepEqual(await bob.submit({ take: 2 }), { accepted: true, step: 1 })
  const end = await resumed.done
  await second.close()
  const third = await openFolder(folder, [nim])
  const summary = await third.episodes.find('nim-1')
  assert.deepEqual([summary.status, summary.results?.scores, summary.steps], ['finished', [0, 1], 2])
  assert.equal(summary.hash, end.hash)
  assert.deepEqual(readdirSync(join(folder, 'blobs', 'episodes', 'nim-1')).sort(), [
    'journal.jsonl.zst',
    'results.json',
  ])
  assert.deepEqual(readdirSync(join(folder, 'live')), [])
  await third.close()
  rmSync(folder, { recursive: true })
})

for (const status of ['live', 'failed'] as const) {
  test(`durability: a crash during the removal of an archived episode’s files loses nothing (row: ${status})`, async () => {
    const folder = temporary()
    const first = await openFolder(folder)
    const spec = { world: 'paint-arena', id: 'match-1', config: { max_ticks: 3 }, seed: 1, slots: ['sweep', 'greedy'] }
    const episode = await first.episodes.start({ ...spec, pacing: { mode: 'fast' }, kind: 'test' })
    await episode.done
    await first.close()
    const second = await openFolder(folder)
    const { hash, steps } = await second.episodes.find('match-1')
    // The journal is removed first; the folder still exists, and the row is written after that.
    const problem = { code: 'WORLD_THREW', message: 'It threw.', hint: 'Mend it.' }
    await second.index.patch('match-1', { status, problem: status === 'failed' ? problem : null })
    mkdirSync(join(folder, 'live', 'match-1'), { recursive: true })
    writeFileSync(join(folder, 'live', 'match-1', 'tokens.json'), '{"tokens":[]}')
    await second.close()
    const third = await openFolder(folder)
    assert.equal(await third.episodes.resumeUnfinished(), 0)
    const found = await third.episodes.find('match-1')
    assert.equal(found.status, status === 'live' ? 'finished' : 'failed')
    if (status === 'live') assert.deepEqual([found.hash, found.steps], [hash, steps])
    const journal = await third.episodes.readJournal('match-1')
    assert.equal(journal.header.episode, 'match-1')
    await journal.close()
    assert.deepEqual(readdirSync(join(folder, 'live')), [])
    await third.close()
    rmSync(folder, { recursive: true })
  })
}
