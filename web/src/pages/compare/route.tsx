import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

const Search = z.object({ step: z.int().min(0).optional().catch(undefined) })

export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.compare,
  validateSearch: (search) => Search.parse(search),
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
})
