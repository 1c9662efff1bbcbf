// Every page of the application. A page adds its address to paths.ts, its route here, and nothing else outside its folder.
import { accountRoute } from './pages/account/route.tsx'
import { coverageRoute } from './pages/character-coverage/route.tsx'
import { charactersRoute } from './pages/characters/route.tsx'
import { chatRoute } from './pages/chat/route.tsx'
import { compareRoute } from './pages/compare/route.tsx'
import { designRoute } from './pages/design/route.tsx'
import { episodeRoute } from './pages/episode/route.tsx'
import { evaluationRoute } from './pages/evaluation/route.tsx'
import { evaluationsRoute } from './pages/evaluations/route.tsx'
import { foundryRoute, foundryRunRoute } from './pages/foundry/route.tsx'
import { homeRoute } from './pages/home/route.tsx'
import { leagueRoute } from './pages/league/route.tsx'
import { leaguesRoute } from './pages/leagues/route.tsx'
import { logRoute } from './pages/log/route.tsx'
import { operateRoute } from './pages/operate/route.tsx'
import { playRoute } from './pages/play/route.tsx'
import { policyRoute } from './pages/policy/route.tsx'
import { characterScenariosRoute, scenariosRoute } from './pages/scenarios/route.tsx'
import { slotRoute } from './pages/slot/route.tsx'
import { newStudyRoute, participantRoute, studiesRoute, studyBoardRoute } from './pages/studies/route.tsx'
import { studyRoute } from './pages/study/route.tsx'
import { watchRoute } from './pages/watch/route.tsx'
import { worldRoute } from './pages/world/route.tsx'
import { worldsRoute } from './pages/worlds/route.tsx'
import { rootRoute } from './root-route.ts'

export const routeTree = rootRoute.addChildren([
  homeRoute,
  watchRoute,
  worldsRoute,
  worldRoute,
  leaguesRoute,
  leagueRoute,
  policyRoute,
  evaluationsRoute,
  evaluationRoute,
  episodeRoute,
  compareRoute,
  slotRoute,
  playRoute,
  chatRoute,
  logRoute,
  studyRoute,
  studiesRoute,
  newStudyRoute,
  studyBoardRoute,
  participantRoute,
  scenariosRoute,
  characterScenariosRoute,
  charactersRoute,
  coverageRoute,
  operateRoute,
  accountRoute,
  designRoute,
  foundryRoute,
  foundryRunRoute,
])
