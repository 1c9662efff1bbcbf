// The operator's key of this tab. Routes that answer on the server's machine only answer anywhere with this key; it is kept
// until the tab is closed, and travels in headers only.
import { type Client, createClient } from 'paracosm/client'
import { storedKey } from './client.ts'
import { createStore } from './store.ts'

const KEY = 'paracosm.operator-key'

/** The operator's key; undefined: none was given in this tab. */
export const operatorKeyStore = createStore<string | undefined>(sessionStorage.getItem(KEY) ?? undefined)

/** Keeps the key for this tab, or forgets it. */
export function giveOperatorKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, key)
  operatorKeyStore.set(key)
}

/** A client with the operator's key, or, without one, with that of the player. */
export function operatorClient(): Client {
  return createClient({ url: location.origin, key: operatorKeyStore.get() ?? storedKey() })
}
