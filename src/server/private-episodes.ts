// Hosted games without spectators: while they are under way, every view of the whole episode is refused. Players use
// the pages, sockets and routes of their own slots.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pageOf } from '../adapters/coworld/pages.ts'
import { AppError } from '../kernel/errors.ts'

/** Why an episode may not be watched now; undefined: it may. */
export type ViewRefusal = (episodeId: string) => AppError | undefined

export const viewRefusal =
  (viewersOf: (episodeId: string) => 'all' | 'players' | 'unknown'): ViewRefusal =>
  (episodeId) => {
    switch (viewersOf(episodeId)) {
      case 'all':
        return undefined
      case 'players':
        return new AppError('NOT_YOURS', 'this game has no spectators', {
          hint: 'Take a slot in its lobby, or see the recording when it has ended.',
        })
      case 'unknown':
        return new AppError('INTERRUPTED', 'this game is being resumed', { hint: 'Try again in a moment.' })
    }
  }

/** Refuses journals, replays, scores, frames and the pages of viewers. Register it before the routes. */
export function installViewRefusals(app: FastifyInstance, refuse: ViewRefusal): void {
  app.addHook('onRequest', (request, _reply, next) => {
    const id = viewedBy(request)
    next(id === undefined ? undefined : refuse(id))
  })
}

/** The episode that a request shows as a whole; undefined: none. */
function viewedBy({ method, routeOptions: { url = '' }, params }: FastifyRequest): string | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const { id, '*': rest } = textsOf(params)
  if (url.startsWith('/api/episodes/:id/') && !url.startsWith('/api/episodes/:id/slots/')) return id
  return url === '/episodes/:id/*' && pageOf(`/${rest}`) === 'global' ? id : undefined
}

function textsOf(params: unknown): { readonly id?: string; readonly '*'?: string } {
  return typeof params === 'object' && params !== null ? params : {}
}
