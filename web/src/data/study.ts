// A study participant in this browser: how they arrived, their key (one stored per study), and their current stage.
import { queryOptions } from '@tanstack/react-query'
import { type Arrival, PERSON_IDS, readArrival } from './arrival.ts'
import { actAs, studyClient } from './client.ts'
import { createStore } from './store.ts'

const KEYS = 'paracosm.study.'

/** The key of this browser's participant; undefined: there is none. */
export const studyKey = (study: string): string | undefined => localStorage.getItem(KEYS + study) ?? undefined

/** Changes when a key is stored or removed. */
export const studyKeysStore = createStore(0)

export function keepStudyKey(study: string, key: string | undefined): void {
  if (key === undefined) localStorage.removeItem(KEYS + study)
  else localStorage.setItem(KEYS + study, key)
  actAs(key)
  studyKeysStore.set(studyKeysStore.get() + 1)
}

export const studyInfoQuery = (study: string) =>
  queryOptions({ queryKey: ['study', study], queryFn: () => studyClient(study).info() })

/** The participant's state. @param key part of the cache key: each participant has their own */
export const studyStateQuery = (study: string, key: string | undefined) =>
  queryOptions({
    queryKey: ['study-state', study, key],
    queryFn: () => studyClient(study).me(),
    enabled: key !== undefined,
    // A form that is being filled in must not change.
    refetchOnWindowFocus: false,
  })

const ARRIVAL = 'paracosm.study-arrival.'
const LINK = 'paracosm.study-link.'

/** Stores an arrival for this tab, so that a reload before the server responds loses nothing. */
export function keepArrival(study: string, search: string): void {
  sessionStorage.setItem(ARRIVAL + study, search)
}

export const keptArrival = (study: string): Arrival => readArrival(sessionStorage.getItem(ARRIVAL + study) ?? '')

const isLink = ({ token, external }: Arrival): boolean => token !== undefined || Object.keys(external).length > 0

/**
 * Whether the link of this arrival must be sent to the server, because the participant arrived by another one before.
 */
export function needsJoin(study: string): boolean {
  const search = sessionStorage.getItem(ARRIVAL + study)
  if (search === null || !isLink(readArrival(search))) return false
  return studyKey(study) === undefined || localStorage.getItem(LINK + study) !== search
}

/** Joins with the stored arrival. Sent once, because a reusable link creates a new participant each time. */
export const joinQuery = (study: string) =>
  queryOptions({
    queryKey: ['study-join', study, sessionStorage.getItem(ARRIVAL + study)],
    queryFn: () => {
      const { token, external } = keptArrival(study)
      return studyClient(study).join({ ...(token === undefined ? {} : { token }), external })
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })

/** Stores the key obtained through a link, and the link: opened again here, it leads to the same participant. */
export function keepJoined(study: string, key: string): void {
  localStorage.setItem(LINK + study, sessionStorage.getItem(ARRIVAL + study) ?? '')
  sessionStorage.removeItem(ARRIVAL + study)
  keepStudyKey(study, key)
}

/** Whether the same link leads back to this participant from any device. */
export function cameByLink(study: string): boolean {
  const search = localStorage.getItem(LINK + study)
  if (search === null) return false
  const { external } = readArrival(search)
  return PERSON_IDS.some((name) => external[name] !== undefined)
}

/** Removes the key of this browser's participant. */
export function forgetStudyKey(study: string): void {
  localStorage.removeItem(LINK + study)
  keepStudyKey(study, undefined)
}
