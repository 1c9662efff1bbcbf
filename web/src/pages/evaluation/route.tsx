import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, textOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'
import { type EpisodeOutcome, OUTCOMES } from './outcomes.ts'

/** Which episodes the list below shows: those behind a figure. */
interface Search {
  readonly policy?: string | undefined
  readonly opponent?: string | undefined
  readonly outcome?: EpisodeOutcome | undefined
}

export const evaluationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.evaluation,
  validateSearch: ({ policy, opponent, outcome }): Search => ({
    policy: textOf(policy),
    opponent: textOf(opponent),
    outcome: oneOf(outcome, OUTCOMES),
  }),
  component: lazyRouteComponent(() => import('./evaluation-page.tsx'), 'EvaluationPage'),
})
