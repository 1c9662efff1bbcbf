// How a participant comes to a study: the secret of a link, ids of a recruiting platform, a language.

/** The address parameters of an arriving participant. */
export interface Arrival {
  /** The secret of the link. */
  readonly token: string | undefined
  /** Ids of the recruiting platform. */
  readonly external: Readonly<Record<string, string>>
  readonly language: string | undefined
}

/** Ids that identify a person; with one of them, a link leads back to the same participant. */
export const PERSON_IDS = ['PROLIFIC_PID', 'workerId', 'participant', 'pid'] as const

const EXTERNAL = /^[A-Za-z][A-Za-z0-9_]{0,39}$/
/** Maximum number of platform ids, and their maximum length in characters. */
const LIMITS = { ids: 12, characters: 200 }

/** Parses the part of an address after `?`. Ids stay text, even if they look like numbers. */
export function readArrival(search: string): Arrival {
  const given = new URLSearchParams(search)
  const external = [...given].filter(
    ([name, value]) => name !== 'token' && name !== 'lang' && EXTERNAL.test(name) && value.length <= LIMITS.characters,
  )
  return {
    token: given.get('token') || undefined,
    external: Object.fromEntries(external.slice(0, LIMITS.ids)),
    language: given.get('lang') || undefined,
  }
}
