// Worlds, as the server describes them.
import { queryOptions } from '@tanstack/react-query'
import { apiClient } from './client.ts'

/** Worlds change only when the server starts anew. */
const WORLDS_MS = 60_000

export const worldsQuery = queryOptions({
  queryKey: ['worlds'],
  queryFn: () => apiClient().worlds(),
  staleTime: WORLDS_MS,
})

export const worldQuery = (id: string) =>
  queryOptions({ queryKey: ['worlds', id], queryFn: () => apiClient().world(id), staleTime: WORLDS_MS })
