// The application's connection to its server. The player's key is stored in this browser and sent only in headers.
import { type Client, createClient, createStudyClient, type StudyClient } from 'paracosm/client'
import { mustCheck } from './banner.ts'
import { createStore } from './store.ts'

const KEY = 'paracosm.key'

/** The player's access key stored in this browser; undefined: not signed in. */
export function storedKey(): string | undefined {
  return localStorage.getItem(KEY) ?? undefined
}

/** Stores a key, or removes it. */
export function storeKey(key: string | undefined): void {
  if (key === undefined) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, key)
}

const acting = createStore<string | undefined>(undefined)

/** Sends all requests with the key of a study's participant, whatever account is signed in; undefined: ends this. */
export const actAs = (key: string | undefined): void => acting.set(key)

/** A client with the key of the signed-in player, or of the participant of a study on this page. */
export function apiClient(signal?: AbortSignal): Client {
  return createClient({
    url: location.origin,
    key: acting.get() ?? storedKey(),
    checks: mustCheck(),
    ...(signal && { signal }),
  })
}

/** The client of one study, for its participant on this page. @param key the key of another participant */
export function studyClient(study: string, key: string | undefined = acting.get()): StudyClient {
  // The page's language, which the participant may have changed: the server answers in the same one.
  return createStudyClient({ url: location.origin, key, language: document.documentElement.lang }, study)
}
