// Something to watch: one match of bots after another. The pairings take turns; old matches are removed.
import { randomInt } from 'node:crypto'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { sleep } from '../lib/sleep.ts'

const KIND = 'showcase'
const STEPS_PER_SECOND = 5
const LEAD_MS = 500
/** Milliseconds between two matches. */
const BREAK_MS = 4000
/** Finished matches that are kept. */
const KEPT = 50
/** Matches that one pruning removes at most. */
const PRUNED = 100

const PROGRAMME: readonly { variant: string; slots: readonly string[] }[] = [
  { variant: 'default', slots: ['sweep', 'greedy'] },
  { variant: 'duel', slots: ['greedy', 'random'] },
  { variant: 'default', slots: ['random', 'sweep'] },
  { variant: 'duel', slots: ['greedy', 'sweep'] },
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

function start(episodes: EpisodeService, next: (typeof PROGRAMME)[number]) {
  return episodes.start({
    world: 'paint-arena',
    ...next,
    seed: randomInt(0x1_0000_0000),
    pacing: { mode: 'rate', stepsPerSecond: STEPS_PER_SECOND },
    kind: KIND,
    leadMs: LEAD_MS,
  })
}

async function prune(episodes: EpisodeService): Promise<void> {
  const old = await episodes.list({ status: ['finished', 'failed'], kind: KIND }, { limit: PRUNED, offset: KEPT })
  for (const { id } of old.entries) await episodes.remove(id)
}
