import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'
import { WATCH_STATUSES } from './statuses.ts'

/** The filters of the list, and the start of its page. */
const Search = z.object({
  status: z.enum(WATCH_STATUSES).optional().catch(undefined),
  world: z.string().max(200).optional().catch(undefined),
  variant: z.string().max(200).optional().catch(undefined),
  player: z.string().max(200).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
})

export const watchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.watch,
  validateSearch: (search) => Search.parse(search),
  component: lazyRouteComponent(() => import('./watch-page.tsx'), 'WatchPage'),
})
