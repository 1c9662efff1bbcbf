import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { PATHS } from '../../paths.ts'
import { rootRoute } from '../../root-route.ts'
import { BOARD_TABS, MONITOR_VIEWS } from './tabs.ts'

const Minutes = z.int().min(1).max(1440).optional().catch(undefined)

const Board = z.object({
  /** Absent: the monitor. */
  tab: z.enum(BOARD_TABS).optional().catch(undefined),
  view: z.enum(MONITOR_VIEWS).optional().catch(undefined),
  /** Minutes without activity after which a participant counts as stuck, and as dropped out. */
  stuck: Minutes,
  dropped: Minutes,
})

const Person = z.object({
  /** The session whose transcript is shown; absent: the latest. */
  session: z.string().max(100).optional().catch(undefined),
})

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
  validateSearch: (search) => Board.parse(search),
  component: lazyRouteComponent(() => import('./board-page.tsx'), 'BoardPage'),
})

export const participantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PATHS.participant,
  validateSearch: (search) => Person.parse(search),
  component: lazyRouteComponent(() => import('./participant-page.tsx'), 'ParticipantPage'),
})
