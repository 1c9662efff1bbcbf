import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, wholeOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

/** The tabs of the panel, as the address names them. */
const TABS = ['commands', 'state', 'events', 'journal'] as const

const MAX_SLOT = 255

interface Search {
  readonly step?: number | undefined
  /** The slot whose perspective is shown. */
  readonly slot?: number | undefined
  readonly tab?: (typeof TABS)[number] | undefined
}

export const episodeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.episode,
  validateSearch: ({ step, slot, tab }): Search => ({
    step: wholeOf(step),
    slot: wholeOf(slot, 0, MAX_SLOT),
    tab: oneOf(tab, TABS),
  }),
  component: lazyRouteComponent(() => import('./episode-page.tsx'), 'EpisodePage'),
})
