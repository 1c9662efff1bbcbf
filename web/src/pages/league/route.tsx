import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { textOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

interface Search {
  /** Absent: the highest division. */
  readonly division?: string | undefined
  /** Absent: the newest completed round. */
  readonly round?: string | undefined
}

export const leagueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.league,
  validateSearch: ({ division, round }): Search => ({ division: textOf(division), round: textOf(round) }),
  component: lazyRouteComponent(() => import('./league-page.tsx'), 'LeaguePage'),
})
