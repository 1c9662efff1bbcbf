import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const chatRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.chat,
  component: lazyRouteComponent(() => import('./chat-page.tsx'), 'ChatPage'),
})
