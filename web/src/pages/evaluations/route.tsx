import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const evaluationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.evaluations,
  component: lazyRouteComponent(() => import('./evaluations-page.tsx'), 'EvaluationsPage'),
})
