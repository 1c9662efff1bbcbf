// Evaluations in the store. A result is written once: if two workers play the same episode, the first result counts.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { EvaluationReport, EvaluationRow, EvaluationSpec } from '../../protocol/evaluation.ts'
import { readJsonColumn, storedText, writeJsonColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { EvaluationRowTable, EvaluationTable } from './tables.ts'

export const EVALUATION_STATUSES = ['running', 'stopped', 'done'] as const
export type EvaluationStatus = (typeof EVALUATION_STATUSES)[number]

const Facts = z.strictObject({ id: z.string(), version: z.string() })
const Status = z.enum(EVALUATION_STATUSES)

export interface EvaluationRecord {
  readonly id: string
  readonly status: EvaluationStatus
  readonly spec: EvaluationSpec
  /** The world for which it was planned. */
  readonly world: { readonly id: string; readonly version: string }
  readonly report: EvaluationReport | null
  readonly createdAt: number
  readonly endedAt: number | null
}

/** The data of a progress line. */
export interface EvaluationProgress {
  readonly played: number
  readonly failed: number
  readonly timedOut: number
}

/** Rows per statement, 11 parameters each; SQLite allows 32,766. */
const ROWS_PER_STATEMENT = 500
const ROWS_PER_PAGE = 10_000

export class Evaluations {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  async create(id: string, spec: EvaluationSpec, world: EvaluationRecord['world']): Promise<void> {
    await this.#store.db
      .insertInto('evaluations')
      .values({
        evaluation_id: id,
        status: 'running',
        spec: storedText(JSON.stringify(spec)),
        facts: JSON.stringify({ id: world.id, version: world.version }),
        report: null,
        created_at: this.#now(),
        ended_at: null,
      })
      .execute()
  }

  /** @throws AppError UNKNOWN_EVALUATION, STORE_CORRUPT */
  async get(id: string): Promise<EvaluationRecord> {
    const row = await this.#store.db
      .selectFrom('evaluations')
      .selectAll()
      .where('evaluation_id', '=', id)
      .executeTakeFirst()
    if (row) return fromRow(row)
    throw new AppError('UNKNOWN_EVALUATION', `there is no evaluation ${id}`)
  }

  /** Newest first. */
  async list(limit: number): Promise<EvaluationRecord[]> {
    const rows = await this.#store.db
      .selectFrom('evaluations')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('evaluation_id', 'desc')
      .limit(limit)
      .execute()
    return rows.map(fromRow)
  }

  async setStatus(id: string, status: EvaluationStatus, report: EvaluationReport | null): Promise<void> {
    await this.#store.db
      .updateTable('evaluations')
      .set({
        status,
        report: report && JSON.stringify(report),
        ended_at: status === 'running' ? null : this.#now(),
      })
      .where('evaluation_id', '=', id)
      .execute()
  }

  /**
   * Stores results; existing ones are not changed.
   * @returns numbers of the rows that are new
   */
  async addRows(id: string, rows: readonly EvaluationRow[]): Promise<ReadonlySet<number>> {
    const added = new Set<number>()
    for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
      const inserted = await this.#store.db
        .insertInto('evaluation_rows')
        .values(rows.slice(from, from + ROWS_PER_STATEMENT).map((row) => toRow(id, row)))
        .onConflict((conflict) => conflict.doNothing())
        .returning('number')
        .execute()
      for (const { number } of inserted) added.add(Number(number))
    }
    return added
  }

  /** The numbers from `from` to `to - 1` that have a result. */
  async numbers(id: string, from: number, to: number): Promise<ReadonlySet<number>> {
    const rows = await this.#store.db
      .selectFrom('evaluation_rows')
      .select('number')
      .where('evaluation_id', '=', id)
      .where('number', '>=', from)
      .where('number', '<', to)
      .execute()
    return new Set(rows.map(({ number }) => Number(number)))
  }

  /** The results in the order of their numbers, in pages. */
  async *rows(id: string): AsyncGenerator<EvaluationRow, void, undefined> {
    for (let after = -1; ; ) {
      const page = await this.page(id, { after, limit: ROWS_PER_PAGE })
      yield* page
      const last = page.at(-1)
      if (!last || page.length < ROWS_PER_PAGE) return
      after = last.number
    }
  }

  /** Results after a number, in order. */
  async page(
    id: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<EvaluationRow[]> {
    const page = await this.#store.db
      .selectFrom('evaluation_rows')
      .selectAll()
      .where('evaluation_id', '=', id)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit)
      .execute()
    return page.map(fromResultRow)
  }

  async progress(id: string): Promise<EvaluationProgress> {
    const counts = await this.#store.db
      .selectFrom('evaluation_rows')
      .select(['outcome', ({ fn }) => fn.countAll<number>().as('count')])
      .where('evaluation_id', '=', id)
      .groupBy('outcome')
      .execute()
    const of = (outcome: string): number => Number(counts.find((each) => each.outcome === outcome)?.count ?? 0)
    const [ok, failed, timedOut] = [of('ok'), of('failed'), of('timeout')]
    return { played: ok + failed + timedOut, failed, timedOut }
  }

  /** Removes an evaluation and its results; the caller removes the journals. */
  async remove(id: string): Promise<void> {
    await this.#store.db.deleteFrom('evaluation_rows').where('evaluation_id', '=', id).execute()
    await this.#store.db.deleteFrom('evaluations').where('evaluation_id', '=', id).execute()
  }
}

function fromRow(row: EvaluationTable): EvaluationRecord {
  return {
    id: row.evaluation_id,
    status: readJsonColumn(Status, JSON.stringify(row.status), 'status'),
    spec: readJsonColumn(EvaluationSpec, row.spec, 'spec'),
    world: readJsonColumn(Facts, row.facts, 'facts'),
    report: row.report === null ? null : readJsonColumn(EvaluationReport, row.report, 'report'),
    createdAt: Number(row.created_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
  }
}

function toRow(id: string, row: EvaluationRow): EvaluationRowTable {
  return {
    evaluation_id: id,
    number: row.number,
    outcome: row.outcome,
    scores: row.scores && writeJsonColumn(row.scores),
    steps: row.steps,
    journal: row.journal,
    hash: row.hash,
    took_ms: row.took_ms,
    timeouts: writeJsonColumn(row.timeouts),
    error: row.error && storedText(writeJsonColumn(row.error)),
    spend: row.spend && writeJsonColumn(row.spend),
  }
}

const Row = EvaluationRow.shape

function fromResultRow(row: EvaluationRowTable): EvaluationRow {
  return {
    number: Number(row.number),
    outcome: readJsonColumn(Row.outcome, JSON.stringify(row.outcome), 'outcome'),
    scores: row.scores === null ? null : readJsonColumn(Row.scores, row.scores, 'scores'),
    steps: Number(row.steps),
    journal: row.journal,
    hash: row.hash,
    took_ms: Number(row.took_ms),
    timeouts: readJsonColumn(Row.timeouts, row.timeouts, 'timeouts'),
    error: row.error === null ? null : readJsonColumn(Row.error, row.error, 'error'),
    spend: row.spend === null ? null : readJsonColumn(Row.spend, row.spend, 'spend'),
  }
}
