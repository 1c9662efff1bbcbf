// Leagues of this server. A round of the demo league ends every minute, so the data that it changes is polled.
import { queryOptions } from '@tanstack/react-query'
import type { HostedEpisode, HostedMembership } from 'paracosm/protocol'
import { apiClient } from './client.ts'
import { operatorClient } from './operator.ts'

/** Milliseconds between two reads of data that a round changes. */
const EVERY_MS = 15_000
/** Number of events on a page. */
const EVENTS = 30

export const leaguesQuery = queryOptions({ queryKey: ['leagues'], queryFn: () => apiClient().leagues.list() })

/** @param id of the league, or its slug */
export const leagueQuery = (id: string) =>
  queryOptions({ queryKey: ['leagues', id], queryFn: () => apiClient().leagues.get(id) })

export const ladderQuery = (league: string) =>
  queryOptions({
    queryKey: ['leagues', league, 'ladder'],
    queryFn: () => apiClient().leagues.ladder(league),
    refetchInterval: EVERY_MS,
  })

export const divisionQuery = (id: string) =>
  queryOptions({
    queryKey: ['division', id],
    queryFn: () => apiClient().leagues.division(id),
    refetchInterval: EVERY_MS,
  })

export const leaderboardQuery = (division: string) =>
  queryOptions({
    queryKey: ['division', division, 'leaderboard'],
    queryFn: () => apiClient().leagues.leaderboard(division),
    refetchInterval: EVERY_MS,
  })

/** Experience requests, newest first; only for administrators, because pages have no tokens of players. */
export const requestsQuery = queryOptions({
  queryKey: ['experience-requests'],
  queryFn: () => operatorClient().leagues.requests(),
  refetchInterval: EVERY_MS,
})

export const requestEpisodesQuery = (id: string) =>
  queryOptions({
    queryKey: ['experience-requests', id],
    queryFn: () => operatorClient().leagues.requestEpisodes(id),
    refetchInterval: EVERY_MS,
  })

export const membersQuery = (league: string) =>
  queryOptions({
    queryKey: ['leagues', league, 'members'],
    queryFn: () => apiClient().leagues.members(league),
    refetchInterval: EVERY_MS,
  })

/** @param limit number of newest rounds, 1 to 200 */
export const roundsQuery = (division: string, limit: number) =>
  queryOptions({
    queryKey: ['division', division, 'rounds', limit],
    queryFn: () => apiClient().leagues.rounds({ division_id: division, limit }),
    refetchInterval: EVERY_MS,
  })

export const roundQuery = (id: string) =>
  queryOptions({
    queryKey: ['round', id],
    queryFn: () => apiClient().leagues.round(id),
    refetchInterval: EVERY_MS,
  })

/** One policy version of a league. */
export const policyQuery = (league: string, version: string) =>
  queryOptions({
    queryKey: ['leagues', league, 'policy', version],
    queryFn: () => apiClient().leagues.policy(league, version),
    refetchInterval: EVERY_MS,
  })

/** "greedy v1". */
export const versionName = ({ policy, version }: HostedMembership['policy_version']): string =>
  `${policy.name} v${version}`

/** Episodes of a round. */
export const roundEpisodesQuery = (pool: string) =>
  queryOptions({
    queryKey: ['pool', pool],
    queryFn: () => apiClient().leagues.episodes(pool),
    refetchInterval: EVERY_MS,
  })

export const leagueEventsQuery = (league: string) =>
  queryOptions({
    queryKey: ['leagues', league, 'events'],
    queryFn: () => apiClient().leagues.events(league, EVENTS),
    refetchInterval: EVERY_MS,
  })

/** The id for the page of a league's episode; undefined: its journal is not stored. */
export const pageOfEpisode = ({ episode_id: id }: HostedEpisode): string | undefined =>
  id === null ? undefined : `league-${id}`
