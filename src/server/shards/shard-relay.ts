// Requests and WebSockets of a shard's episodes. A request is relayed; the socket of a WebSocket is handed over whole, so
// that steps and moves never pass through this process.
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { EpisodeService } from '../../host/episode-service.ts'
import { sleep } from '../../lib/sleep.ts'
import { readBearer } from '../../transport/credentials.ts'
import { relayHttp } from '../../transport/http-relay.ts'
import type { Locality } from '../../transport/locality.ts'
import { isLoopback, type TrustedProxies } from '../../transport/proxies.ts'
import type { Delegate, UpgradeRequest } from '../../transport/upgrade-router.ts'
import type { ShardProcess } from './shard-process.ts'
import type { Shards } from './shards.ts'

interface Options {
  readonly shards: Shards
  /** Those of this process. */
  readonly episodes: EpisodeService
  readonly locality: Locality
  readonly proxies: TrustedProxies
}

/** Register it after what refuses requests, and before the routes. */
export function installShardRelay(app: FastifyInstance, { shards, episodes, locality, proxies }: Options): void {
  app.addHook('onRequest', async (request, reply) => {
    const shard = await shardFor(request, shards, episodes)
    if (!shard) return
    const { raw } = request
    const address = proxies.clientAddress(raw)
    const relay = async (): Promise<void> => {
      await shard.whenOpen()
      await relayHttp({
        request: raw,
        response: reply.raw,
        socket: shard.socket,
        host: request.host,
        // A client behind an unknown proxy of this machine has a loopback address, and is not local all the same.
        address: isLoopback(address) && !locality.isLocal(raw) ? '' : address,
        onAnswer() {
          reply.hijack()
          // Those of CORS; the shard knows nothing of it.
          return reply.getHeaders()
        },
      })
    }
    await relay().catch(async (error: unknown) => {
      // The shard has just died, and its end may not have been noticed yet. A write may have been carried out.
      if (raw.method !== 'GET' && raw.method !== 'HEAD') throw error
      await sleep(NOTICED_MS)
      await relay()
    })
    return reply
  })
}

/** Milliseconds within which the end of a process is noticed. */
const NOTICED_MS = 250

function shardFor(
  { method, routeOptions: { url = '' }, params, raw }: FastifyRequest,
  shards: Shards,
  episodes: EpisodeService,
): ShardProcess | undefined | Promise<ShardProcess | undefined> {
  if (url === '/api/episodes') return method === 'POST' ? shards.pick() : undefined
  if (url.startsWith('/api/episodes/:id') || url === '/episodes/:id/*') return shards.of(idOf(params))
  return BARE.has(url) ? ofBearer(readBearer(raw.headers), shards, episodes) : undefined
}

/** Routes of the perception adapter that name no episode: the token of a slot does. */
const BARE: ReadonlySet<string> = new Set([
  '/perception',
  '/command',
  '/commands/:command_id',
  '/:engine/status',
  '/perception/stream',
])

async function ofBearer(
  token: string | undefined,
  shards: Shards,
  episodes: EpisodeService,
): Promise<ShardProcess | undefined> {
  return token === undefined || episodes.withToken(token) ? undefined : shards.ofToken(token)
}

function idOf(params: unknown): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''
}

/** Gives handshakes of shards' episodes to their shards. */
export function delegateToShards({ shards, episodes }: Pick<Options, 'shards' | 'episodes'>): Delegate {
  return async (pattern, { params, bearer, request }, { stream, head }) => {
    const shard =
      params.id === undefined
        ? BARE.has(pattern) && (await ofBearer(bearer, shards, episodes))
        : OF_EPISODES.test(pattern) && shards.of(params.id)
    if (!shard || !(stream instanceof Socket)) return false
    for (;;) {
      await shard.whenOpen()
      // Meanwhile the client may have left, or the router refused it for lateness.
      if (stream.destroyed || stream.writableEnded) return true
      if (await shard.handOver(stream, handshakeOf(request, head))) return true
      await sleep(NOTICED_MS)
    }
  }
}

const OF_EPISODES = /^(?:\/api)?\/episodes\/:id\//

const handshakeOf = ({ url = '', httpVersion, headers }: UpgradeRequest['request'], head: Buffer) => ({
  url,
  httpVersion,
  headers,
  head: head.toString('base64'),
})
