// Worlds, as the server describes them.
import { queryOptions } from '@tanstack/react-query'
import { apiClient } from './client.ts'

/** Worlds change only when the server restarts. */
const WORLDS_MS = 60_000

export const worldsQuery = queryOptions({
  queryKey: ['worlds'],
  queryFn: () => apiClient().worlds(),
  staleTime: WORLDS_MS,
})

export const worldQuery = (id: string) =>
  queryOptions({ queryKey: ['worlds', id], queryFn: () => apiClient().world(id), staleTime: WORLDS_MS })

/** The documents of a world. */
export const worldDocumentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['world-documents', id],
    queryFn: () => apiClient().worldDocuments(id),
    staleTime: WORLDS_MS,
  })

/** Milliseconds between two counts of finished episodes. */
const BOARD_MS = 15_000

export const worldBoardQuery = (id: string, variant: string) =>
  queryOptions({
    queryKey: ['world-board', id, variant],
    queryFn: () => apiClient().worldBoard(id, variant),
    refetchInterval: BOARD_MS,
  })
