// A player that is a command of this machine: it gets the socket's address in its environment, and its output goes to
// a log. The whole process group goes when the player is stopped, so that nothing it started is left behind.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PRIVATE_FILE } from '../lib/private.ts'

export interface ProcessPlayer {
  /** How it ended: its exit status, or the signal that ended it. */
  readonly ended: Promise<{ status: number | null; signal: string | null }>
  /** Ends it and all it started. */
  stop(): void
}

/** @param command a line for the shell */
export function startProcessPlayer(
  command: string,
  at: { url: string; log: string | undefined; environment: Readonly<Record<string, string>> },
): ProcessPlayer {
  const child = spawn('/bin/sh', ['-c', command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...at.environment, COGAMES_ENGINE_WS_URL: at.url, COWORLD_PLAYER_WS_URL: at.url },
  })
  const log = at.log === undefined ? undefined : createWriteStream(at.log, { mode: PRIVATE_FILE })
  for (const stream of [child.stdout, child.stderr]) {
    if (log) stream.pipe(log, { end: false })
    else stream.resume()
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
      // ESRCH: the whole group has gone by itself.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
  return { ended, stop }
}
