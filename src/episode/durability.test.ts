import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { configureWorld } from '../kernel/world.ts'
import { leaveRemains, recoverCut } from '../testing/crashes.ts'
import { createHandClock } from '../testing/hand-clock.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'
import { createBotPlayer } from './in-process-players.ts'
import { createMemorySink } from './sink.ts'
import { resumeEpisode, startEpisode } from './start.ts'

test('durability: a log and journals cut anywhere recover every whole line', async () => {
  const remains = await leaveRemains(3)
  for (let seed = 0; seed < 120; seed++) await recoverCut(remains, seed)
  rmSync(remains.folder, { recursive: true })
})

test('resume: bots rebuild their memory, so an interrupted match ends like an uninterrupted one', async () => {
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

test('durability: an episode without players resumes at most 100 ms before the last step that viewers saw', async () => {
  for (const stepsPerSecond of [1, 5, 20, 60, 500]) {
    const clock = createHandClock()
    const sink = createMemorySink()
    const slots = [0, 1].map((slot) => ({ player: { kind: 'human' as const, name: `Player ${slot}` } }))
    const pacing = { mode: 'rate' as const, stepsPerSecond }
    const episode = startEpisode(paintArena, configureWorld(paintArena, 'default', { max_ticks: 10_000 }), {
      seed: 1,
      slots,
      pacing,
      sink,
      clock,
    })
    episode.begin()
    await clock.crank(3000)
    const { header, step } = episode
    assert.ok(step > 2, `${step} steps at ${stepsPerSecond} a second`)
    const lines = [...sink.lines]
    const resumed = resumeEpisode(paintArena, { header, lines }, { inProcessFor: () => undefined, clock })
    assert.ok(step - resumed.step <= stepsPerSecond / 10, `${resumed.step} of ${step} steps are on record`)
    await episode.stop().catch(() => undefined)
    await episode.done.catch(() => undefined)
  }
})
