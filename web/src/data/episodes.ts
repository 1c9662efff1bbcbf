// Lists of episodes and single ones. Lists with live episodes are read again every few seconds.
import { queryOptions } from '@tanstack/react-query'
import type { EpisodeQuery } from 'paracosm/client'
import { apiClient } from './client.ts'

/** Milliseconds between two reads of a list that may change by itself. */
const LIST_EVERY_MS = 4000

export const episodesQuery = (query: EpisodeQuery) =>
  queryOptions({
    queryKey: ['episodes', query],
    queryFn: () => apiClient().episodes.list(query),
    refetchInterval: LIST_EVERY_MS,
  })

export const episodeQuery = (id: string) =>
  queryOptions({ queryKey: ['episode', id], queryFn: () => apiClient().episodes.get(id) })
