// State for administrators: the admin key of this tab, a client that sends it, and whether the server allows this page
// to act as an administrator. The key is kept until the tab is closed, and sent only in headers.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type Client, createClient } from 'paracosm/client'
import type { Caller } from '../../../src/protocol/about.ts'
import { mustCheck } from './banner.ts'
import { storedKey } from './client.ts'
import { createStore, useStore } from './store.ts'

const KEY = 'paracosm.operator-key'

/** The admin key; undefined: none was entered in this tab. */
export const operatorKeyStore = createStore<string | undefined>(sessionStorage.getItem(KEY) ?? undefined)

/** Stores the key for this tab, or removes it. */
export function giveOperatorKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, key)
  operatorKeyStore.set(key)
}

/** A client with the admin key, or else with the player's key: on the server's machine that is enough. */
export function operatorClient(): Client {
  return createClient({ url: location.origin, key: operatorKeyStore.get() ?? storedKey(), checks: mustCheck() })
}

const RIGHTS_MS = 60_000

/** What the server permits this page to do. @param key the administrator's key, part of the cache key */
export const callerQuery = (key: string | undefined) =>
  queryOptions({ queryKey: ['caller', key], queryFn: () => operatorClient().caller(), staleTime: RIGHTS_MS })

/** What the server permits this page to do; undefined until it has responded. */
export function useCaller(): Caller | undefined {
  return useQuery(callerQuery(useStore(operatorKeyStore))).data
}

/** Whether this page may not act as an administrator. False until the server has responded. */
export function useIsRefused(): boolean {
  return useCaller()?.administrator === null
}

/** Why an administrator's button cannot be pressed; undefined if it can. */
export function useWhyNot(what: string): string | undefined {
  return useIsRefused() ? `${what} needs an administrator.` : undefined
}

/**
 * Why characters cannot be edited here; undefined if they can. The server requires the admin key, wherever the caller
 * is.
 */
export function useWhyNoEdit(): string | undefined {
  const caller = useCaller()
  if (caller === undefined || caller.administrator === 'key') return undefined
  return caller.has_admin_key
    ? 'Editing needs the admin key.'
    : 'Editing needs an admin key, and this server was started without one.'
}
