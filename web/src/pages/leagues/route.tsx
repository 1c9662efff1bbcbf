import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const leaguesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.leagues,
  component: lazyRouteComponent(() => import('./leagues-page.tsx'), 'LeaguesPage'),
})
