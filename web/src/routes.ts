// Every page of the application. A page adds its address to paths.ts, its route here, and nothing else outside its folder.
import { compareRoute } from './pages/compare/route.tsx'
import { designRoute } from './pages/design/route.tsx'
import { episodeRoute } from './pages/episode/route.tsx'
import { homeRoute } from './pages/home/route.tsx'
import { watchRoute } from './pages/watch/route.tsx'
import { worldRoute } from './pages/world/route.tsx'
import { worldsRoute } from './pages/worlds/route.tsx'
import { rootRoute } from './root-route.ts'

export const routeTree = rootRoute.addChildren([
  homeRoute,
  watchRoute,
  worldsRoute,
  worldRoute,
  episodeRoute,
  compareRoute,
  designRoute,
])
