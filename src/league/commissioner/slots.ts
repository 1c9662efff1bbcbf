// Time cut into slots since 1970: a division gets one round a slot at most.

import type { RoundSummary } from '../../protocol/commissioner-requests.ts'
import { parseInstant } from './instants.ts'

const MINUTE = 60_000
/** Statuses of rounds that are still to be played. */
const OPEN: readonly string[] = ['pending', 'claimed', 'running']

/** When the slot of an instant began, milliseconds since 1970. */
export function slotStart(now: number, minutes: number): number {
  const length = minutes * MINUTE
  return Math.floor(now / length) * length
}

/** Whether a division may get a round now: none of its rounds is open, and none was created in this slot. */
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
