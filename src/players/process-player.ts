// A player that runs as a local command. It gets the socket's URL in its environment, and its output goes to a log. The
// whole process group ends when the player is stopped, so that nothing it started is left behind.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PRIVATE_FILE } from '../lib/private.ts'

/** How a program ended: its exit status, or the signal that ended it. */
export interface ProgramEnd {
  readonly status: number | null
  readonly signal: string | null
}

export interface ProcessPlayer {
  readonly ended: Promise<ProgramEnd>
  /** The last lines of its output, standard error included. */
  lastLines(): readonly string[]
  /** The last part of its output; see `keep`. */
  output(): string
  /** Ends it and everything it started. */
  stop(): void
}

/** Lines of output that are kept for an error message. */
const KEPT_LINES = 10
/** Characters of output that are kept: a program may never write a line end. */
const KEPT_CHARACTERS = 4000

/** @param command a line for the shell */
export function startProcessPlayer(
  command: string,
  at: {
    url: string
    log: string | undefined
    environment: Readonly<Record<string, string>>
    /** Characters of output that are kept. */
    keep?: number
  },
): ProcessPlayer {
  const child = spawn('/bin/sh', ['-c', command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...at.environment, COGAMES_ENGINE_WS_URL: at.url, COWORLD_PLAYER_WS_URL: at.url },
  })
  const log = at.log === undefined ? undefined : createWriteStream(at.log, { mode: PRIVATE_FILE })
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('utf8')).slice(-(at.keep ?? KEPT_CHARACTERS))
    })
    if (log) stream.pipe(log, { end: false })
  }
  const ended = once(child, 'close').then(([status, signal]: unknown[]) => {
    log?.end()
    return { status: typeof status === 'number' ? status : null, signal: typeof signal === 'string' ? signal : null }
  })
  const stop = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      // ESRCH: the whole group has already exited.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
  return {
    ended,
    stop,
    output: () => tail,
    lastLines: () =>
      tail
        .trimEnd()
        .split(/\r?\n/)
        .slice(-KEPT_LINES)
        .filter((line) => line !== ''),
  }
}
