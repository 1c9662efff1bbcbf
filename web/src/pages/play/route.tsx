import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const playRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.play,
  component: lazyRouteComponent(() => import('./play-page.tsx'), 'PlayPage'),
})
