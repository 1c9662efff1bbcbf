// The site of one live game: the access rules of its pages and sockets. The game itself is in game-adapter.ts.
import type { Episode } from '../../episode/episode.ts'
import type { Transport } from '../../transport/transport.ts'
import type { UpgradeRoute } from '../../transport/upgrade-router.ts'
import { GameAdapter } from './game-adapter.ts'
import { pageOf } from './pages.ts'
import type { Site } from './site.ts'

export interface GameSiteOptions {
  readonly transport: Transport
  /** Whether every caller may administer the game, or local callers only. */
  readonly isAdminOpen: boolean
  onFault(error: unknown): void
}

export function gameSite(episode: Episode, { transport, isAdminOpen, onFault }: GameSiteOptions): Site {
  const game = new GameAdapter(episode, onFault)
  const sockets: UpgradeRoute[] = [
    // A runner's proxy may change the Host; tokens and public views need no origin check.
    { pattern: '/player', origins: 'any', authorize: ({ query }) => game.openPlayer(query) },
    { pattern: '/global', origins: 'any', authorize: () => game.openView() },
    {
      pattern: '/admin',
      origins: isAdminOpen ? 'any' : 'allowed',
      authorize({ request }) {
        const refusal = isAdminOpen ? undefined : transport.locality.refuse(request)
        if (refusal) throw refusal
        return game.openAdmin()
      },
    },
  ]
  return {
    sockets,
    page({ path }, request) {
      const refusal = isAdminOpen || pageOf(path) !== 'admin' ? undefined : transport.locality.refuse(request)
      if (refusal) throw refusal
      return game.page(path)
    },
  }
}
