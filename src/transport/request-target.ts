// Reads the target of a request line. `new URL` throws on some targets that clients can send and rewrites others, so
// this reader accepts the origin form of RFC 9112 only, and reports anything else as undefined.

import { at } from '../kernel/at.ts'

/** Longest target that is read, in characters. Our longest, a replay with a URI in its query, stays far below. */
export const MAX_TARGET = 4096

/** A target such as `/episodes/abc/player?slot=0`. */
export interface Target {
  /** Path as it was sent, without the query. */
  readonly path: string
  /** Decoded parts of the path: `/a/b%20c` has `a` and `b c`. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/** Visible ASCII without the backslash, which some clients treat as a slash, and without `#`, which no client sends. */
const ORIGIN_FORM = /^\/(?![/\\])[!"$-[\]-~]*$/

/** Reads an origin-form target; undefined when it is malformed or longer than `MAX_TARGET`. Never throws. */
export function readTarget(raw: string | undefined): Target | undefined {
  if (raw === undefined || raw.length > MAX_TARGET || !ORIGIN_FORM.test(raw)) return undefined
  const at = raw.indexOf('?')
  const path = at === -1 ? raw : raw.slice(0, at)
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent)
    // None of our names contains a control character, and none may reach a log or a path.
    if (segments.some((segment) => /\p{Cc}/u.test(segment))) return undefined
    return { path, segments, query: new URLSearchParams(at === -1 ? '' : raw.slice(at + 1)) }
  } catch {
    return undefined
  }
}

/** Values of the `:name` parts of a pattern. */
export type Params = Readonly<Record<string, string>>

/** Matches decoded segments against a pattern such as `/api/episodes/:id/slots/:slot`. A parameter is never empty. */
export function matchPath(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: [string, string][] = []
  for (const [index, part] of pattern.entries()) {
    const segment = at(segments, index)
    if (part.startsWith(':')) {
      if (segment === '') return undefined
      params.push([part.slice(1), segment])
    } else if (part !== segment) return undefined
  }
  return Object.fromEntries(params)
}
