// Selects the policies, episodes and logs of a command (contract section 11): pure rules, except for lookups that
// callers pass in.
import { AppError } from '../kernel/errors.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const VERSION = /^v?([1-9]\d{0,8})$/

export interface PolicyIdentifier {
  readonly name: string
  /** Null: the latest. */
  readonly version: number | null
}

/**
 * `NAME`, `NAME:N` or `NAME:vN`, split at the last colon.
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
 * The policy version of a filter: a UUID is used unchanged, any other text names a policy of the caller.
 * @throws AppError USAGE for malformed text; UNKNOWN_PLAYER when the policy does not exist
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
 * `KEY=VALUE`, split at the first `=`.
 * @throws AppError USAGE, which does not repeat the text because it may contain a secret
 */
export function parseSecret(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=')
  if (at >= 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new AppError('USAGE', 'a secret is written KEY=VALUE, and one has no "="')
}

/** Agents with a log, ascending. */
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

/** The agents with logs that are played by one of the caller's policies. */
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

/** The server's responses that a command for listing episodes needs. */
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

/** Episodes of one pool per read. */
const POOL_ROWS = 1000
/** Maximum number of rows searched by filters. */
const MAX_ROWS = 100_000

/**
 * The episodes that a command selects: of a pool, a round, a division, or all; filtered, newest first, then limited.
 * Filters apply before the limit, so that callers get as many rows as they asked for.
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

/**
 * A link from a server's response: absolute links are unchanged, paths are resolved against the origin of the server's
 * pages.
 */
export function webLink(server: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path
  const url = new URL(server)
  if (`${url.origin}${url.pathname}`.replace(/\/$/, '') === DEFAULT_API) return `https://softmax.com${path}`
  return url.pathname.replace(/\/$/, '') === '/api/observatory' ? `${url.origin}${path}` : path
}

const DEFAULT_API = 'https://api.observatory.softmax-research.net'

/** A score in a table: four decimals; a dash if missing. */
export const scoreCell = (score: number | null | undefined): string => (score == null ? '-' : score.toFixed(4))

/** An instant in a table, in the local zone: `YYYY-MM-DD HH:MM`. */
export function timeCell(text: string | null | undefined): string {
  const at = text ? new Date(text) : undefined
  if (!at || Number.isNaN(at.getTime())) return '-'
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** A player in a table: its name, or else its id, or else a dash. */
export const playerCell = (
  player: { readonly id?: string | null; readonly name?: string | null } | null | undefined,
): string => player?.name || player?.id || '-'
