// The queries of a researcher's monitor page: counts from indexes, and pages of participants.
import type { Store } from '../store.ts'
import { fromParticipantRow, type Participant } from './rows.ts'

/** The number of participants at each stage. */
export interface People {
  readonly joined: number
  readonly consented: number
  readonly assigned: number
  readonly conversed: number
  readonly playing: number
  readonly finished: number
  readonly withdrawn: number
}

/** The start of a page: after the participant who joined at this time. */
export interface PageStart {
  readonly joinedAt: number
  readonly player: string
}

/** A session as shown in lists. Times are milliseconds since 1970. */
export interface PlayedSession {
  readonly id: string
  readonly assignment: string
  readonly npc: string | null
  readonly status: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly reason: string | null
  readonly turns: number
  readonly updatedAt: number
}

/** Links with the same label. */
export interface LinkGroup {
  readonly label: string | null
  readonly isReusable: boolean
  readonly made: number
  readonly used: number
  readonly revoked: number
}

/** Number of latest participants from whose times the median is computed. */
const TIMED = 200
/** Maximum number of studies whose counts are cached. */
const MAX_COUNTED = 200
/** Counting takes at most 1/SHARE of the time. */
const SHARE = 20
/** Maximum age of cached counts, in milliseconds. */
const LONGEST_MS = 30_000
/** Studies with fewer people are always counted: that is cheap, and a page asks before it changes a study in use. */
const MANY = 1000
/** Maximum number of link groups listed. */
const GROUPS = 500

