// What people open: the list of episodes, and below `/episodes/<id>/` the pages and sockets of the coworld adapter.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { GameAdapter, pageOf, type Route } from '../../adapters/coworld/game-adapter.ts'
import { readAsset } from '../../adapters/coworld/pages.ts'
import { recordedFromJournal } from '../../adapters/coworld/recorded.ts'
import { ReplayAdapter } from '../../adapters/coworld/replay-adapter.ts'
import { refuseUpgrade, type Sockets, type Upgrade } from '../../adapters/coworld/upgrade.ts'
import type { Archive } from '../../episode/archive.ts'
import { JournalFile } from '../../episode/journal-file.ts'
import { AppError } from '../../kernel/errors.ts'
import { loadWorld } from '../../worlds/catalogue.ts'
import { readHome } from '../home.ts'
import type { LiveEpisodes } from '../live.ts'

interface Options {
  readonly live: LiveEpisodes
  readonly archive: Archive
  readonly sockets: Sockets
  /** Takes the handshakes of the perception adapter. */
  /** Who else takes handshakes: each says whether the path was one of its own. */
  readonly upgradeHandlers: readonly ((handshake: Upgrade) => boolean)[]
}

interface Located {
  readonly id: string
  readonly route: Route
}

/** Splits `/episodes/<id>/<rest>`. */
function locate(request: IncomingMessage): Located | undefined {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const match = /^\/episodes\/([a-z0-9-]+)(\/.*)$/.exec(url.pathname)
  return match ? { id: match[1] ?? '', route: { path: match[2] ?? '/', query: url.searchParams } } : undefined
}

/** Hands requests and handshakes below `/episodes/` to the adapter of the right episode. */
export function installWatching(app: FastifyInstance, options: Options): void {
  const { live, archive, sockets } = options
  const gameAdapter = (id: string): GameAdapter | undefined => {
    const episode = live.get(id)
    return episode && new GameAdapter(episode, { sockets, admin: () => false })
  }
  const replayAdapter = async (id: string): Promise<ReplayAdapter> => {
    const { world } = live.find(id)
    if (!world) throw new AppError('JOURNAL_CORRUPT', `the journal of episode ${id} cannot be read`)
    const loaded = await loadWorld(world.id)
    const open = async () => recordedFromJournal(await JournalFile.open(await archive.journalPath(id)), loaded)
    return new ReplayAdapter({ sockets, world: loaded, find: () => open })
  }
  const handle = async (
    { id, route }: Located,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> => {
    if (pageOf(route.path) === 'replay') return (await replayAdapter(id)).handle(route, response)
    const adapter = gameAdapter(id)
    return adapter ? adapter.handle(route, request, response) : (await replayAdapter(id)).handle(route, response)
  }

  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const page = readHome()
    return reply.type(page.type).header('cache-control', 'no-store').send(page.body)
  })
  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, async (request, reply) => {
    const asset = readAsset(request.params.name)
    if (!asset) throw new AppError('FILE_UNREADABLE', `there is no asset ${request.params.name}`)
    return reply.type(asset.type).header('cache-control', 'no-store').send(asset.body)
  })
  app.get('/episodes/*', { schema: { hide: true } }, async (request, reply) => {
    const located = locate(request.raw)
    if (!located) return reply.callNotFound()
    const isLive = live.get(located.id) !== undefined
    const wanted = pageOf(located.route.path)
    // A page that was shared while the match ran leads to its replay afterwards.
    if (located.route.path === '/' || (!isLive && wanted && wanted !== 'replay')) {
      live.find(located.id)
      return reply.redirect(`/episodes/${located.id}/clients/${isLive ? 'global' : 'replay'}`)
    }
    reply.hijack()
    try {
      if (!(await handle(located, request.raw, reply.raw))) sendNothing(reply.raw, 404, 'not found')
    } catch (error) {
      sendNothing(
        reply.raw,
        error instanceof AppError ? error.status : 500,
        error instanceof AppError ? error.code : 'INTERNAL_ERROR',
      )
    }
    return reply
  })
  app.server.on('upgrade', (request, socket, head) => {
    if (options.upgradeHandlers.some((take) => take({ request, socket, head }))) return
    void upgrade({ request, socket, head }).catch((error: unknown) => {
      const status = error instanceof AppError && error.code === 'UNKNOWN_EPISODE' ? 404 : 503
      refuseUpgrade({ request, socket, head }, status, error instanceof AppError ? error.code : 'INTERNAL_ERROR')
    })
  })

  async function upgrade(handshake: Upgrade): Promise<void> {
    const located = locate(handshake.request)
    if (!located) {
      refuseUpgrade(handshake, 404, 'not found')
      return
    }
    const { id, route } = located
    const adapter = route.path === '/replay' ? await replayAdapter(id) : gameAdapter(id)
    if (!adapter) refuseUpgrade(handshake, 410, 'EPISODE_OVER')
    else if (!adapter.upgrade(route, handshake)) refuseUpgrade(handshake, 404, 'not found')
  }
}

function sendNothing(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: message }))
}
