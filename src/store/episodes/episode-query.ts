// The filters, order and cursors of the episode index, as SQL that uses its indexes.
import { type RawBuilder, sql } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import type { EpisodeStatus } from '../../protocol/catalogue.ts'
import { storedText } from '../columns.ts'

/** Conditions on episodes; a filter that is left out does not apply. */
export interface EpisodeFilters {
  readonly status?: EpisodeStatus | readonly EpisodeStatus[] | undefined
  readonly world?: string | undefined
  readonly variant?: string | undefined
  readonly kind?: string | readonly string[] | undefined
  /** The exact name of a player in any slot. */
  readonly player?: string | undefined
  readonly parent?: string | undefined
  /** Started at this instant or later, milliseconds UTC. */
  readonly since?: number | undefined
  /** Started at this instant or earlier, milliseconds UTC. */
  readonly until?: number | undefined
}

/** Sort keys of a list. Unknown instants count as 0, and ties are sorted by id. */
export const EPISODE_SORTS = ['started_at', 'ended_at', 'steps'] as const
export type EpisodeSort = (typeof EPISODE_SORTS)[number]

export interface EpisodePageRequest {
  /** Default `started_at`. */
  readonly sort?: EpisodeSort | undefined
  /** Default `desc`: newest, latest or longest first. */
  readonly order?: 'asc' | 'desc' | undefined
  /** From 1 to MAX_EPISODE_PAGE; default 50. */
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  /** `nextCursor` of the previous page, with the same filters, sort and order. */
  readonly cursor?: string | undefined
}

export const MAX_EPISODE_PAGE = 500
const DEFAULT_PAGE = 50

/** The parts of a query over `episodes e`, joined with `episode_players p` when filtering by player. */
export interface EpisodeQuery {
  readonly from: RawBuilder<unknown>
  readonly where: RawBuilder<unknown>
}

export function selectEpisodes(filters: EpisodeFilters, place?: RawBuilder<unknown>): EpisodeQuery {
  const { status, world, variant, kind, player, parent, since, until } = filters
  const start = startColumn(filters)
  const conditions = [sql`1 = 1`]
  if (player !== undefined) conditions.push(sql`p.player = ${storedText(player)}`)
  if (status !== undefined) conditions.push(sql`e.status in (${sql.join(listOf(status))})`)
  if (world !== undefined) conditions.push(sql`e.world_id = ${world}`)
  if (variant !== undefined) conditions.push(sql`e.variant = ${storedText(variant)}`)
  if (kind !== undefined) conditions.push(sql`e.kind in (${sql.join(listOf(kind))})`)
  if (parent !== undefined) conditions.push(sql`e.parent_id = ${parent}`)
  if (since !== undefined) conditions.push(sql`${start} >= ${since}`)
  if (until !== undefined) conditions.push(sql`${start} <= ${until}`)
  if (place !== undefined) conditions.push(place)
  const from =
    player === undefined ? sql`episodes e` : sql`episode_players p join episodes e on e.episode_id = p.episode_id`
  return { from, where: sql.join(conditions, sql` and `) }
}

/** Always a list. An empty one matches nothing, because SQL has no empty list. */
function listOf(value: string | readonly string[]): readonly string[] {
  if (typeof value === 'string') return [value]
  return value.length === 0 ? [''] : value
}

/** The player table has the start time too, so that one index serves both conditions. */
const startColumn = ({ player }: EpisodeFilters): RawBuilder<unknown> =>
  player === undefined ? sql`e.started_at` : sql`p.started_at`

export interface CheckedPage {
  readonly limit: number
  readonly offset: number
  readonly orderBy: RawBuilder<unknown>
  readonly place: RawBuilder<unknown> | undefined
}

/** @throws AppError VALIDATION_ERROR for a limit, offset or cursor out of range */
export function checkPage(filters: EpisodeFilters, request: EpisodePageRequest): CheckedPage {
  const { sort = 'started_at', order = 'desc', limit = DEFAULT_PAGE, offset = 0, cursor } = request
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EPISODE_PAGE) {
    throw new AppError('VALIDATION_ERROR', `limit must be a whole number from 1 to ${MAX_EPISODE_PAGE}`)
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new AppError('VALIDATION_ERROR', 'offset must be a whole number from 0')
  }
  const column = sort === 'started_at' ? startColumn(filters) : sql.ref(`e.${sort}`)
  const id = filters.player === undefined ? sql`e.episode_id` : sql`p.episode_id`
  const direction = order === 'asc' ? sql`asc` : sql`desc`
  const orderBy = sql`${column} ${direction}, ${id} ${direction}`
  if (cursor === undefined) return { limit, offset, orderBy, place: undefined }
  const after = parseCursor(cursor)
  const beyond = order === 'asc' ? sql`>` : sql`<`
  return { limit, offset, orderBy, place: sql`(${column}, ${id}) ${beyond} (${after.value}, ${after.id})` }
}

export function formatCursor(value: number, id: string): string {
  return `${value}.${id}`
}

function parseCursor(cursor: string): { value: number; id: string } {
  const [, value, id] = /^(\d{1,16})\.(.+)$/s.exec(cursor) ?? []
  if (value === undefined || id === undefined || !Number.isSafeInteger(Number(value))) {
    throw new AppError('VALIDATION_ERROR', 'cursor must be the next_cursor of another page')
  }
  return { value: Number(value), id }
}
