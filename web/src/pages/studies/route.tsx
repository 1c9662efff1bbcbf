import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, textOf, wholeOf } from '../../data/search.ts'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'
import { BOARD_TABS, MONITOR_VIEWS } from './tabs.ts'

/** Minutes of a day. */
const MAX_MINUTES = 1440

interface Board {
  /** Absent: the monitor. */
  readonly tab?: (typeof BOARD_TABS)[number] | undefined
  readonly view?: (typeof MONITOR_VIEWS)[number] | undefined
  /** Minutes without activity after which a participant counts as stuck, and as dropped out. */
  readonly stuck?: number | undefined
  readonly dropped?: number | undefined
}

interface Person {
  /** The session whose transcript is shown; absent: the latest. */
  readonly session?: string | undefined
}

export const studiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.studies,
  component: lazyRouteComponent(() => import('./studies-page.tsx'), 'StudiesPage'),
})

export const newStudyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.newStudy,
  component: lazyRouteComponent(() => import('./new-study-page.tsx'), 'NewStudyPage'),
})

export const studyBoardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.studyBoard,
  validateSearch: ({ tab, view, stuck, dropped }): Board => ({
    tab: oneOf(tab, BOARD_TABS),
    view: oneOf(view, MONITOR_VIEWS),
    stuck: wholeOf(stuck, 1, MAX_MINUTES),
    dropped: wholeOf(dropped, 1, MAX_MINUTES),
  }),
  component: lazyRouteComponent(() => import('./board-page.tsx'), 'BoardPage'),
})

export const participantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.participant,
  validateSearch: ({ session }): Person => ({ session: textOf(session) }),
  component: lazyRouteComponent(() => import('./participant-page.tsx'), 'ParticipantPage'),
})
