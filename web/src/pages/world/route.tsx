import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

const Search = z.object({ variant: z.string().max(200).optional().catch(undefined) })

export const worldRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.world,
  validateSearch: (search) => Search.parse(search),
  component: lazyRouteComponent(() => import('./world-page.tsx'), 'WorldPage'),
})
