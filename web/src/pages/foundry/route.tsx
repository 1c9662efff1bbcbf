import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const foundryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.foundry,
  component: lazyRouteComponent(() => import('./start-page.tsx'), 'FoundryStartPage'),
})

export const foundryRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.foundryRun,
  component: lazyRouteComponent(() => import('./editor-page.tsx'), 'FoundryEditorPage'),
})
