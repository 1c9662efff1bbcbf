// How the server fares: asked again every few seconds while somebody looks.
import { queryOptions } from '@tanstack/react-query'
import { apiClient } from './client.ts'

/** Milliseconds between two checks. */
const EVERY_MS = 5000

export const readyQuery = queryOptions({
  queryKey: ['ready'],
  queryFn: () => apiClient().ready(),
  refetchInterval: EVERY_MS,
})

export const aboutQuery = queryOptions({ queryKey: ['about'], queryFn: () => apiClient().about() })

export const statusQuery = queryOptions({
  queryKey: ['server-status'],
  queryFn: () => apiClient().serverStatus(),
  refetchInterval: EVERY_MS,
})
