// Registers the routes of studies, with the failure format of the session API.
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { parseJsonWithFloats } from '../../experiment/forms/python-text.ts'
import { HitlDesk } from '../../experiment/hitl/desk.ts'
import { HITL_FOLDER } from '../../experiment/hitl/scenario-file.ts'
import { DETAIL_STYLE } from '../../transport/failure-styles.ts'
import type { RouteFailures } from '../../transport/fastify-failures.ts'
import { installJsonBody } from '../../transport/json-body.ts'
import { experimentRoutes } from './experiment-routes.ts'
import { participantRoutes } from './participant-routes.ts'
import { rewordForParticipant } from './participant-words.ts'
import { ReportPages, showReportRoute } from './research/report-pages.ts'
import { researchRoutes } from './research/routes.ts'
import { runRoutes } from './run-routes.ts'
import type { StudyServices } from './services.ts'

/** Path prefixes of studies. */
const AREAS = ['/api/experiments', '/api/run', '/api/studies', '/api/research'] as const

/** @param dataDir where files of scenarios are */
export async function registerStudyRoutes(
  app: FastifyInstance,
  services: StudyServices,
  failures: RouteFailures,
  dataDir: string,
): Promise<void> {
  for (const prefix of AREAS) failures.claimArea(prefix, DETAIL_STYLE)
  await app.register((scope, _options, done) => {
    failures.installScope(scope, DETAIL_STYLE, rewordForParticipant)
    // Numbers in answers keep whether they were written with a decimal point: the original distinguishes 2 from 2.0.
    installJsonBody(scope, { allowsEmpty: true, parse: parseJsonWithFloats })
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    for (const routes of [experimentRoutes, runRoutes, participantRoutes]) void typed.register(routes, { services })
    done()
  })
  const pages = new ReportPages(services)
  const desk = new HitlDesk(join(dataDir, HITL_FOLDER), (error) => services.sessions.onFault('hitl.failed', error))
  app.addHook('preClose', () => desk.close())
  app.addHook('onClose', () => pages.close())
  await app.register((scope, _options, done) => {
    failures.installScope(scope, DETAIL_STYLE)
    installJsonBody(scope, { allowsEmpty: true })
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    void typed.register(researchRoutes, { services, pages, desk })
    void typed.register(showReportRoute, { pages })
    done()
  })
}
