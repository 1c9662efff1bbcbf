// The server: one port for the API, the pages, and the sockets of every episode and session.
import fastify, { type FastifyInstance } from 'fastify'
import { Sockets } from '../adapters/coworld/upgrade.ts'
import { createOfflineResponder } from '../adapters/session/role-models.ts'
import { CommandLog } from '../store/command-log.ts'
import type { StoreTarget } from '../store/store.ts'
import { createCommandSink } from './command-sink.ts'
import { EpisodeIndexer } from './episode-indexer.ts'
import { listen } from './listen.ts'
import { LiveEpisodes, type Log } from './live.ts'
import { LivePerception } from './live-perception.ts'
import { PerceptionSockets } from './perception-sockets.ts'
import { mount } from './register-routes.ts'
import { createSessionServices } from './sessions/services.ts'
import type { SessionSettings } from './settings.ts'
import { runShowcase } from './showcase.ts'
import { openServerStorage } from './storage.ts'

export interface ServerOptions {
  readonly dataDir: string
  /** Default: a file in the data folder. */
  readonly store?: StoreTarget
  readonly host: string
  readonly port: number
  /** How many following ports are tried when the port is taken. */
  readonly otherPorts: number
  readonly hasShowcase: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly version: string
  /** Default: the offline responder, for registered players. */
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
/** Bytes of one part of a path: enough that a route's own schema says what is too long. */
const MAX_PATH_PART = 1000

const DEFAULT_SESSIONS: SessionSettings = {
  models: createOfflineResponder(),
  mode: 'standard',
  ttlMs: 24 * 3600 * 1000,
  sweepMs: 60_000,
  hasRateLimits: true,
  corsOrigins: [],
}

/**
 * Starts the server.
 * @throws AppError PORT_IN_USE when no port is free; FILE_UNWRITABLE for the data folder; the codes of `openStore`
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const storage = await openServerStorage(options)
  const { archive, store } = storage
  const commands = new CommandLog(store)
  const { app, log } = createApp(options.logLevel)
  const indexer = new EpisodeIndexer({ store, log: commands, archive, logger: log })
  const live = new LiveEpisodes(archive, log, (id) => indexer.add(id))
  const adapters = new LivePerception(live, createCommandSink(commands), log)
  const sockets = new Sockets()
  const streams = new PerceptionSockets({ find: adapters.find.bind(adapters), isLocal: false })
  const stop = new AbortController()
  const services = await createSessionServices({
    ...DEFAULT_SESSIONS,
    ...options.sessions,
    store,
    vault: storage.vault,
    isAlone: storage.isAlone,
    onFault: (what, error) => log.error({ error: String(error) }, what),
  })
  let isReady = false
  await mount(app, {
    services,
    corsOrigins: options.sessions?.corsOrigins ?? [],
    archive,
    live,
    adapters,
    commands,
    sockets,
    streams,
    version: options.version,
    isReady: () => isReady,
  })
  const url = await listen(app, options)
  await indexer.start()
  const resumed = await live.resumeAll()
  isReady = true
  const showcase = options.hasShowcase ? runShowcase(live, archive, { log, signal: stop.signal }) : undefined
  return {
    url,
    resumed,
    async close() {
      stop.abort()
      const left = await live.close()
      await showcase
      sockets.close()
      sockets.terminate()
      streams.close()
      await services.registry.close()
      await app.close()
      await indexer.close()
      await commands.drain()
      await storage.close()
      return left
    },
  }
}

function createApp(level: ServerOptions['logLevel']): { app: FastifyInstance; log: Log } {
  const app = fastify({
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: MAX_PATH_PART },
    logger: {
      level,
      stream: process.stderr,
      // Slot tokens travel in queries: no log ever sees one.
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
