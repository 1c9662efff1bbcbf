// Everything that answers on the server's port.
import fastifyCors from '@fastify/cors'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Sockets } from '../doors/coworld/upgrade.ts'
import type { Archive } from '../episode/archive.ts'
import type { CommandLog } from '../store/command-log.ts'
import type { LiveEpisodes } from './live.ts'
import type { LiveDoors } from './live-doors.ts'
import type { PerceptionSockets } from './perception-sockets.ts'
import { installProblems } from './problems.ts'
import { commandRoutes } from './routes/commands.ts'
import { episodeRoutes } from './routes/episodes.ts'
import { healthRoutes } from './routes/health.ts'
import { perceptionRoutes } from './routes/perception.ts'
import { installWatching } from './routes/watch.ts'
import { worldRoutes } from './routes/worlds.ts'
import type { SessionHouse } from './sessions/house.ts'
import { installSessions } from './sessions/install.ts'

/** Where the original's page is developed. */
const DEVELOPMENT_ORIGIN = 'http://localhost:5173'

export interface Mounted {
  readonly archive: Archive
  readonly live: LiveEpisodes
  readonly doors: LiveDoors
  readonly commands: CommandLog
  readonly sockets: Sockets
  readonly streams: PerceptionSockets
  readonly house: SessionHouse
  readonly corsOrigins: readonly string[]
  readonly version: string
  readonly isReady: () => boolean
}

export async function mount(app: FastifyInstance, parts: Mounted): Promise<void> {
  const { archive, live, doors, sockets, streams, house } = parts
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
  await app.register(fastifyCors, { origin: [DEVELOPMENT_ORIGIN, ...parts.corsOrigins], credentials: true })
  const typed = app.withTypeProvider<ZodTypeProvider>()
  await typed.register(healthRoutes, { isReady: parts.isReady, liveEpisodes: () => live.size })
  await typed.register(worldRoutes)
  await typed.register(episodeRoutes, { live, archive })
  await typed.register(commandRoutes, { log: parts.commands })
  const find = doors.find.bind(doors)
  for (const below of ['', '/api/episodes/:id/slots/:slot']) {
    await app.register(perceptionRoutes, { find, below, isLocal: false })
  }
  const play = await installSessions(app, house, sockets)
  installWatching(app, { live, archive, sockets, handshakes: [(shake) => streams.upgrade(shake), play] })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
