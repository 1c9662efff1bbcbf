// Leagues, divisions, players, policies and members in the store. Every change of a member writes its event in the same
// transaction, with the actor, the time and the reason.
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { LeaguePlayer, LeagueSpec } from '../../protocol/league.ts'
import { storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { DivisionChanges } from './division-changes.ts'
import { type EventFilters, insertEvent, listEvents } from './league-events.ts'
import { becomesChampion, benchOthers } from './member-changes.ts'
import { type Cause, memberEvent, type NewEvent } from './new-events.ts'
import {
  type DivisionRecord,
  type EventRecord,
  type LeagueRecord,
  type MembershipRecord,
  type PolicyVersionRecord,
  toDivision,
  toLeague,
  toMembership,
  toPolicyVersion,
} from './rows.ts'

/** A new member. */
type NewMember = Omit<MembershipRecord, 'id' | 'createdAt' | 'endedAt' | 'isActive' | 'autoChampion' | 'preferences'> &
  Partial<Pick<MembershipRecord, 'autoChampion' | 'preferences'>>

export class Leagues {
  readonly divisionChanges: DivisionChanges
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.divisionChanges = new DivisionChanges(store, now)
    this.#store = store
    this.#now = now
  }

  /** @throws AppError FILE_EXISTS when a league with this slug exists */
  async create({
    name,
    slug,
    world,
    variants,
    config,
    commissioner,
    divisions,
  }: LeagueSpec & { slug: string }): Promise<LeagueRecord> {
    const id = randomUUID()
    const at = this.#now()
    await this.#store.transaction(async (tx) => {
      const taken = await tx.selectFrom('leagues').select('league_id').where('slug', '=', slug).executeTakeFirst()
      if (taken) throw new AppError('FILE_EXISTS', `there is already a league ${slug}`)
      await tx
        .insertInto('leagues')
        .values({
          league_id: id,
          name: storedText(name),
          slug,
          world,
          variants: writeJsonColumn(variants),
          config: writeJsonColumn(config),
          commissioner: JSON.stringify(commissioner),
          state: 'null',
          is_public: 1,
          is_hidden: 0,
          is_paused: 0,
          rounds: 0,
          created_at: at,
        })
        .execute()
      for (const division of divisions) {
        await tx
          .insertInto('league_divisions')
          .values({
            division_id: randomUUID(),
            league_id: id,
            name: storedText(division.name),
            level: division.level,
            type: division.type,
            description: division.description,
            created_at: at,
            archived_at: null,
          })
          .execute()
      }
      await this.addEvent(tx, {
        leagueId: id,
        type: 'league_created',
        actor: 'platform',
        headline: `${name} begins`,
        summary: `A league of ${world}.`,
        payload: {},
      })
    })
    return this.get(id)
  }

  /** By id or slug. @throws AppError UNKNOWN_LEAGUE */
  async get(id: string): Promise<LeagueRecord> {
    const row = await this.#store.db
      .selectFrom('leagues')
      .selectAll()
      .where(({ or, eb }) => or([eb('league_id', '=', id), eb('slug', '=', id)]))
      .executeTakeFirst()
    if (row) return toLeague(row)
    throw new AppError('UNKNOWN_LEAGUE', `there is no league ${id}`)
  }

  async list(): Promise<LeagueRecord[]> {
    const rows = await this.#store.db
      .selectFrom('leagues')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('league_id')
      .execute()
    return rows.map(toLeague)
  }

  async setPaused(id: string, isPaused: boolean): Promise<void> {
    await this.#store.db
      .updateTable('leagues')
      .set({ is_paused: isPaused ? 1 : 0 })
      .where('league_id', '=', id)
      .execute()
  }

  /** Lowest level first. */
  async divisions(leagueId?: string, { withArchived = false } = {}): Promise<DivisionRecord[]> {
    let query = this.#store.db
      .selectFrom('league_divisions')
      .selectAll()
      .orderBy('level')
      .orderBy('name')
      .orderBy('division_id')
    if (leagueId !== undefined) query = query.where('league_id', '=', leagueId)
    if (!withArchived) query = query.where('archived_at', 'is', null)
    return (await query.execute()).map(toDivision)
  }

  /** @throws AppError UNKNOWN_LEAGUE */
  async division(id: string): Promise<DivisionRecord> {
    const row = await this.#store.db
      .selectFrom('league_divisions')
      .selectAll()
      .where('division_id', '=', id)
      .executeTakeFirst()
    if (row) return toDivision(row)
    throw new AppError('UNKNOWN_LEAGUE', `there is no division ${id}`)
  }

  async addPlayer(name: string): Promise<string> {
    const id = randomUUID()
    await this.#store.db
      .insertInto('league_players')
      .values({ player_id: id, name: storedText(name), created_at: this.#now() })
      .execute()
    return id
  }

  async playerNames(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#store.db.selectFrom('league_players').select(['player_id', 'name']).execute()
    return new Map(rows.map(({ player_id: id, name }) => [id, name]))
  }

  /**
   * Adds the next version of a player's policy. Versions count from 1 and never change.
   * @param writeMore writes further data of the version in the same transaction
   */
  async addPolicyVersion(
    name: string,
    player: LeaguePlayer,
    playerId: string | null,
    writeMore?: (tx: Transaction<Tables>, id: string) => Promise<void>,
  ): Promise<PolicyVersionRecord> {
    const id = randomUUID()
    await this.#store.transaction(async (tx) => {
      // Of two concurrent uploads, the second waits here and gets the next number.
      const owner = tx.updateTable('league_players').set(({ ref }) => ({ name: ref('name') }))
      if (playerId !== null) await owner.where('player_id', '=', playerId).execute()
      let query = tx.selectFrom('league_policy_versions').select(['policy_id', 'version']).where('name', '=', name)
      query = playerId === null ? query.where('player_id', 'is', null) : query.where('player_id', '=', playerId)
      const last = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
      await tx
        .insertInto('league_policy_versions')
        .values({
          policy_version_id: id,
          policy_id: last?.policy_id ?? randomUUID(),
          name: storedText(name),
          version: (last?.version ?? 0) + 1,
          player_id: playerId,
          player: JSON.stringify(player),
          created_at: this.#now(),
        })
        .execute()
      await writeMore?.(tx, id)
    })
    return this.policyVersion(id)
  }

  /** @throws AppError UNKNOWN_PLAYER */
  async policyVersion(id: string): Promise<PolicyVersionRecord> {
    const row = await this.#store.db
      .selectFrom('league_policy_versions')
      .selectAll()
      .where('policy_version_id', '=', id)
      .executeTakeFirst()
    if (row) return toPolicyVersion(row)
    throw new AppError('UNKNOWN_PLAYER', `there is no policy version ${id}`)
  }

  /** Newest first. */
  async policyVersions(
    filters: { readonly name?: string; readonly version?: number; readonly playerId?: string } = {},
  ): Promise<PolicyVersionRecord[]> {
    let query = this.#store.db
      .selectFrom('league_policy_versions')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('version', 'desc')
    if (filters.name !== undefined) query = query.where('name', '=', filters.name)
    if (filters.version !== undefined) query = query.where('version', '=', filters.version)
    if (filters.playerId !== undefined) query = query.where('player_id', '=', filters.playerId)
    return (await query.execute()).map(toPolicyVersion)
  }

  /** Puts a policy into a league. */
  async addMembership(member: NewMember, cause: Cause): Promise<string> {
    const id = randomUUID()
    await this.#store.transaction(async (tx) => {
      const moment = { tx, now: this.#now() }
      const { autoChampion = 'always', preferences = null } = member
      // A champion that its player does not want as one begins on the bench.
      const isChampion = member.isChampion && (await becomesChampion(moment, { ...member, id, autoChampion }))
      const substatus = member.isChampion && !isChampion ? 'benched' : member.substatus
      await tx
        .insertInto('league_memberships')
        .values({
          membership_id: id,
          league_id: member.leagueId,
          division_id: member.divisionId,
          policy_version_id: member.policyVersionId,
          player_id: member.playerId,
          status: member.status,
          substatus,
          is_champion: isChampion ? 1 : 0,
          is_active: 1,
          created_at: this.#now(),
          ended_at: null,
          auto_champion: autoChampion,
          preferences: preferences && storedText(writeJsonColumn(preferences)),
        })
        .execute()
      const made = { ...member, id, substatus, isChampion }
      await insertEvent(moment, memberEvent(made, cause, 'membership_started'))
      if (isChampion) await benchOthers(moment, made, cause)
    })
    return id
  }

  async memberships(
    filters: { readonly leagueId?: string; readonly isActive?: boolean } = {},
  ): Promise<MembershipRecord[]> {
    let query = this.#store.db
      .selectFrom('league_memberships')
      .selectAll()
      .orderBy('created_at')
      .orderBy('membership_id')
    if (filters.leagueId !== undefined) query = query.where('league_id', '=', filters.leagueId)
    if (filters.isActive !== undefined) query = query.where('is_active', '=', filters.isActive ? 1 : 0)
    return (await query.execute()).map(toMembership)
  }

  addEvent(tx: Transaction<Tables>, event: NewEvent): Promise<void> {
    return insertEvent({ tx, now: this.#now() }, event)
  }

  /** Newest first. */
  events(filters: EventFilters, limit: number): Promise<EventRecord[]> {
    return listEvents(this.#store.db, filters, limit)
  }
}