export class StudyMonitor {
  readonly #store: Store
  /** The last counts of studies, and when each expires (milliseconds of the process's clock). */
  readonly #counted = new Map<string, { until: number; readonly people: Promise<People> }>()

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Reads only indexes. If the counts of a large study take long, they are cached for a while, so that a researcher who
   * watches the page does not slow down the participants.
   */
  people(study: string): Promise<People> {
    const now = performance.now()
    const known = this.#counted.get(study)
    if (known && now < known.until) return known.people
    if (this.#counted.size >= MAX_COUNTED) this.#counted.clear()
    const counted = { until: now + LONGEST_MS, people: this.#count(study) }
    this.#counted.set(study, counted)
    counted.people.then(
      ({ joined }) => {
        const done = performance.now()
        counted.until = joined < MANY ? done : Math.min(done + (done - now) * SHARE, done + LONGEST_MS)
      },
      () => this.#counted.delete(study),
    )
    return counted.people
  }

  async #count(study: string): Promise<People> {
    const { db } = this.#store
    const came = await db
      .selectFrom('study_participants')
      .select(({ fn }) => [
        fn.countAll<number>().as('joined'),
        fn.count<number>('consent_at').as('consented'),
        fn.count<number>('completed_at').as('finished'),
        fn.count<number>('withdrawn_at').as('withdrawn'),
      ])
      .where('study', '=', study)
      .executeTakeFirstOrThrow()
    // Every participant with rows has a first one.
    const had = await db
      .selectFrom('assignments')
      .select(({ fn }) => fn.countAll<number>().as('people'))
      .where('study', '=', study)
      .where('ordinal', '=', 1)
      .executeTakeFirstOrThrow()
    const byStatus = await db
      .selectFrom('assignments')
      .select(({ fn }) => ['status', fn.count<number>('player_id').distinct().as('people')])
      .where('study', '=', study)
      .where('status', 'in', ['completed', 'in_progress'])
      .groupBy('status')
      .execute()
    const at = (status: string): number => Number(byStatus.find((row) => row.status === status)?.people ?? 0)
    return {
      joined: Number(came.joined),
      consented: Number(came.consented),
      assigned: Number(had.people),
      conversed: at('completed'),
      playing: at('in_progress'),
      finished: Number(came.finished),
      withdrawn: Number(came.withdrawn),
    }
  }

  /** Median milliseconds from joining to the code, over the latest participants who finished; undefined: none has. */
  async medianMs(study: string): Promise<number | undefined> {
    const rows = await this.#store.db
      .selectFrom('study_participants')
      .select(['created_at', 'completed_at'])
      .where('study', '=', study)
      .where('completed_at', 'is not', null)
      .orderBy('created_at', 'desc')
      .limit(TIMED)
      .execute()
    const times = rows.flatMap(({ created_at, completed_at }) =>
      completed_at === null ? [] : completed_at - created_at,
    )
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
  }

  /** Newest first. @param options.isPresent only participants who have neither finished nor left */
  async page(
    study: string,
    {
      after,
      limit,
      isPresent,
    }: { readonly after: PageStart | undefined; readonly limit: number; readonly isPresent: boolean },
  ): Promise<Participant[]> {
    let query = this.#store.db.selectFrom('study_participants').selectAll().where('study', '=', study)
    if (isPresent) query = query.where('completed_at', 'is', null).where('withdrawn_at', 'is', null)
    if (after) {
      const { joinedAt, player } = after
      query = query.where(({ eb, or, and }) =>
        and([
          // Redundant, but it lets an index range start here.
          eb('created_at', '<=', joinedAt),
          or([eb('created_at', '<', joinedAt), eb('player_id', '<', player)]),
        ]),
      )
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('player_id', 'desc').limit(limit).execute()
    return rows.map(fromParticipantRow)
  }

  /** Sessions of some assignments, ordered by start, without their messages. */
  async sessions(assignments: readonly string[]): Promise<PlayedSession[]> {
    if (assignments.length === 0) return []
    const rows = await this.#store.db
      .selectFrom('session_studies')
      .innerJoin('sessions', 'sessions.session_id', 'session_studies.session_id')
      .select([
        'sessions.session_id',
        'session_studies.assignment_id',
        'sessions.npc_hid',
        'sessions.status',
        'sessions.session_started_at',
        'sessions.session_ended_at',
        'sessions.termination_reason',
        'sessions.turns_completed',
        'sessions.updated_at',
      ])
      .where('session_studies.assignment_id', 'in', assignments)
      .orderBy('session_studies.created_at')
      .execute()
    return rows.map((row) => ({
      id: row.session_id,
      assignment: row.assignment_id,
      npc: row.npc_hid,
      status: row.status,
      startedAt: row.session_started_at,
      endedAt: row.session_ended_at,
      reason: row.termination_reason,
      turns: row.turns_completed,
      updatedAt: row.updated_at,
    }))
  }

  /** The waiting entries of some participants, with when each was last seen. */
  async waiting(study: string, players: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (players.length === 0) return new Map()
    const rows = await this.#store.db
      .selectFrom('study_waiting')
      .select(['player_id', 'seen_at'])
      .where('study', '=', study)
      .where('player_id', 'in', players)
      .execute()
    return new Map(rows.map(({ player_id, seen_at }) => [player_id, seen_at]))
  }

  /** The last activity of some sessions, by id; milliseconds since 1970. */
  async seen(sessions: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (sessions.length === 0) return new Map()
    const rows = await this.#store.db
      .selectFrom('sessions')
      .select(['session_id', 'updated_at'])
      .where('session_id', 'in', sessions)
      .execute()
    return new Map(rows.map((row) => [row.session_id, row.updated_at]))
  }

  /** The stored data of some links, by hash. */
  async links(hashes: readonly string[]): Promise<ReadonlyMap<string, { label: string | null; isReusable: boolean }>> {
    if (hashes.length === 0) return new Map()
    const rows = await this.#store.db
      .selectFrom('study_links')
      .select(['link_hash', 'label', 'is_reusable'])
      .where('link_hash', 'in', hashes)
      .execute()
    return new Map(rows.map((row) => [row.link_hash, { label: row.label, isReusable: row.is_reusable === 1 }]))
  }

  /** Links by label. */
  async linkGroups(study: string): Promise<LinkGroup[]> {
    const rows = await this.#store.db
      .selectFrom('study_links')
      .select(({ fn }) => [
        'label',
        'is_reusable',
        fn.countAll<number>().as('made'),
        fn.count<number>('used_at').as('used'),
        fn.sum<number>('is_revoked').as('revoked'),
      ])
      .where('study', '=', study)
      .groupBy(['label', 'is_reusable'])
      .orderBy('label')
      .limit(GROUPS)
      .execute()
    return rows.map(({ label, is_reusable, made, used, revoked }) => ({
      label,
      isReusable: is_reusable === 1,
      made: Number(made),
      used: Number(used),
      revoked: Number(revoked),
    }))
  }
}
