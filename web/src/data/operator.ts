// What administrators need: the admin key of this tab, a client that sends it, and whether the server lets this page do what
// administrators do. The key is kept until the tab is closed, and travels in headers only.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type Client, createClient } from 'paracosm/client'
import type { Caller } from '../../../src/protocol/about.ts'
import { storedKey } from './client.ts'
import { createStore, useStore } from './store.ts'

const KEY = 'paracosm.operator-key'

/** The admin key; undefined: none was given in this tab. */
export const operatorKeyStore = createStore<string | undefined>(sessionStorage.getItem(KEY) ?? undefined)

/** Keeps the key for this tab, or forgets it. */
export function giveOperatorKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, key)
  operatorKeyStore.set(key)
}

/** A client with the admin key, or, without one, with that of the player: on the server's machine that is enough. */
export function operatorClient(): Client {
  return createClient({ url: location.origin, key: operatorKeyStore.get() ?? storedKey() })
}

const RIGHTS_MS = 60_000

/** What the server lets this page do. @param key of the administrator: another one is another question */
export const callerQuery = (key: string | undefined) =>
  queryOptions({ queryKey: ['caller', key], queryFn: () => operatorClient().caller(), staleTime: RIGHTS_MS })

/** What the server lets this page do; undefined until it has answered. */
export function useCaller(): Caller | undefined {
  return useQuery(callerQuery(useStore(operatorKeyStore))).data
}

/** Whether administrators' acts are refused to this page. While the server has not answered they are not. */
export function useIsRefused(): boolean {
  return useCaller()?.administrator === null
}

/** Why a button of administrators cannot be pressed; undefined: it can. */
export function useWhyNot(what: string): string | undefined {
  return useIsRefused() ? `${what} needs an administrator.` : undefined
}

/** Why characters cannot be edited here; undefined: they can. The server asks for the admin key, wherever the caller is. */
export function useWhyNoEdit(): string | undefined {
  const caller = useCaller()
  if (caller === undefined || caller.administrator === 'key') return undefined
  return caller.has_admin_key
    ? 'Editing needs the admin key.'
    : 'Editing needs an admin key, and this server was started without one.'
}
