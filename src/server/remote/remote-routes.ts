// `/api/remote`: a server that was deployed from elsewhere is set up, looked at and saved.
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { packFolder } from '../../lib/pack-folder.ts'
import { BOOTSTRAP_HEADERS, Bootstrapped, ExportQuery, RemoteStatus } from '../../protocol/remote.ts'
import { HttpError } from '../../protocol/session.ts'
import { exportDump } from '../../store/dumps/export.ts'
import { openStore, type StoreTarget } from '../../store/store.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { DETAIL_STYLE } from '../../transport/failure-styles.ts'
import type { RouteFailures } from '../../transport/fastify-failures.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { bearerOf, requirePlayer } from '../sessions/auth.ts'
import type { StudyServices } from '../studies/services.ts'
import { Bootstrap, MAX_SEED_BYTES, type RemoteParts, remoteAdmin } from './bootstrap.ts'

/** Attempts to bootstrap, and exports, that one address may make a minute. */
const ATTEMPTS = 10

export interface RemoteServices {
  readonly parts: RemoteParts
  readonly studies: StudyServices
  /** The store, for reading beside the server. */
  readonly target: StoreTarget
}

type App = Parameters<FastifyPluginCallbackZod<{ services: RemoteServices }>>[0]

const about = { tags: ['remote'] }

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function bootstrapRoute(app: App, { parts, studies }: RemoteServices): void {
  const bootstrap = new Bootstrap(parts)
  app.post<{ Body: Readable | undefined }>(
    '/api/remote/bootstrap',
    {
      bodyLimit: MAX_SEED_BYTES,
      config: { rateLimit: studies.sessions.hasRateLimits ? routeLimit(ATTEMPTS) : (false as const) },
      schema: {
        ...about,
        summary: 'Seed a new server and make its administrator; the key is shown this once',
        response: { 200: Bootstrapped, '4xx': HttpError },
      },
    },
    (request) =>
      bootstrap.run({
        token: headerOf(request, BOOTSTRAP_HEADERS.token),
        adminKey: headerOf(request, BOOTSTRAP_HEADERS.adminKey),
        fileName: headerOf(request, BOOTSTRAP_HEADERS.fileName),
        body: request.body ?? request.raw,
      }),
  )
}

function statusRoute(app: App, { parts, studies }: RemoteServices): void {
  const { sessions, catalogue, experiments } = studies
  app.get(
    '/api/remote/status',
    { schema: { ...about, summary: 'How the server and its study stand', response: { 200: RemoteStatus } } },
    async () => {
      const { experimentName: name } = parts
      const open = name === null ? undefined : await catalogue.open(name)
      return {
        status: 'ok' as const,
        mode:
          sessions.mode === 'free_play'
            ? ('free_play' as const)
            : open
              ? ('experiment' as const)
              : ('standard' as const),
        started_at: new Date(sessions.startedAt).toISOString(),
        uptime: Math.max(0, Math.floor((Date.now() - sessions.startedAt) / 1000)),
        experiment_name: open?.study.name ?? null,
        progress: open ? await experiments.progress(open) : null,
        experiment_status: open ? await experiments.status(open) : null,
      }
    },
  )
}

function exportRoute(app: App, { parts, studies, target }: RemoteServices): void {
  const { sessions } = studies
  app.get(
    '/api/remote/db-export',
    {
      config: { rateLimit: sessions.hasRateLimits ? routeLimit(ATTEMPTS) : (false as const) },
      schema: { ...about, summary: 'The whole store as an archive of a dump', querystring: ExportQuery },
    },
    async (request, reply) => {
      if (!parts.managed) throw new ApiRefusal(409, 'This server is not remote-managed')
      const player = await requirePlayer(sessions, bearerOf(request))
      if (player !== (await remoteAdmin(parts))) throw new ApiRefusal(403, 'This needs the key of the remote admin')
      const { format } = request.query
      const { folder, dump } = await dumpBeside(parts, target)
      const archive = packFolder(dump, format)
      const remove = (): void => {
        rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
          sessions.onFault('remote.cleanup_failed', error),
        )
      }
      archive.once('close', remove)
      archive.once('error', (error) => sessions.onFault('remote.export_failed', error))
      const now = new Date().toISOString().replaceAll(/[-:]/g, '')
      const name = `${(parts.experimentName ?? 'dcs-db').replaceAll(/[^\w.-]+/g, '_')}-${now.slice(0, 8)}-${now.slice(9, 15)}.${format}`
      return reply
        .type(format === 'zip' ? 'application/zip' : 'application/gzip')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(archive)
    },
  )
}

/** A dump in a folder of its own, which the caller removes. */
async function dumpBeside({ dataDir }: RemoteParts, target: StoreTarget): Promise<{ folder: string; dump: string }> {
  const folder = await mkdtemp(join(dataDir, 'export-'))
  try {
    const store = await openStore(target)
    try {
      return { folder, dump: (await exportDump(store, folder)).path }
    } finally {
      await store.close()
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

export async function registerRemoteRoutes(
  app: FastifyInstance,
  services: RemoteServices,
  failures: RouteFailures,
): Promise<void> {
  failures.claimArea('/api/remote', DETAIL_STYLE)
  await app.register((scope, _options, done) => {
    failures.installScope(scope, DETAIL_STYLE)
    // The body is a file of any type: it is read as it comes.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    bootstrapRoute(typed, services)
    statusRoute(typed, services)
    exportRoute(typed, services)
    done()
  })
}
