// The signed-in player: the key is stored in this browser, and the name comes from the server.
import { queryOptions } from '@tanstack/react-query'
import { ClientError } from 'paracosm/client'
import type { Authenticated } from 'paracosm/protocol'
import { apiClient, storedKey, storeKey } from './client.ts'
import { createStore } from './store.ts'

/** The key stored in this browser; components watch it to detect sign-in and sign-out. */
export const keyStore = createStore<string | undefined>(storedKey())

/** Stores a key, or removes the stored one. */
export function signIn(key: string | undefined): void {
  storeKey(key)
  keyStore.set(key)
}

/** The server's mode: in free play no key is needed. */
export const serverConfigQuery = queryOptions({
  queryKey: ['server-config'],
  queryFn: () => apiClient().serverConfig(),
  staleTime: 60_000,
})

/** The owner of a key; null: the server no longer knows it. */
export const accountQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['account', key],
    queryFn: async (): Promise<Authenticated | null> => {
      if (key === undefined) return null
      try {
        return await apiClient().authenticate()
      } catch (error) {
        if (error instanceof ClientError && error.code === 'UNAUTHORIZED') return null
        throw error
      }
    },
    staleTime: 60_000,
  })
