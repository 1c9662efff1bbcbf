// The report of a study as a page: made once, kept for a while, and shown at an address that holds its own secret, since
// a frame cannot send the admin key. The page runs in a sandbox: what participants wrote cannot reach the application.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { writeStudyResults } from '../../../datasets/study-results.ts'
import { AppError } from '../../../kernel/errors.ts'
import { HttpError } from '../../../protocol/session.ts'
import { MadeReport, WantedReport } from '../../../protocol/study-research.ts'
import { OPTIONAL_SECTIONS, REPORT_SECTIONS, writeReport } from '../../../reports/write-report.ts'
import { ApiRefusal } from '../../../transport/errors.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, StudyParams } from './about.ts'

/** Milliseconds for which a report is kept. */
const KEPT_MS = 900_000
/** Maximum number of reports that are kept, and that are made at once: each reads every row of its study. */
const MAX_KEPT = 8
const AT_ONCE = 2

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  'sandbox allow-scripts allow-downloads allow-popups',
].join('; ')

interface Kept {
  readonly folder: string
  readonly until: number
}

export class ReportPages {
  readonly #services: StudyServices
  readonly #kept = new Map<string, Kept>()
  #making = 0

  constructor(services: StudyServices) {
    this.#services = services
  }

  /** @throws AppError QUEUE_FULL, UNKNOWN_EXPERIMENT */
  async make(name: string, { with_quality }: WantedReport): Promise<MadeReport> {
    const { catalogue, store } = this.#services
    const { study } = await catalogue.open(name)
    if (this.#making >= AT_ONCE) {
      throw new AppError('QUEUE_FULL', 'Other reports are being made.', { hint: 'Try again in a minute.' })
    }
    this.#making++
    const folder = await mkdtemp(join(tmpdir(), 'paracosm-report-'))
    try {
      const results = join(folder, 'results')
      await writeStudyResults(store, { study: study.name, description: study.description, folder: results })
      const sections = REPORT_SECTIONS.filter((each) => with_quality || !OPTIONAL_SECTIONS.includes(each))
      const title = study.settings.title ?? study.name
      const { figures } = await writeReport({ folder: results, path: join(folder, 'report.html'), title, sections })
      await rm(results, { recursive: true, force: true })
      const ticket = randomBytes(24).toString('base64url')
      const until = Date.now() + KEPT_MS
      this.#kept.set(ticket, { folder, until })
      await this.#drop()
      return { path: `/api/research/reports/${ticket}`, until: new Date(until).toISOString(), figures: { ...figures } }
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    } finally {
      this.#making--
    }
  }

  /** The file of a report. @throws ApiRefusal 404 */
  async find(ticket: string): Promise<string> {
    await this.#drop()
    const kept = this.#kept.get(ticket)
    if (!kept) throw new ApiRefusal(404, 'This report is gone: make it again.')
    return join(kept.folder, 'report.html')
  }

  /** Removes reports that are too old or too many. */
  async #drop(): Promise<void> {
    const now = Date.now()
    for (const [ticket, { folder, until }] of this.#kept) {
      if (until > now && this.#kept.size <= MAX_KEPT) continue
      this.#kept.delete(ticket)
      await rm(folder, { recursive: true, force: true })
    }
  }

  async close(): Promise<void> {
    for (const { folder } of this.#kept.values()) await rm(folder, { recursive: true, force: true })
    this.#kept.clear()
  }
}

/** The route that makes a report, with the admin key. */
export function makeReportRoute(app: App, pages: ReportPages): void {
  app.post(
    `${BASE}/:name/report`,
    {
      schema: {
        ...about,
        params: StudyParams,
        summary: 'Make the report of a study as a page, which is kept for 15 minutes',
        body: WantedReport,
        response: { 200: MadeReport, '4xx': HttpError },
      },
    },
    (request) => pages.make(request.params.name, request.body),
  )
}

const Ticket = z.strictObject({ ticket: z.string().min(1).max(100) })

/** The route that shows a report to anyone with its address. */
export const showReportRoute: FastifyPluginCallbackZod<{ pages: ReportPages }> = (app, { pages }, done) => {
  app.get(
    '/api/research/reports/:ticket',
    { schema: { tags: ['research'], params: Ticket, summary: 'A report as a page' } },
    async (request, reply) => {
      const path = await pages.find(request.params.ticket)
      const { size } = await stat(path)
      return reply
        .type('text/html; charset=utf-8')
        .headers({ 'content-length': size, 'content-security-policy': POLICY, 'cache-control': 'private, no-store' })
        .send(createReadStream(path))
    },
  )
  done()
}
