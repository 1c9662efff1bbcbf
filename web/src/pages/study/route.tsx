import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { keepArrival } from '../../data/study.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'

/** Unparsed, because the router reads ids such as 5e123 as numbers. */
const asGiven = location.search

export const studyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.study,
  beforeLoad: ({ params, search }) => {
    // The secret of a link is removed from the address before anything is shown.
    if (Object.keys(search).length === 0) return
    keepArrival(params.study, asGiven)
    throw redirect({ to: PATHS.study, params, search: {}, replace: true })
  },
  component: lazyRouteComponent(() => import('./study-page.tsx'), 'StudyPage'),
})
