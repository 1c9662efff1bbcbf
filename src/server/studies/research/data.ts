// The data and the report of a study, as files. Each is created in its own folder, which is removed once the file has
// been sent. The libraries of Parquet and of charts are loaded when a file is wanted: most servers never need them.
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { OpenStudy } from '../../../experiment/service/environment.ts'
import { AppError } from '../../../kernel/errors.ts'
import { writeZip } from '../../../lib/zip-files.ts'
import { HttpError } from '../../../protocol/session.ts'
import { DataFormats } from '../../../protocol/study-research.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, StudyParams } from './about.ts'

/** Maximum number of files created at once: each reads every row of its study. */
const AT_ONCE = 2

const TABLES = ['participants', 'assignments', 'answers', 'sessions', 'events', 'episodes'] as const
const Format = z.object({ format: DataFormats.default('all') })

interface Made {
  readonly path: string
  readonly name: string
  readonly type: string
}

export function dataRoutes(app: App, services: StudyServices): void {
  const { catalogue, store } = services
  const making = new Set<symbol>()

  /** Creates a file in its own folder, and sends it. */
  async function send(reply: FastifyReply, make: (folder: string) => Promise<Made>) {
    if (making.size >= AT_ONCE) {
      throw new AppError('QUEUE_FULL', 'Other files of studies are being made.', { hint: 'Try again in a minute.' })
    }
    const token = Symbol('file')
    making.add(token)
    const folder = await mkdtemp(join(tmpdir(), 'paracosm-study-'))
    const clean = () => rm(folder, { recursive: true, force: true })
    const fault = (error: unknown): void => services.sessions.onFault('study.file_not_removed', error)
    try {
      const { path, name, type } = await make(folder)
      const { size } = await stat(path)
      const stream = createReadStream(path)
      stream.once('close', () => void clean().catch(fault))
      return reply
        .type(type)
        .header('content-length', size)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .send(stream)
    } catch (error) {
      await clean().catch(fault)
      throw error
    } finally {
      making.delete(token)
    }
  }

  app.get(
    `${BASE}/:name/data.zip`,
    {
      schema: {
        ...about,
        params: StudyParams,
        querystring: Format,
        summary: 'The data of a study as CSV and Parquet tables with a codebook, de-identified, in a zip',
        response: { '4xx': HttpError },
      },
    },
    async (request, reply) => {
      const open = await catalogue.open(request.params.name)
      return send(reply, (folder) => makeData(services, open, { folder, format: request.query.format }))
    },
  )
  app.get(
    `${BASE}/:name/report.html`,
    {
      schema: {
        ...about,
        params: StudyParams,
        summary: 'The report of a study as one HTML file that needs no network',
        response: { '4xx': HttpError },
      },
    },
    async (request, reply) => {
      const { study } = await catalogue.open(request.params.name)
      return send(reply, async (folder) => {
        const results = join(folder, 'results')
        const { writeStudyResults } = await import('../../../datasets/study-results.ts')
        await writeStudyResults(store, { study: study.name, description: study.description, folder: results })
        const path = join(folder, 'report.html')
        const { writeReport } = await import('../../../reports/write-report.ts')
        await writeReport({ folder: results, path, title: study.settings.title ?? study.name })
        return { path, name: `${study.name} report.html`, type: 'text/html; charset=utf-8' }
      })
    },
  )
}

async function makeData(
  { store }: StudyServices,
  { study, source }: OpenStudy,
  { folder, format }: { readonly folder: string; readonly format: z.infer<typeof DataFormats> },
): Promise<Made> {
  const tables = join(folder, 'tables')
  const { exportStudy } = await import('../../../datasets/study-export.ts')
  await exportStudy(store, { study: study.name, folder: tables, source })
  const kinds = format === 'all' ? (['csv', 'parquet'] as const) : [format]
  const files = [
    ...TABLES.flatMap((table) => kinds.map((kind) => `${table}.${kind}`)),
    'codebook.json',
    'study.yml',
    'SHA256SUMS',
  ]
  const path = join(folder, 'data.zip')
  await writeZip(
    path,
    files.map((name) => ({ name: `${safeName(study.name)}/${name}`, path: join(tables, name) })),
  )
  return { path, name: `${study.name} data.zip`, type: 'application/zip' }
}

/** A name that is valid for a folder on every system. */
const safeName = (name: string): string =>
  name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, '') || 'study'
