import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const designRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.design,
  component: lazyRouteComponent(() => import('./design-page.tsx'), 'DesignPage'),
})
