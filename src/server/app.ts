// The server: one port for the API, the pages, and the sockets of every episode.
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { Sockets } from '../doors/coworld/upgrade.ts'
import { Archive } from '../episode/archive.ts'
import { CommandLog } from '../store/command-log.ts'
import { openStore, type StoreTarget, storeInFolder } from '../store/store.ts'
import { createCommandSink } from './command-sink.ts'
import { runExhibition } from './exhibition.ts'
import { Ingest } from './ingest.ts'
import { listen } from './listen.ts'
import { LiveEpisodes } from './live.ts'
import { LiveDoors } from './live-doors.ts'
import { PerceptionSockets } from './perception-sockets.ts'
import { installProblems } from './problems.ts'
import { commandRoutes } from './routes/commands.ts'
import { episodeRoutes } from './routes/episodes.ts'
import { healthRoutes } from './routes/health.ts'
import { perceptionRoutes } from './routes/perception.ts'
import { installWatching } from './routes/watch.ts'
import { worldRoutes } from './routes/worlds.ts'

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

/**
 * Starts the server.
 * @throws AppError PORT_IN_USE when no port is free; FILE_UNWRITABLE for the data folder; the codes of `openStore`
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const archive = await Archive.open(options.dataDir)
  const store = await openStore(
    options.store ?? storeInFolder(options.dataDir, { mode: 'create', runs: 'thread' }),
  ).catch(async (error: unknown) => {
    await archive.close()
    throw error
  })
  const commands = new CommandLog(store)
  const app = fastify({
    bodyLimit: MAX_BODY,
    logger: {
      level: options.logLevel,
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
  const ingest = new Ingest({ store, log: commands, archive, logger: log })
  const live = new LiveEpisodes(archive, log, (id) => ingest.add(id))
  const doors = new LiveDoors(live, createCommandSink(commands), log)
  const sockets = new Sockets()
  const streams = new PerceptionSockets({ find: doors.find.bind(doors), isLocal: false })
  const stop = new AbortController()
  let isReady = false
  await install(app, {
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
      await app.close()
      await ingest.close()
      await commands.drain()
      await store.close()
      await archive.close()
      return left
    },
  }
}

interface Parts {
  readonly archive: Archive
  readonly live: LiveEpisodes
  readonly doors: LiveDoors
  readonly commands: CommandLog
  readonly sockets: Sockets
  readonly streams: PerceptionSockets
  readonly version: string
  readonly isReady: () => boolean
}

async function install(app: FastifyInstance, parts: Parts): Promise<void> {
  const { archive, live, doors, sockets, streams } = parts
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  installProblems(app)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Paracosm', version: parts.version, description: 'Worlds, episodes and their records.' },
    },
    transform: jsonSchemaTransform,
  })
  const typed = app.withTypeProvider<ZodTypeProvider>()
  await typed.register(healthRoutes, { isReady: parts.isReady, liveEpisodes: () => live.size })
  await typed.register(worldRoutes)
  await typed.register(episodeRoutes, { live, archive })
  await typed.register(commandRoutes, { log: parts.commands })
  const find = doors.find.bind(doors)
  for (const below of ['', '/api/episodes/:id/slots/:slot']) {
    await app.register(perceptionRoutes, { find, below, isLocal: false })
  }
  installWatching(app, { live, archive, sockets, streams })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
