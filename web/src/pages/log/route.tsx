import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readLogSearch } from '../../data/command-log.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const logRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.log,
  validateSearch: readLogSearch,
  component: lazyRouteComponent(() => import('./log-page.tsx'), 'LogPage'),
})
