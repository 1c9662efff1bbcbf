import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

/** The address parameters of the page. Invalid numbers are ignored, not rejected. */
const Search = z.object({
  step: z.int().min(0).optional().catch(undefined),
  /** The slot whose perspective is shown. */
  slot: z.int().min(0).max(255).optional().catch(undefined),
  tab: z.enum(['commands', 'state', 'events', 'journal']).optional().catch(undefined),
})

export const episodeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.episode,
  validateSearch: (search) => Search.parse(search),
  component: lazyRouteComponent(() => import('./episode-page.tsx'), 'EpisodePage'),
})
