// Every page of the application. A page adds its address to paths.ts, its route here, and nothing else outside its folder.
import { accountRoute } from './pages/account/route.tsx'
import { charactersRoute } from './pages/characters/route.tsx'
import { chatRoute } from './pages/chat/route.tsx'
import { designRoute } from './pages/design/route.tsx'
import { foundryRoute, foundryRunRoute } from './pages/foundry/route.tsx'
import { homeRoute } from './pages/home/route.tsx'
import { logRoute } from './pages/log/route.tsx'
import { operateRoute } from './pages/operate/route.tsx'
import { playRoute } from './pages/play/route.tsx'
import { studyRoute } from './pages/study/route.tsx'
import { rootRoute } from './root-route.ts'

export const routeTree = rootRoute.addChildren([
  homeRoute,
  foundryRoute,
  foundryRunRoute,
  designRoute,
  playRoute,
  chatRoute,
  logRoute,
  studyRoute,
  charactersRoute,
  operateRoute,
  accountRoute,
])
