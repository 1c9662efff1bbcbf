// Reads the log in pages: filtered, in order of time, in either direction. No cursor stays open, and no page holds a
// perception twice, so memory is bounded and writers never wait for long.
import { type SelectQueryBuilder, sql } from 'kysely'
import { AppError } from '../kernel/errors.ts'
import type { CommandFilters } from '../protocol/command-log.ts'
import type { StoredRow } from './log-rows.ts'
import type { Store } from './store.ts'
import type { CommandTable, Tables } from './tables.ts'

/** A position in order of time. */
export interface Place {
  readonly timestamp: number
  readonly id: number
}

export interface PageOptions {
  readonly order: 'newest' | 'oldest' | 'logged'
  readonly limit: number
  readonly offset?: number
  /** The page starts after this row, in the order of the page. */
  readonly after?: Place | undefined
  /** For a rotation: strictly before this instant, and with no higher number. */
  readonly before?: { readonly timestamp: number; readonly id: number } | undefined
}

/** Maximum size of a reader's cache of recent perceptions, in characters. */
const MAX_KEPT = 4 * 1024 * 1024

/** Reads pages, and caches the perceptions of recent pages. Use one per reader. */
export class LogReader {
  readonly #store: Store
  readonly #bodies = new Map<number, string>()
  #kept = 0

  constructor(store: Store) {
    this.#store = store
  }

