import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.account,
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
})
