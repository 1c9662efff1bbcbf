// The interface of runtimes, which start, connect and end the programs of an episode. There are two: process-runtime.ts
// (no engine needed) and container-runtime.ts (Docker or Podman).
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { AppError } from '../kernel/errors.ts'
import type { Redactor } from '../lib/redact.ts'
import type { Runnable } from '../protocol/coworld.ts'
import type { Program } from './process-group.ts'

export const RUNTIMES = ['process', 'container'] as const
export type RuntimeKind = (typeof RUNTIMES)[number]

/** A folder that a program can access. */
export interface Mount {
  /** Absolute path on this machine. */
  readonly folder: string
  /** The path inside a container. */
  readonly target: '/coworld' | '/coworld-replay' | '/coworld-artifact' | '/coworld-secrets'
  readonly isReadOnly: boolean
}

/** A program to start. Runner variables override equal names in the runnable's own `env`. */
export interface Launch {
  /** Unique on this machine: a container's name. */
  readonly name: string
  readonly runnable: Runnable
  readonly environment: Readonly<Record<string, string>>
  readonly stdout: string
  readonly stderr: string
  /** A further folder of the game, with its secrets. */
  readonly secrets?: Mount
}

/** A game, in rollout or in replay mode. */
export interface GameServer {
  readonly program: Program
  /** `http://127.0.0.1:<port>`, for probes and browsers on this machine. */
  readonly url: string
  /** `ws://…` as the players of the same session reach it. */
  readonly playerUrl: string
}

/** Everything that one episode starts. */
export interface RuntimeSession {
  /** The URI with which a program with this mount reads or writes a file in its folder. */
  fileUri(mount: Mount, fileName: string): string
  startGame(launch: Launch, mount: Mount): Promise<GameServer>
  /** @param mount where the player may leave artefacts */
  startPlayer(launch: Launch, mount: Mount): Promise<Program>
  /** Removes the game's secrets from what leaves the run; undefined: it has none. */
  readonly redact?: Pick<Redactor, 'text' | 'object'>
  /** Ends and removes everything. Returns the names of those that could not be removed; never throws. */
  close(): Promise<readonly string[]>
}

export interface Runtime {
  readonly kind: RuntimeKind
  /** Why `runnable` cannot be started here; undefined if it can. Starts and pulls nothing. */
  explainMissing(runnable: Runnable, folder: string): Promise<string | undefined>
  /**
   * @param session.id 16 hex digits
   * @param session.folder the manifest's folder
   */
  open(session: { readonly id: string; readonly folder: string }): Promise<RuntimeSession>
}

/** 16 hex digits that are unique to a run on this machine. */
export function createRunId(): string {
  return randomBytes(8).toString('hex')
}

/**
 * A TCP port that was free on 127.0.0.1 a moment ago.
 * @throws AppError PORT_IN_USE when no port is free
 */
export function takeFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) => reject(new AppError('PORT_IN_USE', `no free port: ${cause.message}`, { cause })))
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
