// What a server may be told about its text games.
import type { Cast } from '../doors/session/cast.ts'
import type { ServerMode } from './sessions/house.ts'

/** How text games are played here. */
export interface SessionSettings {
  readonly cast: Cast
  readonly mode: ServerMode
  readonly ttlMs: number
  readonly sweepMs: number
  /** Who may write characters; undefined: nobody over HTTP. */
  readonly adminKey?: string | undefined
  /** The key of personal data; undefined: a file in the data folder, made when there is none. */
  readonly piiKey?: string | undefined
  /** Origins of pages that may use the API, besides the development server's. */
  readonly corsOrigins: readonly string[]
}
