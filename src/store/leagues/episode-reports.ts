// Reports of graders, diagnosers and reporters in the store: one row each, settled once.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { Grade } from '../../protocol/bundle.ts'
import { ReportRole } from '../../protocol/episode-reports.ts'
import { readJsonColumn, storedText } from '../columns.ts'
import type { Store } from '../store.ts'
import type { EpisodeReportTable } from './tables.ts'

/** Reports of one player that have not ended, and reports of one episode. */
export const MAX_OPEN_REPORTS = 20
export const MAX_EPISODE_REPORTS = 100

export const REPORT_STATUSES = ['pending', 'running', 'completed', 'failed'] as const
export type ReportStatus = (typeof REPORT_STATUSES)[number]

export interface ReportRecord {
  readonly id: string
  readonly episodeId: string
  readonly coworldId: string
  /** Null: the operator. */
  readonly playerId: string | null
  readonly role: ReportRole
  readonly roleId: string
  readonly target: string | null
  readonly status: ReportStatus
  readonly grade: Grade | null
  /** Names of blobs. */
  readonly output: string | null
  readonly log: string | null
  readonly error: string | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export type NewReport = Pick<ReportRecord, 'episodeId' | 'coworldId' | 'playerId' | 'role' | 'roleId' | 'target'>

export class EpisodeReports {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** @throws AppError RATE_LIMITED at MAX_OPEN_REPORTS and MAX_EPISODE_REPORTS */
  async add(report: NewReport): Promise<ReportRecord> {
    const row: EpisodeReportTable = {
      report_id: randomUUID(),
      episode_id: report.episodeId,
      coworld_id: report.coworldId,
      player_id: report.playerId,
      role: report.role,
      role_id: storedText(report.roleId),
      target: report.target === null ? null : storedText(report.target),
      status: 'pending',
      grade: null,
      output: null,
      log: null,
      error: null,
      created_at: this.#now(),
      started_at: null,
      ended_at: null,
    }
    await this.#store.transaction(async (tx) => {
      const open = await tx.selectFrom('episode_reports').select('player_id').where('ended_at', 'is', null).execute()
      const own = open.filter(({ player_id: id }) => id === report.playerId).length
      const of = await tx
        .selectFrom('episode_reports')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('episode_id', '=', report.episodeId)
        .executeTakeFirst()
      const isFull = Number(of?.count ?? 0) >= MAX_EPISODE_REPORTS
      if (own >= MAX_OPEN_REPORTS || isFull) {
        const what = isFull
          ? `the episode has ${MAX_EPISODE_REPORTS} reports`
          : `you have ${own} reports that have not ended`
        throw new AppError('RATE_LIMITED', what, { hint: isFull ? 'Read those that exist.' : 'Wait for one to end.' })
      }
      await tx.insertInto('episode_reports').values(row).execute()
    })
    return toReport(row)
  }

  /** @throws AppError UNKNOWN_UPLOAD */
  async get(id: string): Promise<ReportRecord> {
    const row = await this.#store.db
      .selectFrom('episode_reports')
      .selectAll()
      .where('report_id', '=', id)
      .executeTakeFirst()
    if (row) return toReport(row)
    throw new AppError('UNKNOWN_UPLOAD', `there is no report ${id}`, {
      hint: 'List the reports of an episode with: paracosm coworld episode-report list <ereq>',
    })
  }

  /** Of an episode, oldest first. @param playerId null: everyone's */
  async list(episodeId: string, playerId: string | null): Promise<ReportRecord[]> {
    let query = this.#store.db.selectFrom('episode_reports').selectAll().where('episode_id', '=', episodeId)
    if (playerId !== null) query = query.where('player_id', '=', playerId)
    return (await query.orderBy('created_at').orderBy('report_id').execute()).map(toReport)
  }

  /** Ids of reports that have not ended, oldest first. */
  async open(): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('episode_reports')
      .select('report_id')
      .where('ended_at', 'is', null)
      .orderBy('created_at')
      .execute()
    return rows.map((row) => row.report_id)
  }

  /** Notes that a report is being made. False: it has ended. */
  async begin(id: string): Promise<boolean> {
    const done = await this.#store.db
      .updateTable('episode_reports')
      .set({ status: 'running', started_at: this.#now() })
      .where('report_id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }

  /** Ends a report, once. False: it had ended. */
  async settle(
    id: string,
    result: Pick<ReportRecord, 'status' | 'grade' | 'output' | 'log' | 'error'>,
  ): Promise<boolean> {
    const done = await this.#store.db
      .updateTable('episode_reports')
      .set({
        status: result.status,
        grade: result.grade && storedText(JSON.stringify(result.grade)),
        output: result.output,
        log: result.log,
        error: result.error && storedText(result.error),
        ended_at: this.#now(),
      })
      .where('report_id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }
}

const instant = (at: number | null): number | null => (at === null ? null : Number(at))

const toReport = (row: EpisodeReportTable): ReportRecord => ({
  id: row.report_id,
  episodeId: row.episode_id,
  coworldId: row.coworld_id,
  playerId: row.player_id,
  role: readJsonColumn(ReportRole, JSON.stringify(row.role), 'role'),
  roleId: row.role_id,
  target: row.target,
  status: REPORT_STATUSES.find((each) => each === row.status) ?? 'failed',
  grade: row.grade === null ? null : readJsonColumn(Grade, row.grade, 'grade'),
  output: row.output,
  log: row.log,
  error: row.error,
  createdAt: Number(row.created_at),
  startedAt: instant(row.started_at),
  endedAt: instant(row.ended_at),
})
