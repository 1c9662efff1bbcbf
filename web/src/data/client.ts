// The one connection of the application to its server. The player's key lies in this browser and travels in headers only.
import { type Client, createClient, createStudyClient, type StudyClient } from 'paracosm/client'
import { createStore } from './store.ts'

const KEY = 'paracosm.key'

/** The player's access key that this browser keeps; undefined: nobody has signed in. */
export function storedKey(): string | undefined {
  return localStorage.getItem(KEY) ?? undefined
}

/** Keeps a key, or forgets it. */
export function storeKey(key: string | undefined): void {
  if (key === undefined) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, key)
}

const acting = createStore<string | undefined>(undefined)

/** Makes all requests with the key of a study's participant, whatever account is signed in; undefined: no longer. */
export const actAs = (key: string | undefined): void => acting.set(key)

/** A client with the key of the signed-in player, or of the participant of a study on this page. */
export function apiClient(): Client {
  return createClient({ url: location.origin, key: acting.get() ?? storedKey() })
}

/** The client of one study, for its participant on this page. @param key of another participant */
export function studyClient(study: string, key: string | undefined = acting.get()): StudyClient {
  return createStudyClient({ url: location.origin, key }, study)
}
