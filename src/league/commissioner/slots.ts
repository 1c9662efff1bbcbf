// Divides time since 1970 into slots: a division gets at most one round per slot.

import type { RoundSummary } from '../../protocol/commissioner-requests.ts'
import { parseInstant } from './instants.ts'

const MINUTE = 60_000
/** Statuses of unfinished rounds. */
const OPEN: readonly string[] = ['pending', 'claimed', 'running']

/** The start of the slot of an instant, in milliseconds since 1970. */
export function slotStart(now: number, minutes: number): number {
  const length = minutes * MINUTE
  return Math.floor(now / length) * length
}

/** Whether a division may get a round now: it has no open round, and none was created in this slot. */
export function isDue(
  divisionId: string,
  rounds: readonly RoundSummary[],
  { now, minutes }: { now: number; minutes: number },
): boolean {
  const from = slotStart(now, minutes)
  return rounds
    .filter(({ division_id }) => division_id === divisionId)
    .every(({ status, created_at: created }) => {
      if (OPEN.includes(status)) return false
      return created === null || created === undefined || parseInstant(created) < from
    })
}
