// Why an episode ended for each of its participants. It is read from the journal, so that the answer is the same after
// a crash.
import { z } from 'zod'
import type { EpisodeOutcome } from '../../protocol/episode.ts'
import { StepLine } from '../../protocol/journal.ts'
import type { ExitReason } from '../../protocol/study-worlds.ts'

/** The connections and disconnections of a slot. */
export interface Presence {
  readonly hasCome: boolean
  /** The step since which nobody has been connected; null: somebody is. */
  readonly leftAt: number | null
}

const Changes = z.object({ step: StepLine.shape.step, changes: StepLine.shape.changes })
/**
 * A participant who stays away up to the end, for more than this share of the episode, has left it. A short loss of
 * connection does not count.
 */
const AWAY_SHARE = 0.1

/** @param lines of the journal, in batches */
export async function presenceOf(lines: AsyncIterable<readonly string[]>): Promise<ReadonlyMap<number, Presence>> {
  const slots = new Map<number, Presence>()
  for await (const batch of lines) {
    for (const text of batch) {
      if (!text.includes('"changes":')) continue
      const line = Changes.safeParse(JSON.parse(text))
      for (const [slot, { event }] of line.data?.changes ?? []) {
        const isHere = event === 'joined'
        const hasCome = isHere || slots.get(slot)?.hasCome === true
        slots.set(slot, { hasCome, leftAt: isHere ? null : (line.data?.step ?? 0) })
      }
    }
  }
  return slots
}

export function exitOf(presence: Presence | undefined, outcome: EpisodeOutcome, steps: number): ExitReason {
  if (!presence?.hasCome) return 'never_came'
  if (presence.leftAt !== null && steps - presence.leftAt > steps * AWAY_SHARE) return 'left'
  return outcome.ended === 'truncated' ? 'time_limit' : 'game_completed'
}
