// `paracosm/episode` and `paracosm/server` as a program uses them, from the sources. From the tarball: tests/package.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { forkEpisode, replayEpisode, runEpisode, verifyJournal } from '../../src/api/episode.ts'
import { createServer } from '../../src/api/server.ts'
import { nim } from '../../src/testing/worlds.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm api '))
after(() => rmSync(folder, { recursive: true }))

test('runEpisode: the same seed gives the same episode, and its journal verifies', async () => {
  const play = () => runEpisode({ world: 'paint-arena', players: ['random', 'greedy'], seed: 7 })
  const [one, two] = [await play(), await play()]
  assert.deepEqual([one.results, one.digest, one.steps], [two.results, two.digest, two.steps])
  const report = await verifyJournal(one.journal)
  assert.deepEqual([report.ok, report.isFinished, report.hash], [true, true, one.hash])
})

test('runEpisode: it accepts a world as a value, sync and async players, and gives them their context', async () => {
  const seen: unknown[] = []
  const result = await runEpisode({
    world: nim,
    players: [
      {
        name: 'sync',
        decide({ left }, { slot, step }) {
          seen.push([left, slot, step])
          return { take: left === 1 ? 1 : 2 }
        },
      },
      'one',
    ],
    seed: 1,
  })
  assert.deepEqual(seen[0], [21, 0, 0])
  assert.deepEqual(result.players, ['sync', 'one'])
  const asked: (string | undefined)[] = []
  const slow = await runEpisode({
    world: nim,
    players: [
      {
        name: 'slow',
        async decideAsync({ left }, { refusal }) {
          asked.push(refusal?.code)
          await new Promise((resolve) => setImmediate(resolve))
          return { take: asked.length === 1 ? 9 : Math.min(3, left) }
        },
      },
      'one',
    ],
    seed: 1,
  })
  assert.equal(slow.outcome.ended, 'terminated')
  assert.deepEqual(asked.slice(0, 3), [undefined, 'INVALID_COMMAND', undefined])
  assert.equal((await verifyJournal(slow.journal, { world: nim })).ok, true)
})

test('runEpisode: an async player that throws or never answers rejects with its reason', async () => {
  const play = (decideAsync: () => Promise<any>) =>
    runEpisode({ world: nim, players: [{ name: 'bad', decideAsync }, 'one'], seed: 1 })
  await assert.rejects(
    play(() => Promise.reject(new Error('no coffee'))),
    /no coffee/,
  )
  await assert.rejects(
    play(() => Promise.resolve(undefined)),
    { code: 'USAGE' },
  )
  await assert.rejects(
    play(() => Promise.resolve({ take: 99 })),
    /refused 10 times/,
  )
})

test('runEpisode: limits, signals and mistakes settle the promise', async () => {
  const short = await runEpisode({ world: 'paint-arena', players: ['idle', 'idle'], seed: 1, maxSteps: 3 })
  assert.deepEqual([short.steps, short.outcome.ended], [3, 'truncated'])
  const abort = new AbortController()
  const stuck = runEpisode({
    world: nim,
    players: [{ name: 'stuck', decideAsync: () => new Promise<never>(() => abort.abort()) }, 'one'],
    seed: 1,
    signal: abort.signal,
  })
  await assert.rejects(stuck, { code: 'INTERRUPTED' })
  await assert.rejects(runEpisode({ world: 'nobody', players: [], seed: 1 }), { code: 'UNKNOWN_WORLD' })
  await assert.rejects(runEpisode({ world: nim, players: ['one'], seed: 1 }), { code: 'CONFIG_INVALID' })
  await assert.rejects(runEpisode({ world: nim, players: ['one', 'nobody'], seed: 1 }), { code: 'UNKNOWN_BOT' })
})

test('journals: a file is replayed to a step, forked and verified; damage is found', async () => {
  const journalFile = join(folder, 'journal.jsonl')
  const { journal } = await runEpisode({ world: 'paint-arena', players: ['sweep', 'greedy'], seed: 3, journalFile })
  assert.equal(readFileSync(journalFile, 'utf8'), journal.text)
  const at = await replayEpisode({ file: journalFile }, { step: 10 })
  assert.deepEqual([at.step, at.observations.length, at.outcome?.ended], [10, 2, 'terminated'])
  const fork = await forkEpisode({ file: journalFile }, { at: 10, players: { 0: 'random' } })
  assert.equal(fork.parent.step, 10)
  assert.equal((await verifyJournal(fork.journal)).ok, true)
  const said = await forkEpisode(journal, { at: 0, commands: { 1: { move: 'stay' } } })
  assert.deepEqual(said.players, ['sweep', 'greedy'])
  await assert.rejects(forkEpisode(journal, { at: 99_999 }), { code: 'STEP_OUT_OF_RANGE' })
  await assert.rejects(verifyJournal({ text: journal.text.replace('"seed":3', '"seed":4') }), {
    code: 'JOURNAL_CORRUPT',
  })
  await assert.rejects(replayEpisode({ file: join(folder, 'none') }), { code: 'FILE_UNREADABLE' })
})

test('createServer: serves a world as a value, over HTTP, and closes once', async () => {
  const module = join(folder, 'other.ts')
  writeFileSync(module, 'export const x = 1')
  await using server = await createServer({ folder: join(folder, 'data'), worlds: [nim] })
  const start = (world: string) =>
    fetch(`${server.url}/api/episodes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ world, players: ['one', 'one'], seed: 1, tick_rate: 50 }),
    })
  assert.equal((await start('nim')).status, 201)
  assert.equal((await start(module)).status, 404)
  const [first, second] = await Promise.all([server.close(), server.close()])
  assert.deepEqual(first, second)
  await assert.rejects(fetch(server.url))
})
