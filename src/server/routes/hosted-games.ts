// Hosted games over HTTP: create, look at, join and end them. The pages of their lobbies are in lobby.ts.
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import type { GivenSlot, HostedGames, HostedStatus } from '../../league/hosted/hosted-games.ts'
import { replayBlob, resultsBlob } from '../../league/hosted/package-rollout.ts'
import type { OpenViewer } from '../../league/hosted/replay-viewers.ts'
import {
  HostedJoin,
  HostedLobby,
  PlaySessionRequest,
  PlaySessionState,
  type SlotHolder,
} from '../../protocol/hosted-games.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Coworlds } from '../../store/leagues/coworlds.ts'
import type { HolderRecord, PlaySessionRecord } from '../../store/play/play-sessions.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { findCoworld } from '../coworlds.ts'
import { type HostedAuth, mayUse } from '../hosted-auth.ts'
import { bareId } from '../hosted-view.ts'
import { Id, limit } from './league-queries.ts'

export interface HostedGameRouteOptions {
  readonly hosted: HostedGames
  readonly worlds: WorldRegistry
  readonly coworlds: Coworlds
  readonly blobs: BlobStore
  readonly auth: HostedAuth
}

/** Per minute and address: each creation starts an episode. */
const CREATIONS_PER_MINUTE = 30
const JOINS_PER_MINUTE = 120

const describe = (summary: string) => ({ summary, tags: ['hosted games'] })
const SESSION = '/v2/coworlds/play/session/:id'

