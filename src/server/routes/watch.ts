// Below `/episodes/<id>/`: the pages and sockets of the coworld adapter. The application's own pages are in web.ts.
import type { FastifyPluginCallback, FastifyReply } from 'fastify'
import { GameAdapter } from '../../adapters/coworld/game-adapter.ts'
import { type Asset, pageOf } from '../../adapters/coworld/pages.ts'
import { recordedFromJournal } from '../../adapters/coworld/recorded.ts'
import { openReplay, type Recorded, replayPage } from '../../adapters/coworld/replay-adapter.ts'
import { ReplayBudget } from '../../adapters/coworld/replay-budget.ts'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import type { World } from '../../kernel/world.ts'
import type { OriginPolicy } from '../../transport/origins.ts'
import type { UpgradeRoute } from '../../transport/upgrade-router.ts'
import type { ViewRefusal } from '../private-episodes.ts'

export interface WatchOptions {
  readonly episodes: EpisodeService
  readonly origins: OriginPolicy
  readonly refuseView: ViewRefusal
  onFault(error: unknown): void
}

/** Pages. A page under an unknown host name says so, because its sockets would be refused. */
export const watchRoutes: FastifyPluginCallback<WatchOptions> = (app, options, done) => {
  const { episodes, origins } = options
  app.addHook('onRequest', (request, _reply, next) => next(origins.refuseSensitive(request.headers)))
  app.get<{ Params: { id: string; '*': string } }>(
    '/episodes/:id/*',
    { schema: { hide: true } },
    async ({ params }, reply) => {
      const { id } = params
      const path = `/${params['*']}`
      const episode = episodes.get(id)
      const wanted = pageOf(path)
      // A page that was shared during the match redirects to its replay afterwards.
      if (!episode && wanted && wanted !== 'replay') {
        await episodes.find(id)
        return reply.redirect(`/episodes/${encodeURIComponent(id)}/clients/replay`)
      }
      if (path === '/') {
        await episodes.find(id)
        return reply.redirect(`/episodes/${encodeURIComponent(id)}`)
      }
      if (path === '/healthz') return reply.send({ ok: true })
      const asset = await findAsset(options, { id, path, episode })
      if (asset) return sendAsset(reply, asset)
      throw new AppError('NOT_FOUND', 'There is no page at this address.')
    },
  )
  done()
}

async function findAsset(
  options: WatchOptions,
  at: { id: string; path: string; episode: Episode | undefined },
): Promise<Asset | undefined> {
  const page = pageOf(at.path)
  // The admin page controls the pace of a game: only for games run with `world serve`.
  if (page === 'admin') return undefined
  if (at.episode && page !== 'replay') return new GameAdapter(at.episode, options.onFault).page(at.path)
  return replayPage(at.path, await worldOf(options.episodes, at.id))
}

/** @throws AppError UNKNOWN_EPISODE, JOURNAL_CORRUPT, and the codes of `loadWorld` */
async function worldOf(episodes: EpisodeService, id: string): Promise<World> {
  const { world } = await episodes.find(id)
  if (!world) throw new AppError('JOURNAL_CORRUPT', `the journal of episode ${id} cannot be read`)
  return episodes.worlds.load(world.id)
}

function sendAsset(reply: FastifyReply, { type, body }: Asset): FastifyReply {
  return reply.type(type).header('cache-control', 'no-store').send(body)
}

/** The sockets of live and recorded episodes. */
export function watchSockets({ episodes, refuseView, onFault }: WatchOptions): readonly UpgradeRoute[] {
  const games = new Map<string, GameAdapter>()
  const budget = new ReplayBudget()
  const gameOf = async (id: string): Promise<GameAdapter> => {
    const known = games.get(id)
    if (known) return known
    const episode = episodes.get(id) ?? (await episodes.refuseNotLive(id))
    const game = new GameAdapter(episode, onFault)
    games.set(id, game)
    const forget = (): void => void games.delete(id)
    episode.done.then(forget, forget)
    return game
  }
  const openJournal = async (id: string): Promise<Recorded> => {
    const world = await worldOf(episodes, id)
    return recordedFromJournal(() => episodes.readJournal(id), world)
  }
  return [
    {
      pattern: '/episodes/:id/player',
      authorize: async ({ params, query }) => (await gameOf(idOf(params))).openPlayer(query),
    },
    {
      pattern: '/episodes/:id/global',
      async authorize({ params }) {
        const refusal = refuseView(idOf(params))
        if (refusal) throw refusal
        return (await gameOf(idOf(params))).openView()
      },
    },
    {
      pattern: '/episodes/:id/replay',
      async authorize({ params }) {
        const id = idOf(params)
        const refusal = refuseView(id)
        if (refusal) throw refusal
        await episodes.find(id)
        return openReplay({ open: () => openJournal(id), budget, onFault })
      },
    },
  ]
}

const idOf = ({ id = '' }: Readonly<Record<string, string>>): string => id
