// Writes a new round, if its division may have one now.
import { randomUUID } from 'node:crypto'
import type { ProposedRound } from '../../protocol/commissioner-requests.ts'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Moment } from './league-events.ts'
import { type RoundRecord, type RoundStatus, toRound } from './rows.ts'

/** Statuses of rounds that are not over. */
export const OPEN: readonly RoundStatus[] = ['pending', 'claimed', 'running']

export interface NewRound {
  readonly proposed: ProposedRound
  /** The round that it follows, when the commissioner of that one asked for it. */
  readonly follows?: RoundRecord
}

/** @returns undefined if the division has an unfinished round, or is no division in use of the league */
export async function insertRound(
  { tx, now }: Moment,
  leagueId: string,
  { proposed, follows }: NewRound,
): Promise<RoundRecord | undefined> {
  // Of two concurrent calls, the second waits here and then sees the round of the first.
  const league = tx.updateTable('leagues').set(({ ref }) => ({ rounds: ref('rounds') }))
  await league.where('league_id', '=', leagueId).execute()
  const division = await tx
    .selectFrom('league_divisions')
    .select('division_id')
    .where('division_id', '=', proposed.division_id)
    .where('league_id', '=', leagueId)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!division) return undefined
  const open = await tx
    .selectFrom('league_rounds')
    .select('round_id')
    .where('division_id', '=', proposed.division_id)
    .where('status', 'in', [...OPEN])
    .executeTakeFirst()
  if (open) return undefined
  const counted = await tx
    .updateTable('leagues')
    .set(({ eb }) => ({ rounds: eb('rounds', '+', 1) }))
    .where('league_id', '=', leagueId)
    .returning('rounds')
    .executeTakeFirstOrThrow()
  const row = {
    round_id: randomUUID(),
    league_id: leagueId,
    division_id: proposed.division_id,
    round_number: Number(counted.rounds),
    status: 'pending',
    backend: storedText(proposed.execution_backend),
    round_config: storedText(writeJsonColumn(proposed.round_config)),
    round_start: null,
    round_display: null,
    error: null,
    created_at: now,
    started_at: null,
    completed_at: null,
    aftermath: null,
    follows: follows?.id ?? null,
    depth: follows ? follows.depth + 1 : 0,
  }
  await tx.insertInto('league_rounds').values(row).execute()
  return toRound(row)
}
