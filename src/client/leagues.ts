// Leagues of a server: reads of the hosted API. Ids are those of the answers; a league may be named by its slug.
import type { ExperienceEpisode, ExperiencePage } from '../protocol/experience.ts'
import type {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedLeague,
  HostedMembership,
  LadderEntry,
  LeaderboardRow,
  RoundDetail,
  RoundPage,
} from '../protocol/hosted.ts'
import type { PolicyFigures } from '../protocol/league-policy.ts'
import { ask, type Credentials } from './http.ts'

/** Which rounds to list. */
export interface RoundQuery {
  readonly league_id?: string
  readonly division_id?: string
  readonly status?: string
  /** 1 to 200; default 25. */
  readonly limit?: number
  readonly offset?: number
}

/** The most members that one answer has. */
const MEMBERS = 1000
/** The most episodes of a round that one answer has. */
const EPISODES = 1000

export function leagueMethods(caller: Credentials) {
  const part = (id: string): string => encodeURIComponent(id)
  return {
    list: (): Promise<HostedLeague[]> => ask(caller, (s) => s.HostedLeague.array(), '/v2/leagues'),
    get: (id: string): Promise<HostedLeague> => ask(caller, (s) => s.HostedLeague, `/v2/leagues/${part(id)}`),
    /** Its divisions with numbers of members, the highest first. */
    ladder: (id: string): Promise<LadderEntry[]> =>
      ask(caller, (s) => s.LadderEntry.array(), `/v2/leagues/${part(id)}/division-ladder`),
    /** One division, and what its commissioner says of it. */
    division: (id: string): Promise<HostedDivision> =>
      ask(caller, (s) => s.HostedDivision, `/v2/divisions/${part(id)}`),
    /** Best first. */
    leaderboard: (division: string): Promise<LeaderboardRow[]> =>
      ask(caller, (s) => s.LeaderboardRow.array(), `/v2/divisions/${part(division)}/leaderboard`, {
        query: { with_details: 'true' },
      }),
    /** Members, those that have left included, newest first. */
    members: (league: string): Promise<HostedMembership[]> =>
      ask(caller, (s) => s.HostedMembership.array(), '/v2/league-policy-memberships', {
        query: { league_id: league, limit: MEMBERS },
      }),
    /** One policy version: its rounds, opponents, matches and events. */
    policy: (league: string, version: string): Promise<PolicyFigures> =>
      ask(caller, (s) => s.PolicyFigures, `/api/leagues/${part(league)}/policies/${part(version)}`),
    /** Newest first. */
    rounds: (query: RoundQuery = {}): Promise<RoundPage> =>
      ask(caller, (s) => s.RoundPage, '/v2/rounds', { query: { ...query } }),
    /** One round with its pools and results. */
    round: (id: string): Promise<RoundDetail> => ask(caller, (s) => s.RoundDetail, `/v2/rounds/${part(id)}`),
    /** Episodes of one pool of a round. */
    episodes: (pool: string): Promise<HostedEpisode[]> =>
      ask(caller, (s) => s.HostedEpisode.array(), '/v2/episode-requests', {
        query: { pool_id: pool, limit: EPISODES },
      }),
    /** Experience requests of the caller, newest first; everyone's for an administrator. @param limit 1 to 200 */
    requests: (limit = 20): Promise<ExperiencePage> =>
      ask(caller, (s) => s.ExperiencePage, '/v2/experience-requests', { query: { limit } }),
    /** The episodes of an experience request, in order. */
    requestEpisodes: (id: string): Promise<ExperienceEpisode[]> =>
      ask(caller, (s) => s.ExperienceEpisode.array(), `/v2/experience-requests/${part(id)}/episodes`),
    /** What happened in a league, newest first. @param limit 1 to 1000 */
    events: (league: string, limit = 50): Promise<CompetitionEvent[]> =>
      ask(caller, (s) => s.CompetitionEvent.array(), '/v2/competition-events', { query: { league_id: league, limit } }),
  }
}
