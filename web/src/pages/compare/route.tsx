import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { wholeOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

interface Search {
  readonly step?: number | undefined
}

export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.compare,
  validateSearch: ({ step }): Search => ({ step: wholeOf(step) }),
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
})
