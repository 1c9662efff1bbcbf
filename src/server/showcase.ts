// Keeps bots playing in every built-in world, one episode after another. Old ones are removed.
import { randomInt } from 'node:crypto'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { sleep } from '../lib/sleep.ts'
import type { JsonObject } from '../protocol/json.ts'

const KIND = 'showcase'
const LEAD_MS = 500
/** Milliseconds between two episodes of a world. */
const BREAK_MS = 4000
/** Number of finished episodes to keep. */
const KEPT = 60
/** Episodes that one pruning removes at most. */
const PRUNED = 100

interface Entry {
  readonly variant: string
  /** Overrides keys of the variant. */
  readonly config?: JsonObject
  readonly slots: readonly string[]
}

interface Programme {
  readonly world: string
  readonly stepsPerSecond: number
  /** Longer ones are truncated, so that visitors also see beginnings. */
  readonly maxSteps?: number
  readonly entries: readonly Entry[]
}

/** Four painters on a field that fits a card, for less than a minute. */
const SMALL: JsonObject = { width: 16, height: 10, max_ticks: 240 }

/** Pairings take turns; no match repeats the previous one. */
const PROGRAMMES: readonly Programme[] = [
  {
    world: 'paint-arena',
    stepsPerSecond: 5,
    entries: [
      { variant: 'grand', config: SMALL, slots: ['sweep', 'greedy', 'random', 'greedy'] },
      { variant: 'scattered', slots: ['sweep', 'greedy'] },
      { variant: 'grand', config: SMALL, slots: ['random', 'sweep', 'greedy', 'random'] },
      { variant: 'scattered', slots: ['random', 'sweep'] },
    ],
  },
  {
    world: 'frontier',
    stepsPerSecond: 20,
    entries: [
      { variant: 'company', slots: ['explorer', 'scripted', 'explorer', 'wanderer'] },
      { variant: 'arrival', slots: ['explorer'] },
    ],
  },
  {
    world: 'foundry',
    stepsPerSecond: 30,
    maxSteps: 6000,
    entries: [
      { variant: 'first_slice', slots: ['builder'] },
      { variant: 'brownout', slots: ['builder'] },
    ],
  },
  {
    world: 'parley',
    stepsPerSecond: 1,
    maxSteps: 600,
    entries: [
      { variant: 'explore', slots: ['visitor'] },
      { variant: 'foresight', slots: ['visitor'] },
    ],
  },
]

interface ShowcaseOptions {
  readonly log: Log
  readonly signal: AbortSignal
}

/** Keeps an episode of every world running until the signal. */
export async function runShowcase(episodes: EpisodeService, options: ShowcaseOptions): Promise<void> {
  const known = PROGRAMMES.filter(({ world }) => episodes.worlds.ids().includes(world))
  await Promise.all(known.map((programme) => runProgramme(episodes, programme, options)))
}

async function runProgramme(
  episodes: EpisodeService,
  programme: Programme,
  { signal, log }: ShowcaseOptions,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      const next = programme.entries[turn % programme.entries.length]
      if (!next) return
      const episode = (await running(episodes, programme.world)) ?? (await start(episodes, programme, next))
      await episode.done
      await prune(episodes)
    } catch (err) {
      if (!signal.aborted) log.error({ err, world: programme.world }, 'showcase.failed')
    }
    // The break ends early when the server stops.
    await sleep(BREAK_MS, signal).catch(() => undefined)
  }
}

/** An episode that was resumed after a restart. */
async function running(episodes: EpisodeService, world: string) {
  const { entries } = await episodes.list({ status: 'live', kind: KIND, world }, { limit: 1 })
  const [first] = entries
  return first && episodes.get(first.id)
}

function start(episodes: EpisodeService, { world, stepsPerSecond, maxSteps }: Programme, next: Entry) {
  return episodes.start({
    world,
    ...next,
    seed: randomInt(0x1_0000_0000),
    pacing: { mode: 'rate', stepsPerSecond },
    kind: KIND,
    leadMs: LEAD_MS,
    maxSteps,
  })
}

async function prune(episodes: EpisodeService): Promise<void> {
  const old = await episodes.list({ status: ['finished', 'failed'], kind: KIND }, { limit: PRUNED, offset: KEPT })
  for (const { id } of old.entries) await episodes.remove(id)
}
