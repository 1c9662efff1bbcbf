import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

const Search = z.object({
  /** Absent: the highest division. */
  division: z.string().max(100).optional().catch(undefined),
  /** Absent: the newest completed round. */
  round: z.string().max(100).optional().catch(undefined),
})

export const leagueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.league,
  validateSearch: (search) => Search.parse(search),
  component: lazyRouteComponent(() => import('./league-page.tsx'), 'LeaguePage'),
})
