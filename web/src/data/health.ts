// The health of the server, polled every few seconds while a page shows it.
import { queryOptions } from '@tanstack/react-query'
import { apiClient } from './client.ts'

/** Milliseconds between two polls. */
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
