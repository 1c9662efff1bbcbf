import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const coverageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.coverage,
  component: lazyRouteComponent(() => import('./coverage-page.tsx'), 'CoveragePage'),
})
