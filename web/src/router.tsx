// The router: the page for every address, and what is shown while it loads.
import { createRouter } from '@tanstack/react-router'
import { routeTree } from './routes.ts'
import { ErrorPage } from './shell/error-page.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { Opening } from './shell/opening.tsx'

/** Milliseconds after which a loading page shows a message. */
const OPENING_MS = 400

export function createAppRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: ErrorPage,
    defaultPendingComponent: Opening,
    defaultPendingMs: OPENING_MS,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
