// Converts commands of the log between rows on the wire, rows of the table, and rows whose JSON is text.
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import type { CommandLogRow, NewCommandLogRow } from '../protocol/command-log.ts'
import { readObjectColumn, storedText, writeJsonColumn } from './columns.ts'
import type { CommandTable } from './tables.ts'

/**
 * A stored row. JSON is kept as the original text, so that it can be copied into a dataset without parsing. Instants
 * are milliseconds UTC.
 */
export interface StoredRow {
  readonly id: number
  readonly timestamp: number
  readonly command: string
  /** JSON text of an object. */
  readonly params: string
  readonly reasoning: string
  /** JSON text of an object; null when unknown. */
  readonly perception: string | null
  readonly outcome: string | null
  readonly agent_id: string
  readonly episode_id: string | null
  readonly cell: string | null
  readonly protocol_version: string
  readonly created_at: number
  readonly world: string | null
  readonly slot: number | null
  readonly command_id: string | null
  /** For an imported row: its origin, and its number there. */
  readonly origin: string | null
  readonly origin_id: number | null
  readonly heartbeat_cycle: number | null
  readonly score: number | null
}

/** The columns to insert. `perception` is still the text, in place of its id. */
export type RowToInsert = Omit<CommandTable, 'id' | 'perception_id' | 'outcome_kind'> & {
  readonly outcome_kind: string
  readonly perception: string | null
}

interface Extras {
  readonly createdAt: number
  readonly idempotencyKey?: string | undefined
  readonly origin?: { readonly name: string; readonly id: number } | undefined
}

/** Maximum length of an outcome's kind, by which queries can filter, in characters. */
const MAX_KIND = 64

export function outcomeKind(outcome: string | null): string {
  if (outcome === null) return 'pending'
  const colon = outcome.indexOf(':')
  return (colon < 0 ? outcome : outcome.slice(0, colon)).trim().slice(0, MAX_KIND)
}

const textOrNull = (text: string | null): string | null => (text === null ? null : storedText(text))

/** @throws AppError VALIDATION_ERROR for an invalid timestamp */
export function rowToInsert(row: NewCommandLogRow, { createdAt, idempotencyKey, origin }: Extras): RowToInsert {
  const outcome = textOrNull(row.outcome)
  const timestamp = Date.parse(row.timestamp)
  if (!Number.isFinite(timestamp)) throw new AppError('VALIDATION_ERROR', `${row.timestamp} is not a time`)
  return {
    timestamp,
    command: storedText(row.command),
    params: writeJsonColumn(row.params),
    reasoning: storedText(row.reasoning),
    perception: row.perception_snapshot === null ? null : writeJsonColumn(row.perception_snapshot),
    outcome,
    outcome_kind: outcomeKind(outcome),
    agent_id: storedText(row.agent_id),
    episode_id: textOrNull(row.episode_id),
    cell: textOrNull(row.cell),
    protocol_version: row.protocol_version,
    created_at: createdAt,
    world: row.world,
    slot: row.slot,
    command_id: textOrNull(row.command_id),
    idempotency_key: idempotencyKey === undefined ? null : storedText(idempotencyKey),
    origin: origin?.name ?? null,
    origin_id: origin?.id ?? null,
    heartbeat_cycle: row.heartbeat_cycle ?? null,
    score: row.score ?? null,
  }
}

const instant = (ms: number): string => new Date(ms).toISOString()

/** @throws AppError STORE_CORRUPT when a JSON column does not hold an object */
export function formatRow(row: StoredRow): CommandLogRow {
  const { timestamp, created_at, params, perception, origin, origin_id, ...rest } = row
  return {
    ...rest,
    timestamp: instant(timestamp),
    created_at: instant(created_at),
    params: readObjectColumn(params, `params of command ${row.id}`),
    perception_snapshot: perception === null ? null : readObjectColumn(perception, `perception of command ${row.id}`),
  }
}

/** The row as one line of an archive, with its JSON copied unchanged. */
export function formatArchived(row: StoredRow): string {
  const { id, timestamp, created_at, params, perception, origin, origin_id, ...rest } = row
  const head = JSON.stringify({ id, timestamp: instant(timestamp), created_at: instant(created_at), ...rest })
  const from = origin === null ? '' : `,"origin":${JSON.stringify(origin)},"origin_id":${origin_id}`
  return `${head.slice(0, -1)},"params":${params},"perception_snapshot":${perception ?? 'null'}${from}}`
}

/** A line of an archive before validation. */
export const parseArchived = (line: string, number: number): unknown => parseJson(line, `line ${number} of the archive`)
