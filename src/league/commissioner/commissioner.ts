// The interface of a commissioner: pure functions that map platform messages to schedules and rankings. Built-in ones
// and modules that users write implement the same interface; transports are elsewhere.
import type {
  EpisodeFailed,
  EpisodeResult,
  MembershipEvent,
  RoundComplete,
  RoundStart,
  ScheduledEpisode,
} from '../../protocol/commissioner.ts'
import type {
  DescribeDivisionRequest,
  DivisionDescription,
  DivisionRanking,
  MigrationConfigRequest,
  MigrationDivision,
  MigrationRequest,
  ProposedRound,
  RankDivisionRequest,
  RoundCompletedRequest,
  RoundCompletedResponse,
  ScheduleRoundsRequest,
} from '../../protocol/commissioner-requests.ts'
import type { JsonObject } from '../../protocol/json.ts'

/** Draws integers from 0 to `bound - 1`; a round's seeds and shuffles use it. */
export type Draw = (bound: number) => number

/** The end of a requested episode. */
export type Settlement = EpisodeResult | EpisodeFailed

/** A planned round: its schedule, and the function that derives results from settlements. */
export interface PlannedRound {
  readonly episodes: readonly ScheduledEpisode[]
  /** Maximum concurrent episodes, and seconds between two starts; undefined: all at once. */
  readonly throttle?: { readonly allowed: number; readonly gapSeconds: number } | undefined
  /** @param settlements the first one for each episode, by request id */
  complete(settlements: ReadonlyMap<string, Settlement>): RoundComplete
}

export interface Commissioner {
  /** The name in leagues: `baseline`, `manual`, `ruleset`. */
  readonly key: string
  /** @throws RoundRefused */
  planRound(start: RoundStart, draw: Draw): PlannedRound
  /** The divisions that get a round now. `now` is milliseconds since 1970. */
  scheduleRounds(request: ScheduleRoundsRequest, now: number): ProposedRound[]
  rankDivision(request: RankDivisionRequest): DivisionRanking[]
  describeDivision(request: DescribeDivisionRequest, now: number): DivisionDescription
  /** Promotion outside a round, and rounds that follow; absent: none. */
  completeRound?(request: RoundCompletedRequest): Aftermath
  /** The divisions that a league of this commissioner should have; absent: those that it has. */
  divisions?(request: MigrationConfigRequest): MigrationDivision[]
  /** Moves members out of divisions that the league shall no longer have; absent: none. */
  migrate?(request: MigrationRequest): MembershipEvent[]
}

/** What follows a round. */
export type Aftermath = Omit<RoundCompletedResponse, 'type'>

/** A request that cannot be served: the socket is closed with 1008 and this reason. */
export class RoundRefused extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RoundRefused'
  }
}

/** The league's own settings, and the settings of this round, which the platform put into `state.round_config`. */
export function roundSettings(start: RoundStart): { round: JsonObject; league: JsonObject } {
  const state = start.state
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const round = isObject(state) && isObject(state.round_config) ? state.round_config : {}
  return { round, league: start.league.commissioner_config ?? {} }
}
