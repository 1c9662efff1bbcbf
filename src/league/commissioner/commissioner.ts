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
  MigrationDivision,
  MigrationRequest,
  ProposedRound,
  RankDivisionRequest,
  RoundCompletedRequest,
  RoundCompletedResponse,
  ScheduleRoundsRequest,
} from '../../protocol/commissioner-requests.ts'
import type { JsonObject } from '../../protocol/json.ts'

/** Draws whole numbers from 0 to `bound - 1`; a round's seeds and shuffles come from it. */
export type Draw = (bound: number) => number

/** How a request of a round ended. */
export type Settlement = EpisodeResult | EpisodeFailed

/** A planned round: its schedule, and the function that derives results from settlements. */
export interface PlannedRound {
  readonly episodes: readonly ScheduledEpisode[]
  /** Maximum concurrent episodes, and seconds between two of them; undefined: all at once. */
  readonly throttle?: { readonly allowed: number; readonly gapSeconds: number } | undefined
  /** @param settlements one for each episode, by request id; the first that came for it */
  complete(settlements: ReadonlyMap<string, Settlement>): RoundComplete
}

export interface Commissioner {
  /** Names it in leagues: `baseline`, `manual`, `ruleset`. */
  readonly key: string
  /** @throws RoundRefused */
  planRound(start: RoundStart, draw: Draw): PlannedRound
  /** Which divisions get a round now. `now` is milliseconds since 1970. */
  scheduleRounds(request: ScheduleRoundsRequest, now: number): ProposedRound[]
  rankDivision(request: RankDivisionRequest): DivisionRanking[]
  describeDivision(request: DescribeDivisionRequest, now: number): DivisionDescription
  /** Promotion outside a round. */
  completeRound?(request: RoundCompletedRequest): RoundCompletedResponse
  /** The divisions that a league of this commissioner should have. */
  divisions?(): MigrationDivision[]
  migrate?(request: MigrationRequest): MembershipEvent[]
}

/** A request that cannot be served as it is: the socket is closed with 1008 and this reason. */
export class RoundRefused extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RoundRefused'
  }
}

/** The league's own settings, and those that the platform left for this round in `state.round_config`. */
export function roundSettings(start: RoundStart): { round: JsonObject; league: JsonObject } {
  const state = start.state
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const round = isObject(state) && isObject(state.round_config) ? state.round_config : {}
  return { round, league: start.league.commissioner_config ?? {} }
}
