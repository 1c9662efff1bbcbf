// Submissions of policy versions to leagues: pending until a trial has been played, then placed or failed, with an
// event for every step.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { AutoChampion } from '../../protocol/league.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Leagues } from './leagues.ts'
import { type PolicyVersionRecord, readAutoChampion } from './rows.ts'
import type { LeagueSubmissionTable } from './tables.ts'

export const SUBMISSION_STATUSES = ['pending', 'processing', 'placed', 'failed'] as const
export type SubmissionStatus = (typeof SUBMISSION_STATUSES)[number]

export interface SubmissionRecord {
  readonly id: string
  readonly leagueId: string
  readonly policyVersionId: string
  readonly playerId: string | null
  readonly status: SubmissionStatus
  readonly membershipId: string | null
  readonly notes: string | null
  readonly createdAt: number
  readonly autoChampion: AutoChampion
  readonly preferences: JsonObject | null
}

/** What a player wishes for a policy that it submits. */
export interface Wishes {
  readonly autoChampion: AutoChampion
  readonly preferences: JsonObject | null
}

export interface SubmissionFilters {
  readonly leagueId?: string | undefined
  readonly playerId?: string | undefined
  readonly policyVersionId?: string | undefined
}

/** The changes of a submission. */
interface Change {
  readonly status: SubmissionStatus
  readonly membershipId?: string
  readonly notes?: string
}

const OPEN: readonly SubmissionStatus[] = ['pending', 'processing']
/** Maximum length of stored notes, in characters. */
const MAX_NOTES = 2000

export class Submissions {
  readonly #store: Store
  readonly #leagues: Leagues
  readonly #now: () => number

  constructor(store: Store, leagues: Leagues, now: () => number = Date.now) {
    this.#store = store
    this.#leagues = leagues
    this.#now = now
  }

  /** @throws AppError FILE_EXISTS when the version is already in the league, or has a pending submission */
  async create(
    leagueId: string,
    version: PolicyVersionRecord,
    { actor, autoChampion, preferences }: Wishes & { readonly actor: string },
  ): Promise<SubmissionRecord> {
    const row: LeagueSubmissionTable = {
      submission_id: randomUUID(),
      league_id: leagueId,
      policy_version_id: version.id,
      player_id: version.playerId,
      status: 'pending',
      membership_id: null,
      notes: null,
      created_at: this.#now(),
      auto_champion: autoChampion,
      preferences: preferences && storedText(writeJsonColumn(preferences)),
    }
    const label = `${version.name}:v${version.version}`
    await this.#store.transaction(async (tx) => {
      // Of two concurrent identical submissions, the second waits here and then sees the first.
      await tx
        .updateTable('leagues')
        .set(({ ref }) => ({ rounds: ref('rounds') }))
        .where('league_id', '=', leagueId)
        .execute()
      const open = await tx
        .selectFrom('league_submissions')
        .select('submission_id')
        .where('league_id', '=', leagueId)
        .where('policy_version_id', '=', version.id)
        .where('status', 'in', [...OPEN])
        .executeTakeFirst()
      const member = await tx
        .selectFrom('league_memberships')
        .select('membership_id')
        .where('league_id', '=', leagueId)
        .where('policy_version_id', '=', version.id)
        .where('is_active', '=', 1)
        .executeTakeFirst()
      if (open || member) {
        throw new AppError('FILE_EXISTS', `${label} ${member ? 'is' : 'has been submitted'} in this league already`, {
          hint: 'Upload a new version of the policy, and submit that.',
        })
      }
      await tx.insertInto('league_submissions').values(row).execute()
      await this.#leagues.addEvent(tx, {
        leagueId,
        policyVersionId: version.id,
        playerId: version.playerId,
        type: 'submission_created',
        actor,
        headline: `${label} was submitted`,
        summary: 'It is tried before it enters the league.',
        payload: { submission_id: row.submission_id, auto_champion: autoChampion },
      })
    })
    return toSubmission(row)
  }

  /** Changes an open submission. False: it had already ended. */
  async change(id: string, { status, membershipId, notes }: Change): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const row = await tx
        .updateTable('league_submissions')
        .set({
          status,
          ...(membershipId === undefined ? {} : { membership_id: membershipId }),
          ...(notes === undefined ? {} : { notes: storedText(notes.slice(0, MAX_NOTES)) }),
        })
        .where('submission_id', '=', id)
        .where('status', 'in', [...OPEN])
        .returning(['league_id', 'policy_version_id', 'player_id'])
        .executeTakeFirst()
      if (!row) return false
      if (status === 'placed' || status === 'failed') {
        await this.#leagues.addEvent(tx, {
          leagueId: row.league_id,
          policyVersionId: row.policy_version_id,
          playerId: row.player_id,
          type: `submission_${status}`,
          actor: 'platform',
          headline: status === 'placed' ? 'The submission was accepted' : 'The submission was refused',
          summary: notes?.split('\n')[0] ?? 'It has passed its trial.',
          payload: { submission_id: id },
        })
      }
      return true
    })
  }

  /** @throws AppError UNKNOWN_LEAGUE */
  async get(id: string): Promise<SubmissionRecord> {
    const row = await this.#store.db
      .selectFrom('league_submissions')
      .selectAll()
      .where('submission_id', '=', id)
      .executeTakeFirst()
    if (row) return toSubmission(row)
    throw new AppError('UNKNOWN_LEAGUE', `there is no submission ${id}`)
  }

  /** Newest first. */
  async list(filters: SubmissionFilters, limit: number): Promise<SubmissionRecord[]> {
    let query = this.#store.db
      .selectFrom('league_submissions')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('submission_id')
      .limit(limit)
    if (filters.leagueId !== undefined) query = query.where('league_id', '=', filters.leagueId)
    if (filters.playerId !== undefined) query = query.where('player_id', '=', filters.playerId)
    if (filters.policyVersionId !== undefined) query = query.where('policy_version_id', '=', filters.policyVersionId)
    return (await query.execute()).map(toSubmission)
  }
}

function toSubmission(row: LeagueSubmissionTable): SubmissionRecord {
  const status = SUBMISSION_STATUSES.find((each) => each === row.status)
  if (!status) throw new AppError('STORE_CORRUPT', `a submission is in the unknown status ${row.status}`)
  return {
    id: row.submission_id,
    leagueId: row.league_id,
    policyVersionId: row.policy_version_id,
    playerId: row.player_id,
    status,
    membershipId: row.membership_id,
    notes: row.notes,
    createdAt: Number(row.created_at),
    autoChampion: readAutoChampion(row.auto_champion),
    preferences: row.preferences === null ? null : readJsonColumn(JsonObject, row.preferences, 'preferences'),
  }
}
