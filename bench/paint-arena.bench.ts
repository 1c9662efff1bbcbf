// paint-arena on one core: the rules alone, through the host, with a journal, replayed, and as a cold command.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileSink } from '../src/episode/file-sink.ts'
import { createBotPlayer } from '../src/episode/in-process-players.ts'
import { JournalFile, verifyJournal } from '../src/episode/journal-file.ts'
import type { LineSink } from '../src/episode/sink.ts'
import { startEpisode } from '../src/episode/start.ts'
import { configureWorld } from '../src/kernel/world.ts'
import { LAUNCHER } from '../src/testing/cli.ts'
import { createPaint, tickPaint } from '../src/worlds/paint-arena/rules.ts'
import { paintArena } from '../src/worlds/paint-arena/world.ts'
import { measureFloor } from './floor.ts'
import { type Row, rateOf, timeOf } from './measure.ts'

export const name = 'paint-arena'

function rules(steps: number): number {
  const state = createPaint({ width: 12, height: 8, max_ticks: 10_000, slots: 2 })
  const turn = [4, 2, 3, 1]
  for (let step = 0; step < steps; step++) {
    state.actions[0] = turn[(step >> 3) & 3]!
    state.actions[1] = turn[((step >> 3) + 1) & 3]!
    tickPaint(state)
  }
  return state.scores[0]!
}

/** Successive matches of 10,000 ticks between two `sweep` bots. */
async function play(matches: number, sinkOf?: (match: number) => Promise<LineSink>): Promise<void> {
  const configured = configureWorld(paintArena, 'default', { max_ticks: 10_000 })
  for (let match = 0; match < matches; match++) {
    const slots = ['sweep', 'sweep'].map((bot, slot) => ({
      player: { kind: 'bot' as const, name: bot },
      inProcess: createBotPlayer(paintArena, bot, { seed: match, slot }),
    }))
    const sink = await sinkOf?.(match)
    const episode = startEpisode(paintArena, configured, { seed: match, slots, pacing: { mode: 'fast' }, sink })
    episode.begin()
    await episode.done
  }
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  const steps = 20_000_000
  report({
    what: 'floor: minimal loop, typed arrays',
    value: await measureFloor(),
    unit: 'steps/s',
  })
  report({
    what: 'step alone, 12 x 8',
    value: await rateOf(steps, () => rules(steps)),
    unit: 'steps/s',
    note: 'goal 10,000,000',
  })
  const matches = 50
  const hosted = await rateOf(matches * 10_000, () => play(matches))
  report({ what: 'through the episode host, two bots', value: hosted, unit: 'steps/s', note: 'goal 1,000,000' })
  let round = 0
  const paths: string[] = []
  const toDisk = (match: number) => {
    const path = join(folder, `${round}-${match}.jsonl`)
    paths.push(path)
    return createFileSink(path)
  }
  const journalled = await rateOf(matches * 10_000, () => {
    round++
    return play(matches, toDisk)
  })
  report({
    what: 'the same, journal written and synced to disk',
    value: journalled,
    unit: 'steps/s',
    note: 'goal 300,000',
  })
  const last = paths.slice(-matches)
  const replayed = await rateOf(matches * 10_000, async () => {
    for (const path of last) {
      const file = await JournalFile.open(path)
      await verifyJournal(file, () => paintArena)
      await file.close()
    }
  })
  report({
    what: 'replay with every hash and digest verified',
    value: replayed,
    unit: 'steps/s',
    note: 'goal: as fast as playing with a journal',
  })
  rmSync(folder, { recursive: true })
  const cold = (args: readonly string[]) => timeOf(() => spawnSync(LAUNCHER, args), 9)
  report({
    what: 'floor: node -e 0, cold',
    value: await timeOf(() => spawnSync(process.execPath, ['-e', '0']), 9),
    unit: 'ms',
  })
  report({
    what: 'paracosm run paint-arena sweep sweep --json, cold',
    value: await cold(['run', 'paint-arena', 'sweep', 'sweep', '--json']),
    unit: 'ms',
    note: 'goal 400',
  })
}
