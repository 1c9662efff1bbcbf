import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const worldsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.worlds,
  component: lazyRouteComponent(() => import('./worlds-page.tsx'), 'WorldsPage'),
})
