import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const policyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.policy,
  component: lazyRouteComponent(() => import('./policy-page.tsx'), 'PolicyPage'),
})
