// Uploads of policies: archives of source, the policy versions made of them, and their secrets.
import { Readable } from 'node:stream'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { defaultRun, keepSource } from '../../league/uploads/keep-source.ts'
import { MAX_ARCHIVE_BYTES, readSourceArchive } from '../../league/uploads/source-archive.ts'
import { PolicyUpload, SecretNames, SourcePolicyRequest, UploadedSource } from '../../protocol/hosted-uploads.ts'
import type { LeaguePlayer } from '../../protocol/league.ts'
import { Problem } from '../../protocol/problem.ts'
import type { Leagues } from '../../store/leagues/leagues.ts'
import { checkSecrets } from '../../store/leagues/secrets.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { type Caller, mayUse } from '../hosted-auth.ts'
import { bareId } from '../hosted-view.ts'
import { describe, Id, type LeagueRouteOptions } from './league-queries.ts'

/** Uploads per minute and address. */
const UPLOADS_PER_MINUTE = 60
const ARCHIVES = ['application/gzip', 'application/x-gzip', 'application/x-tar', 'application/octet-stream']

export const uploadRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, leagues, sources, secrets, blobs } = options
  const config = { rateLimit: routeLimit(UPLOADS_PER_MINUTE) }
  app.register(archiveRoute, options)
  app.post(
    '/stats/policies/source/complete',
    {
      config,
      schema: {
        ...describe('Make a policy version of uploaded source'),
        body: SourcePolicyRequest,
        response: { 200: PolicyUpload, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const { name, source_id: id, run, policy_secret_env: given = {} } = request.body
      const source = await sources.get(bareId(id))
      if (!mayUse(caller, source.playerId))
        throw new AppError('NOT_YOURS', `the source ${id} belongs to another player`)
      const { paths } = await readSourceArchive(readBlob(blobs, source.blob))
      const start = run === undefined || run.length === 0 ? defaultRun(paths) : run
      const player = { kind: 'source' as const, name, blob: source.blob, run: start }
      return addUploaded(options, { caller, name, player, secrets: given })
    },
  )
  app.get(
    '/v2/policy-versions/:id/secrets',
    {
      schema: {
        ...describe('Names of the secrets of a policy version'),
        params: Id,
        response: { 200: SecretNames, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = await ownVersion(leagues, await auth.require(request), request.params.id)
      return { names: await secrets.names(id) }
    },
  )
  app.delete(
    '/v2/policy-versions/:id/secrets/:name',
    {
      schema: {
        ...describe('Delete a secret of a policy version'),
        params: Id.extend({ name: z.string().min(1).max(100) }),
        response: { 200: SecretNames, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = await ownVersion(leagues, await auth.require(request), request.params.id)
      if (await secrets.remove(id, request.params.name)) return { names: await secrets.names(id) }
      throw new AppError('UNKNOWN_UPLOAD', `the policy version has no secret ${JSON.stringify(request.params.name)}`)
    },
  )
  done()
}

/** Apart from the others, since it alone reads bodies as streams. */
const archiveRoute: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, { auth, sources, blobs }, done) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(ARCHIVES, (_request, payload, parsed) => parsed(null, payload))
  app.post(
    '/v2/policies/sources',
    {
      config: { rateLimit: routeLimit(UPLOADS_PER_MINUTE) },
      schema: {
        ...describe('Upload the source of a policy: a tar archive, packed with gzip or not'),
        response: { 200: UploadedSource, '4xx': Problem },
      },
    },
    async (request) => {
      const caller = await auth.require(request)
      const { body } = request
      if (!(body instanceof Readable)) throw new AppError('UPLOAD_INVALID', 'the body is no archive')
      if (Number(request.headers['content-length']) > MAX_ARCHIVE_BYTES) {
        throw new AppError('BODY_TOO_LARGE', `an archive of source has at most ${MAX_ARCHIVE_BYTES} bytes`)
      }
      const source = await keepSource({ sources, blobs }, caller.playerId, body)
      const { paths } = await readSourceArchive(readBlob(blobs, source.blob))
      return {
        id: `src_${source.id}`,
        hash: source.hash,
        size_bytes: source.bytes,
        files: source.files,
        start: startOf(paths),
        created_at: new Date(source.createdAt).toISOString(),
      }
    },
  )
  done()
}

function startOf(paths: readonly string[]): string[] | null {
  try {
    return defaultRun(paths)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** A policy that was uploaded, as source or as an image. */
export interface NewUpload {
  readonly caller: Caller
  readonly name: string
  readonly player: LeaguePlayer
  readonly secrets: Readonly<Record<string, string>>
}

/** Stores the version and its secrets together. */
export async function addUploaded(
  { leagues, secrets: sealed }: LeagueRouteOptions,
  { caller, name, player, secrets }: NewUpload,
): Promise<PolicyUpload> {
  checkSecrets(secrets)
  const owner = caller.playerId ?? (await playerOf(leagues, name))
  const made = await leagues.addPolicyVersion(name, player, owner, (tx, id) => sealed.seal(tx, id, secrets))
  return { id: made.id, name: made.name, version: made.version, pools: null, submit_error: null }
}

/** The operator's policies are each their own player, as those of a league file are. */
async function playerOf(leagues: Leagues, name: string): Promise<string> {
  const names = await leagues.playerNames()
  const [last] = (await leagues.policyVersions({ name })).filter(
    ({ playerId }) => playerId && names.get(playerId) === name,
  )
  return last?.playerId ?? leagues.addPlayer(name)
}

async function ownVersion(leagues: Leagues, caller: Caller, id: string) {
  const version = await leagues.policyVersion(id)
  if (mayUse(caller, version.playerId)) return version
  throw new AppError('NOT_YOURS', `${version.name}:v${version.version} belongs to another player`)
}
