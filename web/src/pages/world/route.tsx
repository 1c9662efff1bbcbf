import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { textOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

interface Search {
  readonly variant?: string | undefined
}

export const worldRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.world,
  validateSearch: ({ variant }): Search => ({ variant: textOf(variant) }),
  component: lazyRouteComponent(() => import('./world-page.tsx'), 'WorldPage'),
})
