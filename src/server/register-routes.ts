// Everything that answers on the server's port.
import fastifyCors from '@fastify/cors'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Sockets } from '../adapters/coworld/upgrade.ts'
import type { Archive } from '../episode/archive.ts'
import type { CommandLog } from '../store/command-log.ts'
import { asyncApi, SERVER_CHANNELS } from './asyncapi.ts'
import type { LiveEpisodes } from './live.ts'
import type { LivePerception } from './live-perception.ts'
import { openApiOptions } from './openapi.ts'
import type { PerceptionSockets } from './perception-sockets.ts'
import { installProblems } from './problems.ts'
import { commandRoutes } from './routes/commands.ts'
import { episodeRoutes } from './routes/episodes.ts'
import { healthRoutes } from './routes/health.ts'
import { perceptionRoutes } from './routes/perception.ts'
import { installWatching } from './routes/watch.ts'
import { worldRoutes } from './routes/worlds.ts'
import { installSessions } from './sessions/register-session-routes.ts'
import type { SessionServices } from './sessions/services.ts'

/** Where the original's page is developed. */
const DEVELOPMENT_ORIGIN = 'http://localhost:5173'

export interface RouteDependencies {
  readonly archive: Archive
  readonly live: LiveEpisodes
  readonly adapters: LivePerception
  readonly commands: CommandLog
  readonly sockets: Sockets
  readonly streams: PerceptionSockets
  readonly services: SessionServices
  readonly corsOrigins: readonly string[]
  readonly version: string
  readonly isReady: () => boolean
}

export async function mount(app: FastifyInstance, parts: RouteDependencies): Promise<void> {
  const { archive, live, adapters, sockets, streams, services } = parts
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  installProblems(app)
  const info = { title: 'Paracosm', version: parts.version, description: 'Worlds, episodes and their records.' }
  await app.register(fastifySwagger, openApiOptions(info))
  await app.register(fastifyCors, { origin: [DEVELOPMENT_ORIGIN, ...parts.corsOrigins], credentials: true })
  const typed = app.withTypeProvider<ZodTypeProvider>()
  await typed.register(healthRoutes, { isReady: parts.isReady, liveEpisodes: () => live.size })
  await typed.register(worldRoutes)
  await typed.register(episodeRoutes, { live, archive })
  await typed.register(commandRoutes, { log: parts.commands })
  const find = adapters.find.bind(adapters)
  for (const below of ['', '/api/episodes/:id/slots/:slot']) {
    await app.register(perceptionRoutes, { find, below, isLocal: false })
  }
  const play = await installSessions(app, services, sockets)
  installWatching(app, { live, archive, sockets, upgradeHandlers: [(handshake) => streams.upgrade(handshake), play] })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  const channels = asyncApi(info, SERVER_CHANNELS)
  app.get('/asyncapi.json', { schema: { hide: true } }, () => channels)
}