export const hostedGameRoutes: FastifyPluginCallbackZod<HostedGameRouteOptions> = (app, options, done) => {
  const { hosted, auth } = options
  app.post(
    '/v2/coworlds/play/session',
    {
      config: { rateLimit: routeLimit(CREATIONS_PER_MINUTE) },
      schema: {
        ...describe('Open the lobby of a hosted game'),
        body: PlaySessionRequest,
        response: { 200: HostedLobby, '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const { coworld_id: id, variant_id: variantId, allow_spectators: allowsSpectators } = request.body
      const found = await findCoworld(options, id)
      const session = await hosted.create({ ...found, variantId: variantId ?? undefined, allowsSpectators, playerId })
      return toLobby(session, originOf(request))
    },
  )
  app.register(readRoutes, options)
  app.register(joinRoutes, options)
  done()
}

const readRoutes: FastifyPluginCallbackZod<HostedGameRouteOptions> = (app, options, done) => {
  const { hosted, auth } = options
  app.get(
    '/v2/coworlds/play/sessions',
    {
      schema: {
        ...describe('Your hosted games, newest first; all of them for the operator'),
        querystring: z.object({ limit: limit(200, 50) }),
        response: { 200: z.array(PlaySessionState), '4xx': Problem },
      },
    },
    async (request) => {
      const { playerId } = await auth.require(request)
      const found = await hosted.list(playerId ?? undefined, request.query.limit)
      return Promise.all(found.map(async ({ id }) => toState(await hosted.state(id), originOf(request))))
    },
  )
  app.get(
    SESSION,
    {
      schema: {
        ...describe('A hosted game: its status, who has which slot'),
        params: Id,
        response: { 200: PlaySessionState, '4xx': Problem },
      },
    },
    async (request) => toState(await hosted.state(bareId(request.params.id)), originOf(request)),
  )
  app.register(artefactRoutes, options)
  done()
}

const artefactRoutes: FastifyPluginCallbackZod<HostedGameRouteOptions> = (app, { hosted, blobs }, done) => {
  const send = (name: 'results' | 'replay', type: string, summary: string): void => {
    app.get(`${SESSION}/${name}`, { schema: { ...describe(summary), params: Id } }, async (request, reply) => {
      const { session } = await hosted.state(bareId(request.params.id))
      if (!(name === 'results' ? session.hasResults : session.hasReplay)) {
        throw new AppError('NOT_FOUND', `this game has left no ${name}`, {
          hint: 'Only games of packages have them here, once they have ended; results_url and replay_url say where.',
        })
      }
      const blob = name === 'results' ? resultsBlob(session.id) : replayBlob(session.id)
      return reply.type(type).send(Readable.from(readBlob(blobs, blob)))
    })
  }
  send('results', 'application/json', 'The results of a hosted game of a package')
  send('replay', 'application/octet-stream', 'The replay of a hosted game of a package, as its game wrote it')
  done()
}

const joinRoutes: FastifyPluginCallbackZod<HostedGameRouteOptions> = (app, { hosted, auth }, done) => {
  app.post(
    `${SESSION}/join`,
    {
      config: { rateLimit: routeLimit(JOINS_PER_MINUTE) },
      schema: {
        ...describe('Take a slot of a hosted game. With a token, joining again answers the same slot'),
        params: Id,
        response: { 200: HostedJoin, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const caller = await auth.find(request)
      const playerId = caller?.playerId ?? null
      const label = playerId === null ? undefined : caller?.name
      const given = await hosted.join(bareId(request.params.id), { playerId, guestHash: null, label })
      void reply.header('cache-control', 'no-store')
      return {
        player_url: `${originOf(request)}${playerPath(given)}`,
        slot: given.holder.slot,
        player: toHolder(given.holder),
      }
    },
  )
  app.post(
    `${SESSION}/terminate`,
    {
      schema: {
        ...describe('End a hosted game of yours'),
        params: Id,
        response: { 200: PlaySessionState, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const { session } = await hosted.state(bareId(request.params.id))
      if (!mayUse(caller, session.playerId)) {
        throw new AppError('NOT_YOURS', 'this game was created by another player')
      }
      await hosted.end(session)
      return toState(await hosted.state(session.id), originOf(request))
    },
  )
  done()
}

/** Where the caller reaches this server. */
export const originOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`

/** The page by which a slot is played; it has the token of the slot. */
export function playerPath({ session, holder, token }: GivenSlot): string {
  const query = new URLSearchParams([
    ['slot', String(holder.slot)],
    ['token', token],
  ])
  return `${gamePath(session)}/clients/player?${query}`
}

/** Below which the pages and sockets of a game are. */
const gamePath = (session: PlaySessionRecord): string =>
  session.tokens === null ? `/episodes/${session.episodeId}` : `${lobbyPath(session)}/game`

/** The page of a viewer of a package's replay. */
export const viewerPath = ({ id, uri, door }: OpenViewer): string =>
  `/hosted/${id}/game/${door.pages}/replay?${new URLSearchParams({ uri })}`

/** Where a package's game keeps what it has left. */
export const artefactPath = (session: PlaySessionRecord, name: 'results' | 'replay'): string =>
  `/v2/coworlds/play/session/ps_${session.id}/${name}`

export const lobbyPath = (session: PlaySessionRecord): string => `/hosted/ps_${session.id}`

function toLobby(session: PlaySessionRecord, origin: string): HostedLobby {
  return {
    session_id: `ps_${session.id}`,
    join_url: `${origin}${lobbyPath(session)}/join`,
    lobby_url: `${origin}${lobbyPath(session)}`,
    player_count: session.slots,
    global_url: session.allowsSpectators ? `${origin}${gamePath(session)}/clients/global` : null,
  }
}

const iso = (at: number): string => new Date(at).toISOString()

export const toHolder = ({ slot, label, playerId, joinedAt }: HolderRecord): SlotHolder => ({
  slot,
  label,
  user_id: null,
  player_id: playerId && `player_${playerId}`,
  player_name: playerId && label,
  joined_at: iso(joinedAt),
})

interface State {
  readonly session: PlaySessionRecord
  readonly holders: readonly HolderRecord[]
  readonly status: HostedStatus
}

function replayUrlOf(session: PlaySessionRecord, status: HostedStatus, origin: string): string | null {
  if (session.tokens !== null) return session.hasReplay ? `${origin}${artefactPath(session, 'replay')}` : null
  return status === 'ended' ? `${origin}/api/episodes/${session.episodeId}/replay.json` : null
}

const toState = ({ session, holders, status }: State, origin: string): PlaySessionState => ({
  ...toLobby(session, origin),
  coworld_id: session.coworldId,
  variant_id: session.variantId,
  allow_spectators: session.allowsSpectators,
  status,
  reason: session.reason,
  results_url: session.hasResults ? `${origin}${artefactPath(session, 'results')}` : null,
  replay_url: replayUrlOf(session, status, origin),
  players: holders.map(toHolder),
  created_at: iso(session.createdAt),
  expires_at: iso(session.expiresAt),
})
