// What a server and a shard are built from in the same way.
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type { Log } from '../host/log.ts'
import { CommandLog } from '../store/command-log.ts'
import type { Store } from '../store/store.ts'
import { type ClosingPart, closeAll } from '../transport/close.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Milliseconds for an orderly stop, within the 30 s that service managers allow. */
export const CLOSE_MS = 25_000

/** Closes parts in reverse order of their start. Never rejects. @param limitMs for all together */
export async function closeParts(opened: readonly ClosingPart[], log: Log, limitMs = CLOSE_MS): Promise<void> {
  const failed = await closeAll(opened.toReversed(), limitMs)
  for (const { part, error } of failed) log.error({ err: error, part }, 'server.close_failed')
}

export function openCommands(opened: ClosingPart[], store: Store): CommandLog {
  const commands = new CommandLog(store)
  opened.push({ name: 'command log', close: () => commands.drain() })
  return commands
}

export function loggerOf(level: LogLevel): FastifyServerOptions['logger'] {
  return {
    level,
    stream: process.stderr,
    // Slot tokens are sent in queries, so queries are never logged.
    serializers: {
      req: (request) => ({ method: request.method, path: request.url.split('?')[0] }),
    },
  }
}

export function logOf(app: FastifyInstance): Log {
  return {
    info: (details, message) => app.log.info(details, message),
    error: (details, message) => app.log.error(details, message),
  }
}
