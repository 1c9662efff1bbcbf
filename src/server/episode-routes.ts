// Everything that answers about single episodes: a server and its shards have the same routes.
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { RouteFailures } from '../transport/fastify-failures.ts'
import type { Transport } from '../transport/transport.ts'
import type { LivePerception } from './live-perception.ts'
import { liveRoute } from './live-sockets.ts'
import type { ModelPlayers } from './model-players.ts'
import { streamRoute } from './perception-sockets.ts'
import type { ViewRefusal } from './private-episodes.ts'
import { controlRoutes } from './routes/control.ts'
import { courseRoutes } from './routes/course.ts'
import { episodeRoutes } from './routes/episodes.ts'
import { perceptionRoutes } from './routes/perception.ts'
import { shareRoutes } from './routes/share.ts'
import { watchRoutes, watchSockets } from './routes/watch.ts'
import type { WebApp } from './web-app.ts'

export interface EpisodeRouteParts {
  readonly episodes: EpisodeService
  readonly blobs: BlobStore
  readonly adapters: LivePerception
  readonly models: ModelPlayers
  readonly transport: Transport
  readonly failures: RouteFailures
  readonly log: Log
  readonly refuseView: ViewRefusal
  /** Id of this start of the server. */
  readonly boot: string
  readonly web: WebApp | undefined
}

/** Schemas of routes are zod's. Call it before the routes are registered. */
export function setSchemas(app: FastifyInstance): void {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
}

export async function registerEpisodeRoutes(app: FastifyInstance, parts: EpisodeRouteParts): Promise<void> {
  const { episodes, blobs, adapters, models, failures, log, refuseView, boot, web } = parts
  const { locality, origins, upgrades } = parts.transport
  const typed = app.withTypeProvider<ZodTypeProvider>()
  await typed.register(episodeRoutes, { episodes, blobs, locality, models })
  await typed.register(courseRoutes, { episodes, locality, models })
  await typed.register(controlRoutes, { episodes, locality })
  for (const below of ['', '/api/episodes/:id/slots/:slot']) {
    const options = { find: adapters.find.bind(adapters), below, failures, locality: undefined }
    await app.register(perceptionRoutes, options)
    upgrades.add(streamRoute(options))
  }
  const onFault = (error: unknown): void => log.error({ err: error }, 'socket.failed')
  const watching = { episodes, origins, refuseView, onFault }
  await app.register(watchRoutes, watching)
  await typed.register(shareRoutes, { episodes, web })
  for (const route of watchSockets(watching)) upgrades.add(route)
  upgrades.add(liveRoute({ ...watching, boot }))
}
