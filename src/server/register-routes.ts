// Registers everything that answers on the server's port.
import { randomUUID } from 'node:crypto'
import fastifyCors from '@fastify/cors'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { HostedGames } from '../league/hosted/hosted-games.ts'
import type { ReplayViewers } from '../league/hosted/replay-viewers.ts'
import type { CommandLog } from '../store/command-log.ts'
import { Evaluations } from '../store/evaluations/evaluations.ts'
import { JobQueue } from '../store/jobs/job-queue.ts'
import { corsOptions } from '../transport/cors.ts'
import type { RouteFailures } from '../transport/fastify-failures.ts'
import { installRateLimit } from '../transport/rate-limit.ts'
import type { Transport } from '../transport/transport.ts'
import { asyncApi, SERVER_CHANNELS } from './asyncapi.ts'
import { registerEpisodeRoutes, setSchemas } from './episode-routes.ts'
import { registerHostedApi } from './hosted-api.ts'
import { HostedAuth } from './hosted-auth.ts'
import type { LeagueServices } from './leagues.ts'
import type { LivePerception } from './live-perception.ts'
import type { ModelPlayers } from './model-players.ts'
import { openApiOptions } from './openapi.ts'
import { packageSockets } from './package-sockets.ts'
import { installViewRefusals, viewRefusal } from './private-episodes.ts'
import type { Readiness } from './readiness.ts'
import { type RemoteServices, registerRemoteRoutes } from './remote/remote-routes.ts'
import { commandRoutes } from './routes/commands.ts'
import { evaluationRoutes } from './routes/evaluations.ts'
import { healthRoutes } from './routes/health.ts'
import { operateRoutes } from './routes/operate.ts'
import { viewRoutes } from './routes/views.ts'
import { webRoutes } from './routes/web.ts'
import { worldRoutes } from './routes/worlds.ts'
import { playRoute, registerSessionRoutes } from './sessions/register-session-routes.ts'
import type { SessionServices } from './sessions/services.ts'
import { delegateToShards, installShardRelay } from './shards/shard-relay.ts'
import type { Shards } from './shards/shards.ts'
import type { ServerStorage } from './storage.ts'
import { registerStudyRoutes } from './studies/register-study-routes.ts'
import type { StudyServices } from './studies/services.ts'
import { readWebApp } from './web-app.ts'

/** Requests per minute of one remote address: 100 per second, since a class or a lab may share an address. */
const REQUESTS_PER_MINUTE = 6000

export interface RouteDependencies {
  readonly episodes: EpisodeService
  /** Undefined: this process runs every episode. */
  readonly shards: Shards | undefined
  readonly storage: ServerStorage
  readonly leagues: LeagueServices
  readonly hosted: HostedGames
  readonly viewers: ReplayViewers
  readonly adapters: LivePerception
  readonly commands: CommandLog
  readonly models: ModelPlayers
  readonly transport: Transport
  readonly failures: RouteFailures
  readonly services: SessionServices
  readonly studies: StudyServices
  readonly log: Log
  readonly settings: { readonly version: string; readonly dataDir: string }
  readonly readiness: Readiness
  readonly remote: RemoteServices
}

export async function registerRoutes(app: FastifyInstance, parts: RouteDependencies): Promise<void> {
  const { episodes, transport, failures, services, hosted, viewers } = parts
  const { locality, origins, upgrades } = transport
  const { blobs, store } = parts.storage
  const info = {
    title: 'Paracosm',
    version: parts.settings.version,
    description: 'Worlds, episodes and their records.',
  }
  setSchemas(app)
  await app.register(fastifySwagger, openApiOptions(info))
  await app.register(fastifyCors, corsOptions(origins))
  await installRateLimit(app, {
    perMinute: services.hasRateLimits ? REQUESTS_PER_MINUTE : Number.MAX_SAFE_INTEGER,
    isExempt: ({ raw }) => locality.isLocal(raw),
  })
  const refuseView = viewRefusal((id) => hosted.viewersOf(id))
  installViewRefusals(app, refuseView)
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const { shards } = parts
  if (shards) {
    installShardRelay(app, { shards, episodes, locality, proxies: transport.proxies })
    upgrades.delegate(delegateToShards({ shards, episodes }))
  }
  await typed.register(healthRoutes, {
    readiness: parts.readiness,
    liveEpisodes: () => episodes.size + (shards?.live ?? 0),
  })
  await typed.register(worldRoutes, { episodes })
  const boot = randomUUID()
  const web = readWebApp()
  await registerEpisodeRoutes(app, { ...parts, blobs, refuseView, boot, web })
  await typed.register(evaluationRoutes, {
    evaluations: new Evaluations(store),
    blobs,
    worlds: episodes.worlds,
  })
  const jobs = new JobQueue(store)
  const { registry: sessions } = services
  await typed.register(operateRoutes, { jobs, sessions, dataDir: parts.settings.dataDir, locality })
  const auth = new HostedAuth(parts.leagues.tokens, locality)
  await registerHostedApi(app, { leagues: parts.leagues, hosted, viewers, auth, blobs, episodes, origins })
  for (const route of packageSockets({ hosted, viewers })) upgrades.add(route)
  await typed.register(commandRoutes, { log: parts.commands, locality })
  await registerSessionRoutes(app, services, failures)
  await registerStudyRoutes(app, parts.studies, failures, parts.settings.dataDir)
  await registerRemoteRoutes(app, parts.remote, failures)
  upgrades.add(playRoute(services))
  await app.register(viewRoutes, { worlds: episodes.worlds })
  await typed.register(webRoutes, { web, failures, origins, locality, version: parts.settings.version, boot })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  const channels = asyncApi(info, SERVER_CHANNELS)
  app.get('/asyncapi.json', { schema: { hide: true } }, () => channels)
}
