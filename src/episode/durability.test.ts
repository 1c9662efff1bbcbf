import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { configureWorld } from '../kernel/world.ts'
import { createConnection } from '../testing/connections.ts'
import { killAndCheck, leaveRemains, recoverCut } from '../testing/crashes.ts'
import { nim } from '../testing/worlds.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'
import { Archive } from './archive.ts'
import { createBotPlayer } from './in-process-players.ts'
import { createMemorySink } from './sink.ts'
import { createToken } from './slots.ts'
import { resumeEpisode, startEpisode } from './start.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'paracosm-test-'))

test('durability: a log and journals cut anywhere recover every whole line', async () => {
  const remains = await leaveRemains(3)
  for (let seed = 0; seed < 120; seed++) await recoverCut(remains, seed)
  rmSync(remains.folder, { recursive: true })
})

test('durability: kill -9 loses nothing that was acknowledged, and the next start goes on', async () => {
  const folder = temporary()
  let acknowledged = 0
  for (const ms of [20, 70, 150]) acknowledged += (await killAndCheck(folder, ms)).acknowledged
  assert.ok(acknowledged > 0, 'nothing was acknowledged before the kills')
  rmSync(folder, { recursive: true })
})

test('durability: a data folder is open in one process at a time; a lock left by a dead one is seen through', async () => {
  const folder = temporary()
  const archive = await Archive.open(folder)
  await archive.close()
  const { writeFileSync } = await import('node:fs')
  writeFileSync(join(folder, 'lock'), String(process.ppid))
  await assert.rejects(Archive.open(folder), { code: 'DATA_IN_USE' })
  writeFileSync(join(folder, 'lock'), '999999999')
  await (await Archive.open(folder)).close()
  rmSync(folder, { recursive: true })
})

test('archive: a stopped episode goes on with its tokens, ends, and is put away compressed', async () => {
  const folder = temporary()
  const tokens = [createToken(), createToken()]
  const person = { kind: 'human' as const, name: 'Ada' }
  const first = await Archive.open(folder)
  const slots = tokens.map((token) => ({ player: { kind: 'empty' as const, name: 'nobody' }, token }))
  const sink = await first.create('nim-1', tokens)
  const episode = startEpisode(nim, configureWorld(nim, undefined, { heap: 3 }), {
    id: 'nim-1',
    seed: 1,
    slots,
    pacing: { mode: 'lockstep' },
    sink,
  })
  episode.begin()
  const ada = episode.join({ slot: 0, token: tokens[0] ?? '' }, person, createConnection())
  await ada.submit({ take: 1 })
  const tokensFile = join(folder, 'episodes', 'nim-1', 'slots.json')
  assert.equal(statSync(tokensFile).mode & 0o777, 0o600)
  assert.equal(await episode.stop(), 1)
  await first.close()
  assert.deepEqual(readdirSync(join(folder, 'log')), [])

  const second = await Archive.open(folder)
  assert.deepEqual(second.unfinished(), ['nim-1'])
  const reopened = await second.reopen('nim-1')
  assert.deepEqual(reopened.tokens, tokens)
  const resumed = resumeEpisode(nim, reopened.journal, {
    inProcessFor: () => undefined,
    tokens: reopened.tokens,
    sink: reopened.sink,
  })
  resumed.begin()
  assert.equal(resumed.step, 1)
  const bob = resumed.join({ slot: 1, token: tokens[1] ?? '' }, person, createConnection())
  assert.deepEqual(await bob.submit({ take: 2 }), { accepted: true, step: 1 })
  await second.finish('nim-1', await resumed.done)
  assert.deepEqual(readdirSync(join(folder, 'episodes', 'nim-1')).sort(), ['journal.jsonl.zst', 'results.json'])
  const summary = second.get('nim-1')
  assert.deepEqual([summary?.status, summary?.results?.scores, summary?.steps], ['finished', [0, 1], 2])
  assert.equal(summary?.hash, (await resumed.done).hash)
  await second.close()
  rmSync(folder, { recursive: true })
})

test('resume: bots remember what they had seen, so an interrupted match ends as an uninterrupted one', async () => {
  const configured = configureWorld(paintArena, 'default')
  const inProcessFor = (player: { name: string }, slot: number) =>
    createBotPlayer(paintArena, player.name, { seed: 4, slot })
  const plan = (sink: ReturnType<typeof createMemorySink>) => ({
    id: 'match',
    seed: 4,
    slots: ['random', 'random'].map((name, slot) => ({
      player: { kind: 'bot' as const, name },
      inProcess: inProcessFor({ name }, slot),
    })),
    pacing: { mode: 'fast' as const },
    sink,
  })
  const whole = createMemorySink()
  const straight = startEpisode(paintArena, configured, plan(whole))
  straight.begin()
  const expected = await straight.done
  for (const kept of [1, 2, 30, 77]) {
    const sink = createMemorySink()
    const header = straight.header
    const resumed = resumeEpisode(paintArena, { header, lines: whole.lines.slice(0, kept) }, { inProcessFor, sink })
    resumed.begin()
    const end = await resumed.done
    assert.deepEqual([end.digest, end.results], [expected.digest, expected.results], `after ${kept} lines`)
  }
})
