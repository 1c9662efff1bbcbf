import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

/** Slot and token are after the `#`: that part of an address is never sent to a server. */
export const slotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.slot,
  component: lazyRouteComponent(() => import('./slot-page.tsx'), 'SlotPage'),
})
