// Who is signed in: the key lies in this browser, the name comes from the server.
import { queryOptions } from '@tanstack/react-query'
import { ClientError } from 'paracosm/client'
import type { Authenticated } from 'paracosm/protocol'
import { apiClient, storedKey, storeKey } from './client.ts'
import { createStore } from './store.ts'

/** The key that this browser keeps; components watch it to learn that somebody signed in or out. */
export const keyStore = createStore<string | undefined>(storedKey())

/** Keeps a key, or forgets the one there is. */
export function signIn(key: string | undefined): void {
  storeKey(key)
  keyStore.set(key)
}

/** What the server's mode is: nobody needs a key in free play. */
export const serverConfigQuery = queryOptions({
  queryKey: ['server-config'],
  queryFn: () => apiClient().serverConfig(),
  staleTime: 60_000,
})

/** Whose key this is; null: the server does not know it any more. */
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
