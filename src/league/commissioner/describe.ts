// Describes a division of a league in text.
import type { DescribeDivisionRequest, DivisionDescription } from '../../protocol/commissioner-requests.ts'
import { slotStart } from './slots.ts'

const MINUTE = 60_000
const DEFAULT_MINUTES = 10

/** "every 10 minutes", and when the next slot begins. */
export function describeSchedule(
  minutes: number,
  now: number,
): Pick<DivisionDescription, 'round_schedule' | 'next_round'> {
  const next = new Date(slotStart(now, minutes) + minutes * MINUTE).toISOString().replace('.000Z', 'Z')
  return {
    round_schedule: minutes === 1 ? 'A round every minute.' : `A round every ${minutes} minutes.`,
    next_round: `Not before ${next}.`,
  }
}

export function describeBaseline({ league }: DescribeDivisionRequest, now: number): DivisionDescription {
  const minutes = league.commissioner_config?.schedule_interval_minutes
  return {
    ...describeSchedule(typeof minutes === 'number' && minutes > 0 ? minutes : DEFAULT_MINUTES, now),
    round_structure: 'All entrants play in turn, each at least once a round.',
    leaderboard_rules: 'Weighted mean of each player’s best round results; a result counts half after 2 hours.',
    scoring_mechanics: 'Mean score over all slots of all completed episodes.',
  }
}
