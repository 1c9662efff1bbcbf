// Which policies, episodes and logs a command means (contract section 11): pure rules, apart from the look-ups that callers
// hand in.
import { AppError } from '../kernel/errors.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const VERSION = /^v?([1-9]\d{0,8})$/

export interface PolicyIdentifier {
  readonly name: string
  /** Null: the latest. */
  readonly version: number | null
}

/**
 * `NAME`, `NAME:N` or `NAME:vN`; the last colon divides.
 * @throws AppError USAGE
 */
export function parsePolicyIdentifier(text: string): PolicyIdentifier {
  const colon = text.lastIndexOf(':')
  if (colon < 0 && text !== '') return { name: text, version: null }
  const [, number] = VERSION.exec(text.slice(colon + 1)) ?? []
  if (colon > 0 && number !== undefined) return { name: text.slice(0, colon), version: Number(number) }
  throw new AppError('USAGE', `${JSON.stringify(text)} is not the name of a policy`, {
    hint: 'Write NAME, NAME:3 or NAME:v3.',
  })
}

/**
 * The policy version that a filter means: a UUID as it is, else a policy of the caller.
 * @throws AppError USAGE for malformed text; UNKNOWN_PLAYER when there is no such policy
 */
export async function resolvePolicyFilter(
  text: string,
  lookUp: (policy: PolicyIdentifier) => Promise<string | undefined>,
): Promise<string> {
  if (UUID.test(text)) return text.toLowerCase()
  const found = await lookUp(parsePolicyIdentifier(text))
  if (found !== undefined) return found
  throw new AppError('UNKNOWN_PLAYER', `you have no policy ${text}`, {
    hint: 'List your policies with: paracosm coworld memberships --mine',
  })
}

/**
 * `KEY=VALUE`, divided at the first `=`.
 * @throws AppError USAGE, which does not repeat the text: it may hold a secret
 */
export function parseSecret(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=')
  if (at >= 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new AppError('USAGE', 'a secret is written KEY=VALUE, and one has no "="')
}

/** Agents that have a log, ascending. */
export function logAgents(names: readonly string[]): number[] {
  return names
    .flatMap((name) => {
      const [, number] = /^policy_agent_(\d+)\.txt$/.exec(name) ?? []
      return number === undefined ? [] : [Number(number)]
    })
    .sort((a, b) => a - b)
}

interface Seated {
  readonly assignments: readonly number[]
  readonly participants: readonly { readonly position: number; readonly policy_version_id: string }[]
}

/** Of agents with logs those that one of the caller's policies plays. */
export function ownAgents(
  { assignments, participants }: Seated,
  mine: ReadonlySet<string>,
  agents: readonly number[],
): number[] {
  const own = new Set(participants.filter((each) => mine.has(each.policy_version_id)).map(({ position }) => position))
  return agents.filter((agent) => {
    const position = assignments[agent]
    return position !== undefined && own.has(position)
  })
}

export interface ScopeFlags {
  readonly pool?: string | undefined
  readonly round?: string | undefined
  readonly division?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** What a server answers to a command that lists episodes. */
export interface ScopeServer<Episode> {
  episodes(query: {
    readonly limit: number
    readonly offset: number
    readonly poolId?: string
  }): Promise<readonly Episode[]>
  /** Ids of a round's pools. */
  pools(roundId: string): Promise<readonly string[]>
  rounds(divisionId: string, offset: number): Promise<{ ids: readonly string[]; total: number; limit: number }>
}

/** Episodes of one pool that are read at once. */
const POOL_ROWS = 1000
/** Rows that are looked through for filters at most. */
const MAX_ROWS = 100_000

/**
 * The episodes that a command means: of a pool, a round, a division, or all; filtered, newest first, and then cut.
 * Filters come before the cut, so that as many rows appear as were asked for.
 */
export async function selectEpisodes<Episode extends { readonly id: string; readonly created_at: string }>(
  flags: ScopeFlags,
  server: ScopeServer<Episode>,
  isWanted: (episode: Episode) => boolean,
): Promise<Episode[]> {
  const found: Episode[] = []
  if (flags.pool === undefined && (flags.round !== undefined || flags.division !== undefined)) {
    for (const poolId of await poolsOf(flags, server)) found.push(...(await allOf(server, poolId)))
    found.sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
  } else found.push(...(await allOf(server, flags.pool)))
  return found.filter(isWanted).slice(flags.offset, flags.offset + flags.limit)
}

async function poolsOf<Episode>({ round, division = '' }: ScopeFlags, server: ScopeServer<Episode>): Promise<string[]> {
  if (round !== undefined) return [...(await server.pools(round))]
  const pools: string[] = []
  for (let offset = 0; ; ) {
    const { ids, total, limit } = await server.rounds(division, offset)
    for (const id of ids) pools.push(...(await server.pools(id)))
    offset += limit
    if (offset >= total || limit < 1) return pools
  }
}

async function allOf<Episode>(server: ScopeServer<Episode>, poolId: string | undefined): Promise<Episode[]> {
  const all: Episode[] = []
  for (let offset = 0; offset < MAX_ROWS; offset += POOL_ROWS) {
    const page = await server.episodes({ limit: POOL_ROWS, offset, ...(poolId === undefined ? {} : { poolId }) })
    all.push(...page)
    if (page.length < POOL_ROWS) break
  }
  return all
}

/** A link that a server answered: absolute ones as they are, paths below the origin of a server that has pages. */
export function webLink(server: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path
  const url = new URL(server)
  if (`${url.origin}${url.pathname}`.replace(/\/$/, '') === DEFAULT_API) return `https://softmax.com${path}`
  return url.pathname.replace(/\/$/, '') === '/api/observatory' ? `${url.origin}${path}` : path
}

const DEFAULT_API = 'https://api.observatory.softmax-research.net'

/** A score in a table: four decimals; missing: a dash. */
export const scoreCell = (score: number | null | undefined): string => (score == null ? '-' : score.toFixed(4))

/** An instant in a table, in the local zone: `YYYY-MM-DD HH:MM`. */
export function timeCell(text: string | null | undefined): string {
  const at = text ? new Date(text) : undefined
  if (!at || Number.isNaN(at.getTime())) return '-'
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** A player in a table: its name, else its id, else a dash. */
export const playerCell = (
  player: { readonly id?: string | null; readonly name?: string | null } | null | undefined,
): string => player?.name || player?.id || '-'
