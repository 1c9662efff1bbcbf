// Every page of the application. A page adds its address to paths.ts, its route here, and nothing else outside its folder.
import { designRoute } from './pages/design/route.tsx'
import { foundryRoute, foundryRunRoute } from './pages/foundry/route.tsx'
import { homeRoute } from './pages/home/route.tsx'
import { rootRoute } from './root-route.ts'

export const routeTree = rootRoute.addChildren([homeRoute, foundryRoute, foundryRunRoute, designRoute])
