// Something to watch: one match of bots after another. The worlds take turns; old matches are removed.
import { randomInt } from 'node:crypto'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { sleep } from '../lib/sleep.ts'

const KIND = 'showcase'
const LEAD_MS = 500
/** Milliseconds between two matches. */
const BREAK_MS = 4000
/** Finished matches that are kept. */
const KEPT = 50
/** Matches that one pruning removes at most. */
const PRUNED = 100

/** One match: of which world, by whom, and at how many steps a second. */
interface Match {
  readonly world: string
  readonly variant: string
  readonly slots: readonly string[]
  readonly stepsPerSecond: number
}

const paint = (variant: string, ...slots: string[]): Match => ({
  world: 'paint-arena',
  variant,
  slots,
  stepsPerSecond: 5,
})

/** The worlds take turns. A match takes a minute or two; parley is left out: nobody watches a bot answer a form. */
const PROGRAMME: readonly Match[] = [
  paint('scattered', 'sweep', 'greedy'),
  {
    world: 'frontier',
    variant: 'company',
    slots: ['explorer', 'scripted', 'explorer', 'wanderer'],
    stepsPerSecond: 20,
  },
  paint('duel', 'greedy', 'random'),
  { world: 'foundry', variant: 'first_slice', slots: ['builder'], stepsPerSecond: 30 },
  paint('scattered', 'random', 'sweep'),
  { world: 'frontier', variant: 'arrival', slots: ['explorer'], stepsPerSecond: 20 },
]

/** Keeps one match running until the signal. */
export async function runShowcase(episodes: EpisodeService, options: { log: Log; signal: AbortSignal }): Promise<void> {
  const { signal, log } = options
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      const next = PROGRAMME[turn % PROGRAMME.length]
      if (!next) return
      const episode = (await running(episodes)) ?? (await start(episodes, next))
      await episode.done
      await prune(episodes)
    } catch (err) {
      if (!signal.aborted) log.error({ err }, 'showcase.failed')
    }
    // The break ends early when the server stops.
    await sleep(BREAK_MS, signal).catch(() => undefined)
  }
}

/** A match that was resumed after a restart. */
async function running(episodes: EpisodeService) {
  const { entries } = await episodes.list({ status: 'live', kind: KIND }, { limit: 1 })
  const [first] = entries
  return first && episodes.get(first.id)
}

function start(episodes: EpisodeService, { stepsPerSecond, ...match }: Match) {
  return episodes.start({
    ...match,
    seed: randomInt(0x1_0000_0000),
    pacing: { mode: 'rate', stepsPerSecond },
    kind: KIND,
    leadMs: LEAD_MS,
  })
}

async function prune(episodes: EpisodeService): Promise<void> {
  const old = await episodes.list({ status: ['finished', 'failed'], kind: KIND }, { limit: PRUNED, offset: KEPT })
  for (const { id } of old.entries) await episodes.remove(id)
}
