// Why an episode ended for each of its participants. It is read from the journal, so that the answer is the same after
// a crash.
import { z } from 'zod'
import type { EpisodeOutcome } from '../../protocol/episode.ts'
import { type SlotChange, StepLine } from '../../protocol/journal.ts'
import type { ExitReason } from '../../protocol/study-worlds.ts'

/** The connections and disconnections of a slot. */
export interface Presence {
  readonly hasCome: boolean
  /** Bots that took over the slot, and returns of the participant: who, and from which step. */
  readonly turns: readonly string[]
  readonly isBot: boolean
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
      const step = line.data?.step ?? 0
      for (const [slot, change] of line.data?.changes ?? []) slots.set(slot, changed(slots.get(slot), change, step))
    }
  }
  return slots
}

function changed(before: Presence | undefined, { event, player }: SlotChange, step: number): Presence {
  const turns = before?.turns ?? []
  const isBack = before?.isBot === true && event === 'joined'
  const isBot = event === 'handed_over' ? player.kind === 'bot' : before?.isBot === true && !isBack
  if (event === 'joined') {
    return { hasCome: true, isBot, leftAt: null, turns: isBack ? [...turns, `participant@${step}`] : turns }
  }
  const leftAt = before?.leftAt ?? step
  const hasCome = before?.hasCome === true
  return { hasCome, isBot, leftAt, turns: isBot ? [...turns, `${player.name}@${step}`] : turns }
}

/** Who played a slot: `participant`, or `participant > greedy@240` if a bot took over at step 240. */
export const playersOf = (presence: Presence | undefined, planned: string): string =>
  [planned, ...(planned === 'participant' ? (presence?.turns ?? []) : [])].join(' > ')

export function exitOf(presence: Presence | undefined, outcome: EpisodeOutcome, steps: number): ExitReason {
  if (!presence?.hasCome) return 'never_came'
  if (presence.leftAt !== null && steps - presence.leftAt > steps * AWAY_SHARE)
    return presence.isBot ? 'replaced' : 'left'
  return outcome.ended === 'truncated' ? 'time_limit' : 'game_completed'
}
