// Researchers' routes, with the admin key: files, links, the monitor, closing, and the data of participants.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { HitlDesk } from '../../../experiment/hitl/desk.ts'
import { requireAdmin } from '../../sessions/auth.ts'
import type { StudyServices } from '../services.ts'
import { actRoutes } from './acts.ts'
import { boardRoutes, linkRoutes } from './board.ts'
import { dataRoutes } from './data.ts'
import { fileRoutes } from './files.ts'
import { hitlRoutes } from './hitl.ts'
import { peopleRoutes } from './people.ts'
import { makeReportRoute, type ReportPages } from './report-pages.ts'

export const researchRoutes: FastifyPluginCallbackZod<{
  services: StudyServices
  pages: ReportPages
  desk: HitlDesk
}> = (app, { services, pages, desk }, done) => {
  app.addHook('onRequest', (request, _reply, next) => {
    requireAdmin(services.sessions, request)
    next()
  })
  for (const register of [fileRoutes, boardRoutes, linkRoutes, peopleRoutes, actRoutes, dataRoutes])
    register(app, services)
  makeReportRoute(app, pages)
  hitlRoutes(app, services, desk)
  done()
}
