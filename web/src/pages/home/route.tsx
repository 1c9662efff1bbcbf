import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.home,
  component: lazyRouteComponent(() => import('./home-page.tsx'), 'HomePage'),
})
