// Text games: the games, their characters, and the player's own sessions.
import { queryOptions } from '@tanstack/react-query'
import { apiClient } from './client.ts'

const CATALOGUE_MS = 60_000

export const gamesQuery = queryOptions({
  queryKey: ['games'],
  queryFn: () => apiClient().games(),
  staleTime: CATALOGUE_MS,
})

export const charactersQuery = queryOptions({
  queryKey: ['characters'],
  queryFn: () => apiClient().characters(),
  staleTime: CATALOGUE_MS,
})

/** The characters that can be played and met in a game. */
export const setupQuery = (game: string) =>
  queryOptions({ queryKey: ['setup', game], queryFn: () => apiClient().setup(game), staleTime: CATALOGUE_MS })

/** What plays the characters: a model, or an offline responder. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: () => apiClient().models(),
  staleTime: CATALOGUE_MS,
})

/** The signed-in player's sessions, newest first. @param key part of the cache key: each player has their own */
export const sessionsQuery = (key: string | undefined) =>
  queryOptions({ queryKey: ['sessions', key], queryFn: () => apiClient().sessions(), enabled: key !== undefined })

/** A stored session: its header, and every event with its feedback. */
export const recordQuery = (id: string) =>
  queryOptions({ queryKey: ['session-record', id], queryFn: () => apiClient().reconstruction(id) })
