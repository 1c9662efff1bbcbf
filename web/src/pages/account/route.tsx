import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.account,
  validateSearch: (given): { back?: string } =>
    // A page of this application, and no other address.
    typeof given.back === 'string' && /^\/(?!\/)/.test(given.back) ? { back: given.back } : {},
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
})