  async page(filters: CommandFilters, options: PageOptions): Promise<StoredRow[]> {
    const rows = await this.#rows(filters, options)
    const missing = new Set<number>()
    for (const { perception_id: id } of rows) if (id !== null && !this.#bodies.has(id)) missing.add(id)
    await this.#fetch([...missing])
    const page = rows.map(({ perception_id, ...row }) => ({
      ...row,
      perception: perception_id === null ? null : (this.#bodies.get(perception_id) ?? null),
    }))
    this.#shed()
    return page
  }

  async #rows(filters: CommandFilters, options: PageOptions): Promise<Selected[]> {
    const query = selectRows(this.#store, filters, options)
    const { channel } = this.#store
    if (!channel) return query.execute()
    // Sent directly to the thread: lists of values become rows here, without intermediate objects.
    const { sql: text, parameters } = query.compile()
    const { values } = await channel.mutex.run(() => channel.run({ sql: text, parameters }))
    return values.map(listToRow)
  }

  async #fetch(ids: readonly number[]): Promise<void> {
    for (let i = 0; i < ids.length; i += FETCH) {
      const found = await this.#store.db
        .selectFrom('perceptions')
        .select(['id', 'body'])
        .where('id', 'in', ids.slice(i, i + FETCH))
        .execute()
      for (const { id, body } of found) {
        this.#bodies.set(id, body)
        this.#kept += body.length
      }
    }
  }

  #shed(): void {
    for (const [id, body] of this.#bodies) {
      if (this.#kept <= MAX_KEPT) return
      this.#bodies.delete(id)
      this.#kept -= body.length
    }
  }
}

/** All rows, oldest first, in pages; the next page is fetched while this one is processed. */
export async function* readInOrder(
  store: Store,
  filters: CommandFilters,
  { limit, before }: Pick<PageOptions, 'limit' | 'before'>,
): AsyncGenerator<readonly StoredRow[]> {
  const reader = new LogReader(store)
  const ask = (after?: StoredRow): Promise<StoredRow[]> => {
    const page = reader.page(filters, { order: 'oldest', limit, after, before })
    // The caller that waits for the page gets the failure; there may be no such caller.
    page.catch(() => undefined)
    return page
  }
  for (let next = ask(); ; ) {
    const page = await next
    const isLast = page.length < limit
    if (!isLast) next = ask(page.at(-1))
    if (page.length > 0) yield page
    if (isLast) return
  }
}

/** Perceptions per fetch statement. */
const FETCH = 500

const SELECTED = [
  'id',
  'timestamp',
  'command',
  'params',
  'reasoning',
  'perception_id',
  'outcome',
  'agent_id',
  'episode_id',
  'cell',
  'protocol_version',
  'created_at',
  'world',
  'slot',
  'command_id',
  'origin',
  'origin_id',
  'heartbeat_cycle',
  'score',
] as const

type Selected = Omit<StoredRow, 'perception'> & { readonly perception_id: number | null }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function listToRow(list: readonly unknown[]): Selected {
  return {
    id: Number(list[0]),
    timestamp: Number(list[1]),
    command: text(list[2]),
    params: text(list[3]),
    reasoning: text(list[4]),
    perception_id: numberOrNull(list[5]),
    outcome: textOrNull(list[6]),
    agent_id: text(list[7]),
    episode_id: textOrNull(list[8]),
    cell: textOrNull(list[9]),
    protocol_version: text(list[10]),
    created_at: Number(list[11]),
    world: textOrNull(list[12]),
    slot: numberOrNull(list[13]),
    command_id: textOrNull(list[14]),
    origin: textOrNull(list[15]),
    origin_id: numberOrNull(list[16]),
    heartbeat_cycle: numberOrNull(list[17]),
    score: numberOrNull(list[18]),
  }
}

/** The query of a page; exported so that tests can inspect its plan. */
export function selectRows(store: Store, filters: CommandFilters, options: PageOptions) {
  let query = filtered(store, filters).select(SELECTED).limit(options.limit)
  if (options.offset) query = query.offset(options.offset)
  const { after, before } = options
  if (before) query = query.where('timestamp', '<', before.timestamp).where('id', '<=', before.id)
  if (options.order === 'logged') {
    if (after) query = query.where('id', '>', after.id)
    return query.orderBy('id')
  }
  const direction = options.order === 'newest' ? 'desc' : 'asc'
  if (after) {
    const comparison = sql.raw(options.order === 'newest' ? '<' : '>')
    query = query.where(sql<boolean>`(timestamp, id) ${comparison} (${after.timestamp}, ${after.id})`)
  }
  return query.orderBy('timestamp', direction).orderBy('id', direction)
}

export async function countRows(store: Store, filters: CommandFilters): Promise<number> {
  const { count } = await filtered(store, filters)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

const EQUAL = {
  command_type: 'command',
  cell: 'cell',
  episode_id: 'episode_id',
  agent_id: 'agent_id',
  world: 'world',
} as const satisfies Partial<Record<keyof CommandFilters, keyof CommandTable>>

export function filtered(store: Store, filters: CommandFilters): SelectQueryBuilder<Tables, 'commands', object> {
  let query: SelectQueryBuilder<Tables, 'commands', object> = store.db.selectFrom('commands')
  for (const name of ['command_type', 'cell', 'episode_id', 'agent_id', 'world'] as const) {
    const value = filters[name]
    if (value !== undefined) query = query.where(EQUAL[name], '=', value)
  }
  const { outcome, since, until, min_score: score } = filters
  if (outcome !== undefined) query = query.where('outcome_kind', '=', outcome)
  if (since !== undefined) query = query.where('timestamp', '>=', moment(since, 'since'))
  if (until !== undefined) query = query.where('timestamp', '<=', moment(until, 'until'))
  if (score !== undefined) query = query.where(scored(store.kind, score))
  return query
}

/** Whether the slot of a row has at least this score in its episode. */
function scored(kind: Store['kind'], score: number) {
  const its =
    kind === 'sqlite'
      ? sql`json_extract(e.scores, '$[' || commands.slot || ']')`
      : sql`(e.scores::json ->> commands.slot)::double precision`
  return sql<boolean>`exists (select 1 from logged_episodes e where e.episode_id = commands.episode_id and ${its} >= ${score})`
}

function moment(value: string, name: string): number {
  const ms = Date.parse(value)
  if (Number.isFinite(ms)) return ms
  throw new AppError('VALIDATION_ERROR', `${name} is not a time: write 2026-03-21T14:30:00Z`)
}

/** The end of a page, as an opaque cursor for the next page. */
export const formatCursor = ({ timestamp, id }: Place): string =>
  Buffer.from(`${timestamp}.${id}`).toString('base64url')

/** @throws AppError VALIDATION_ERROR */
export function parseCursor(cursor: string): Place {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (match) return { timestamp: Number(match[1]), id: Number(match[2]) }
  throw new AppError('VALIDATION_ERROR', 'the cursor is not valid: send next_cursor back unchanged')
}
