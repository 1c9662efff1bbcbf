// The events of leagues in the store: who did what, when and why. They are written in the transaction of what they tell.
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { NewEvent } from './new-events.ts'
import { type EventRecord, toEvent } from './rows.ts'

/** Selects events; undefined: all. */
export interface EventFilters {
  readonly leagueId?: string | undefined
  readonly type?: string | undefined
  readonly divisionId?: string | undefined
  readonly roundId?: string | undefined
  readonly playerId?: string | undefined
  readonly policyVersionId?: string | undefined
}

/** A transaction and its time, in milliseconds since 1970. */
export interface Moment {
  readonly tx: Transaction<Tables>
  readonly now: number
}

export async function insertEvent({ tx, now }: Moment, event: NewEvent): Promise<void> {
  await tx
    .insertInto('league_events')
    .values({
      event_id: randomUUID(),
      league_id: event.leagueId,
      division_id: event.divisionId ?? null,
      round_id: event.roundId ?? null,
      policy_version_id: event.policyVersionId ?? null,
      player_id: event.playerId ?? null,
      event_type: event.type,
      actor: event.actor,
      headline: storedText(event.headline),
      summary: storedText(event.summary),
      payload: storedText(writeJsonColumn(event.payload)),
      created_at: now,
    })
    .execute()
}

/** Newest first. */
export async function listEvents(
  db: Store['db'] | Transaction<Tables>,
  filters: EventFilters,
  limit: number,
): Promise<EventRecord[]> {
  let query = db.selectFrom('league_events').selectAll().orderBy('created_at', 'desc').orderBy('event_id').limit(limit)
  if (filters.leagueId !== undefined) query = query.where('league_id', '=', filters.leagueId)
  if (filters.type !== undefined) query = query.where('event_type', '=', filters.type)
  if (filters.divisionId !== undefined) query = query.where('division_id', '=', filters.divisionId)
  if (filters.roundId !== undefined) query = query.where('round_id', '=', filters.roundId)
  if (filters.playerId !== undefined) query = query.where('player_id', '=', filters.playerId)
  if (filters.policyVersionId !== undefined) query = query.where('policy_version_id', '=', filters.policyVersionId)
  return (await query.execute()).map(toEvent)
}
