// Registers the hosted API of coworld: leagues, uploads, the registry of images, hosted games and their pages.
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { HostedGames } from '../league/hosted/hosted-games.ts'
import type { ReplayViewers } from '../league/hosted/replay-viewers.ts'
import type { OriginPolicy } from '../transport/origins.ts'
import type { HostedAuth } from './hosted-auth.ts'
import type { LeagueServices } from './leagues.ts'
import { hostedGameRoutes } from './routes/hosted-games.ts'
import { leagueRoutes } from './routes/leagues.ts'
import { lobbyRoutes } from './routes/lobby.ts'
import { packagePageRoutes } from './routes/package-pages.ts'
import { registryRoutes } from './routes/registry.ts'
import { replaySessionRoutes } from './routes/replay-sessions.ts'

export interface HostedApiParts {
  readonly leagues: LeagueServices
  readonly hosted: HostedGames
  readonly viewers: ReplayViewers
  readonly auth: HostedAuth
  readonly blobs: BlobStore
  readonly episodes: EpisodeService
  readonly origins: OriginPolicy
}

export async function registerHostedApi(app: FastifyInstance, parts: HostedApiParts): Promise<void> {
  const { leagues, hosted, viewers, auth, blobs, episodes, origins } = parts
  const typed = app.withTypeProvider<ZodTypeProvider>()
  await typed.register(leagueRoutes, { ...leagues, auth, blobs, episodes })
  await app.register(registryRoutes, { ...leagues, auth })
  const games = { hosted, viewers, worlds: episodes.worlds, coworlds: leagues.coworlds, blobs, auth }
  await typed.register(hostedGameRoutes, games)
  await typed.register(replaySessionRoutes, {
    ...games,
    episodes,
    rounds: leagues.rounds,
    experiences: leagues.experiences,
  })
  await app.register(lobbyRoutes, { ...games, origins })
  await app.register(packagePageRoutes, { hosted, viewers, origins })
}
