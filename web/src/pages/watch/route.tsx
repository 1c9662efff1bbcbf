import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, textOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'
import { WATCH_STATUSES } from './statuses.ts'

/** The filters of the list, and the start of its page. */
interface Search {
  readonly status?: (typeof WATCH_STATUSES)[number] | undefined
  readonly world?: string | undefined
  readonly variant?: string | undefined
  readonly player?: string | undefined
  readonly cursor?: string | undefined
}

const MAX_CURSOR = 500

export const watchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.watch,
  validateSearch: ({ status, world, variant, player, cursor }): Search => ({
    status: oneOf(status, WATCH_STATUSES),
    world: textOf(world),
    variant: textOf(variant),
    player: textOf(player),
    cursor: textOf(cursor, MAX_CURSOR),
  }),
  component: lazyRouteComponent(() => import('./watch-page.tsx'), 'WatchPage'),
})
