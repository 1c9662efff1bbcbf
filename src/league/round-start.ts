// Builds the message for a commissioner at the start of a round and for later requests.
import type { WorldRegistry } from '../host/world-registry.ts'
import { configureWorld } from '../kernel/world.ts'
import type {
  RecentResult,
  RoundDivision,
  RoundMembership,
  RoundStart,
  RoundVariant,
} from '../protocol/commissioner.ts'
import type { RoundSummary } from '../protocol/commissioner-requests.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { RoundTimes } from '../store/leagues/leaderboards.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { DivisionRecord, LeagueRecord, MembershipRecord, RoundRecord } from '../store/leagues/rows.ts'

/** Completed rounds whose results a commissioner sees. */
const RECENT_ROUNDS = 50

export interface LeagueTablesAccess {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly worlds: WorldRegistry
}

/** Variants with the number of slots, which commissioners read as `num_agents`. */
export async function variantsOf(league: LeagueRecord, worlds: WorldRegistry): Promise<RoundVariant[]> {
  const world = await worlds.load(league.world)
  const ids = league.variants.length > 0 ? league.variants : world.variants.map(({ id }) => id)
  return ids.map((id) => {
    const { variant, config, json } = configureWorld(world, id, league.config)
    return { id, name: variant?.title ?? id, game_config: { num_agents: world.slots(config), ...json } }
  })
}

export const toWireDivision = ({ id, name, level, type }: DivisionRecord): RoundDivision => ({ id, name, level, type })

/** Members without a division are not part of a round. */
export function toWireMemberships(members: readonly MembershipRecord[]): RoundMembership[] {
  return members.flatMap((member) =>
    member.divisionId === null
      ? []
      : [
          {
            id: member.id,
            league_id: member.leagueId,
            division_id: member.divisionId,
            policy_version_id: member.policyVersionId,
            player_id: member.playerId,
            is_champion: member.isChampion,
            status: member.status,
            substatus: member.substatus,
            ...(member.preferences === null ? {} : { preferences: member.preferences }),
          },
        ],
  )
}

export const toWireLeague = ({ id, commissioner }: LeagueRecord) => ({
  id,
  commissioner_key: commissioner.type,
  commissioner_config: commissioner.config,
})

export const toRoundSummary = (round: RoundRecord): RoundSummary => {
  const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  return {
    id: round.id,
    public_id: `round_${round.id}`,
    division_id: round.divisionId,
    round_number: round.number,
    status: round.status,
    created_at: instant(round.createdAt),
    started_at: instant(round.startedAt),
    completed_at: instant(round.completedAt),
  }
}

/** A completed round, from its times only. */
export function toCompletedSummary(round: RoundTimes, divisionId: string): RoundSummary {
  const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  return {
    id: round.id,
    public_id: `round_${round.id}`,
    division_id: divisionId,
    round_number: round.number,
    status: 'completed',
    created_at: instant(round.createdAt),
    started_at: instant(round.startedAt),
    completed_at: instant(round.completedAt),
  }
}

export async function makeRoundStart(
  round: RoundRecord,
  league: LeagueRecord,
  { leagues, rounds, worlds }: LeagueTablesAccess,
): Promise<RoundStart> {
  const members = await leagues.memberships({ leagueId: league.id, isActive: true })
  const isRemote =
    league.commissioner.type === 'url' || league.commissioner.type === 'command' || league.commissioner.type === 'image'
  return {
    type: 'round_start',
    round_id: round.id,
    round_number: round.number,
    league: toWireLeague(league),
    divisions: (await leagues.divisions(league.id)).map(toWireDivision),
    memberships: toWireMemberships(members),
    recent_results: await recentResults(league.id, rounds),
    variants: await variantsOf(league, worlds),
    // A remote commissioner gets its state back unchanged; on this wire, the built-in ones read the round's settings
    // there.
    state: isRemote && league.state !== null ? league.state : withSettings(league.state, round),
  }
}

function withSettings(state: JsonValue, round: RoundRecord): JsonValue {
  const own = isObject(state) ? state : {}
  return { ...own, round_config: { ...round.config, current_division_id: round.divisionId } }
}

/** Results of the newest completed rounds of a league. */
export async function recentResults(leagueId: string, rounds: Rounds): Promise<RecentResult[]> {
  const { entries } = await rounds.list({ leagueId, status: 'completed' }, { limit: RECENT_ROUNDS })
  const found: RecentResult[] = []
  for (const round of entries) {
    for (const result of await rounds.results({ roundId: round.id })) {
      found.push({
        round_id: round.id,
        division_id: result.divisionId,
        round_number: round.number,
        policy_version_id: result.policyVersionId,
        rank: result.rank,
        score: result.score,
      })
    }
  }
  return found
}
