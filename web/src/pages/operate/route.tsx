import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const operateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.operate,
  component: lazyRouteComponent(() => import('./operate-page.tsx'), 'OperatePage'),
})
