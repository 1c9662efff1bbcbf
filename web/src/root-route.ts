// The route above every page: the shell, and what pages are given.
import { createRootRoute } from '@tanstack/react-router'
import { Shell } from './shell/shell.tsx'

export const rootRoute = createRootRoute({ component: Shell })
