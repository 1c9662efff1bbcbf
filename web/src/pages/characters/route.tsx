import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readCharacterSearch } from '../../data/characters.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

export const charactersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.characters,
  validateSearch: readCharacterSearch,
  component: lazyRouteComponent(() => import('./characters-page.tsx'), 'CharactersPage'),
})
