// Something to watch: one match of bots after another. The pairings take turns; old matches are cleared away.
import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Archive } from '../episode/archive.ts'
import type { LiveEpisodes, Log } from './live.ts'

const PREFIX = 'showcase-'
const TICKS_PER_SECOND = 5
/** Milliseconds between two matches. */
const BREAK_MS = 4000
/** Finished matches that are kept. */
const KEPT = 50

const PROGRAMME: readonly { variant: string; players: readonly string[] }[] = [
  { variant: 'default', players: ['sweep', 'greedy'] },
  { variant: 'duel', players: ['greedy', 'random'] },
  { variant: 'default', players: ['random', 'sweep'] },
  { variant: 'duel', players: ['greedy', 'sweep'] },
]

/** Keeps one match running until the signal. */
export async function runShowcase(
  live: LiveEpisodes,
  archive: Archive,
  options: { log: Log; signal: AbortSignal },
): Promise<void> {
  const { signal, log } = options
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      const resumed = live.list().find((each) => each.status === 'live' && each.id.startsWith(PREFIX))
      const next = PROGRAMME[turn % PROGRAMME.length]
      if (!next) return
      const episode =
        (resumed && live.get(resumed.id)) ??
        (await live.start({
          world: 'paint-arena',
          ...next,
          seed: randomInt(0x1_0000_0000),
          pacing: { mode: 'rate', stepsPerSecond: TICKS_PER_SECOND },
          prefix: PREFIX,
        }))
      await episode.done
      await prune(archive)
    } catch (error) {
      if (!signal.aborted) log.error({ error: String(error) }, 'showcase.failed')
    }
    // The break ends early when the server stops.
    await wait(BREAK_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function prune(archive: Archive): Promise<void> {
  const finished = archive.list().filter((each) => each.status === 'finished' && each.id.startsWith(PREFIX))
  for (const episode of finished.slice(KEPT)) await archive.remove(episode.id)
}
