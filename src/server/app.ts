// The server: one port for the API, the pages, and the sockets of every episode and session.
import fastify, { type FastifyInstance } from 'fastify'
import { Sockets } from '../doors/coworld/upgrade.ts'
import { createLocalCast } from '../doors/session/cast.ts'
import { CommandLog } from '../store/command-log.ts'
import type { StoreTarget } from '../store/store.ts'
import { createCommandSink } from './command-sink.ts'
import { runExhibition } from './exhibition.ts'
import { openFoundation } from './foundation.ts'
import { Ingest } from './ingest.ts'
import { listen } from './listen.ts'
import { LiveEpisodes, type Log } from './live.ts'
import { LiveDoors } from './live-doors.ts'
import { mount } from './mount.ts'
import { PerceptionSockets } from './perception-sockets.ts'
import { openHouse } from './sessions/house.ts'
import type { SessionSettings } from './settings.ts'

export interface ServerOptions {
  readonly dataDir: string
  /** Default: a file in the data folder. */
  readonly store?: StoreTarget
  readonly host: string
  readonly port: number
  /** How many following ports are tried when the port is taken. */
  readonly otherPorts: number
  readonly hasExhibition: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly version: string
  /** Default: the local cast, for registered players. */
  readonly sessions?: Partial<SessionSettings>
}

export interface Server {
  readonly url: string
  /** Episodes that went on where a stop or crash had left them. */
  readonly resumed: number
  /** Lets every step end, saves, and returns the ids of the episodes that a next start will go on with. */
  close(): Promise<string[]>
}

/** Bytes that a request's body may have. */
const MAX_BODY = 1024 * 1024

const DEFAULT_SESSIONS: SessionSettings = {
  cast: createLocalCast(),
  mode: 'standard',
  ttlMs: 24 * 3600 * 1000,
  sweepMs: 60_000,
  corsOrigins: [],
}

/**
 * Starts the server.
 * @throws AppError PORT_IN_USE when no port is free; FILE_UNWRITABLE for the data folder; the codes of `openStore`
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const foundation = await openFoundation(options)
  const { archive, store } = foundation
  const commands = new CommandLog(store)
  const { app, log } = createApp(options.logLevel)
  const ingest = new Ingest({ store, log: commands, archive, logger: log })
  const live = new LiveEpisodes(archive, log, (id) => ingest.add(id))
  const doors = new LiveDoors(live, createCommandSink(commands), log)
  const sockets = new Sockets()
  const streams = new PerceptionSockets({ find: doors.find.bind(doors), isLocal: false })
  const stop = new AbortController()
  const house = await openHouse({
    ...DEFAULT_SESSIONS,
    ...options.sessions,
    store,
    vault: foundation.vault,
    isAlone: foundation.isAlone,
    onFault: (what, error) => log.error({ error: String(error) }, what),
  })
  let isReady = false
  await mount(app, {
    house,
    corsOrigins: options.sessions?.corsOrigins ?? [],
    archive,
    live,
    doors,
    commands,
    sockets,
    streams,
    version: options.version,
    isReady: () => isReady,
  })
  const url = await listen(app, options)
  await ingest.start()
  const resumed = await live.resumeAll()
  isReady = true
  const exhibition = options.hasExhibition ? runExhibition(live, archive, { log, signal: stop.signal }) : undefined
  return {
    url,
    resumed,
    async close() {
      stop.abort()
      const left = await live.close()
      await exhibition
      sockets.close()
      sockets.terminate()
      streams.close()
      await house.registry.close()
      await app.close()
      await ingest.close()
      await commands.drain()
      await foundation.close()
      return left
    },
  }
}

function createApp(level: ServerOptions['logLevel']): { app: FastifyInstance; log: Log } {
  const app = fastify({
    bodyLimit: MAX_BODY,
    logger: {
      level,
      stream: process.stderr,
      // Seat tokens travel in queries: no log ever sees one.
      serializers: { req: (request) => ({ method: request.method, path: request.url?.split('?')[0] }) },
    },
    forceCloseConnections: true,
  })
  const log = {
    info: (details: object, message: string) => app.log.info(details, message),
    error: (details: object, message: string) => app.log.error(details, message),
  }
  return { app, log }
}
