// The interface of runtimes, which start, connect and end the programs of an episode. There are two: process-runtime.ts
// (no engine needed) and container-runtime.ts (Docker or Podman).
import { randomBytes, randomInt } from 'node:crypto'
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
  /** Variables whose values must not be seen in lists of processes, nor reach a container engine. */
  readonly hidden?: Readonly<Record<string, string>>
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
 * Ports for games: below those that systems give to outgoing connections (from 32,768 on Linux, from 49,152 elsewhere).
 * One of those could be taken by any connection before the game listens on it.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
/** Ports that are tried before the system chooses one. */
const PORTS_TRIED = 50
/** Ports that were given out last: their games may not listen yet. */
const given: number[] = []
const MAX_GIVEN = 1000

/**
 * A TCP port that was free on 127.0.0.1 a moment ago, and that this process has not given out lately.
 * @throws AppError PORT_IN_USE when no port is free
 */
export async function takeFreePort(): Promise<number> {
  for (let tried = 0; tried < PORTS_TRIED; tried++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1)
    // Asked after the attempt: another caller may have got it meanwhile.
    if ((await tryPort(port)) === undefined || given.includes(port)) continue
    given.push(port)
    if (given.length > MAX_GIVEN) given.shift()
    return port
  }
  const port = await tryPort(0)
  if (port === undefined) throw new AppError('PORT_IN_USE', 'no port of this machine is free')
  return port
}

/** The port, if it is free; 0 is any. */
function tryPort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(port))
    })
  })
}
