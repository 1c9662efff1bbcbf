// Settings of the text games of a server.
import type { RoleModels } from '../adapters/session/role-models.ts'
import type { ServerMode } from './sessions/services.ts'

/** Mode and limits of text games. */
export interface SessionSettings {
  readonly models: RoleModels
  readonly mode: ServerMode
  readonly ttlMs: number
  readonly sweepMs: number
  /** The key that may write characters; undefined: no writes over HTTP. */
  readonly adminKey?: string | undefined
  /** The key of personal data; undefined: a file in the data folder, created if it is missing. */
  readonly piiKey?: string | undefined
  /** Whether registrations, attempts to authenticate and starts are limited by the minute. */
  readonly hasRateLimits: boolean
  /** Characters that a release manifest approves: no other is met; undefined: all are. */
  readonly released?: readonly string[] | undefined
}

/** A server that is set up and looked after from elsewhere. */
export interface RemoteSettings {
  /** Lets one caller seed the server and become its administrator; undefined: nobody. */
  readonly bootstrapToken: string | undefined
}
