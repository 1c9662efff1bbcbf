import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const scenariosRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.scenarios,
  component: lazyRouteComponent(() => import('./scenarios-page.tsx'), 'ScenariosPage'),
})

export const characterScenariosRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.characterScenarios,
  component: lazyRouteComponent(() => import('./character-page.tsx'), 'CharacterScenariosPage'),
})
