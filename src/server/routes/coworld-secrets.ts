// Secrets of packages: stored, listed by name and deleted by the owner of the package's name. No route returns a value.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { CoworldSecret } from '../../protocol/hosted-later.ts'
import { Problem } from '../../protocol/problem.ts'
import { type CoworldSecretRecord, MAX_COWORLD_SECRET } from '../../store/leagues/coworld-secrets.ts'
import type { CoworldName } from '../../store/leagues/coworlds.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import type { Caller } from '../hosted-auth.ts'
import { mayUse } from '../hosted-auth.ts'
import { describe, type LeagueRouteOptions } from './league-queries.ts'

/** Changes per minute and address. */
const CHANGES_PER_MINUTE = 60

const Coworld = z.strictObject({ coworld: z.string().min(1).max(200) })
const Secret = Coworld.extend({ name: z.string().min(1).max(200) })
const answers = { '4xx': Problem }

export const coworldSecretRoutes: FastifyPluginCallbackZod<LeagueRouteOptions> = (app, options, done) => {
  const { auth, coworldSecrets: secrets } = options
  const config = { rateLimit: routeLimit(CHANGES_PER_MINUTE) }
  app.removeAllContentTypeParsers()
  // The body is the secret itself, whatever the client calls it.
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_COWORLD_SECRET }, (_request, body, parsed) =>
    parsed(null, body),
  )
  app.put(
    '/v2/coworlds/secrets/:coworld/:name',
    {
      config,
      bodyLimit: MAX_COWORLD_SECRET,
      schema: {
        ...describe('Store a secret for the game of a package of yours; the body is its value'),
        params: Secret,
        response: { 200: CoworldSecret, ...answers },
      },
    },
    async (request) => {
      const owned = await own(options, await auth.require(request), request.params.coworld)
      const { body } = request
      const value = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      return toSecret(owned, await secrets.put(owned.name, request.params.name, value))
    },
  )
  app.get(
    '/v2/coworlds/secrets/:coworld',
    {
      schema: {
        ...describe('Names of the secrets of a package of yours'),
        params: Coworld,
        response: { 200: z.array(CoworldSecret), ...answers },
      },
    },
    async (request) => {
      const owned = await own(options, await auth.require(request), request.params.coworld)
      return (await secrets.list(owned.name)).map((each) => toSecret(owned, each))
    },
  )
  app.delete(
    '/v2/coworlds/secrets/:coworld/:name',
    {
      config,
      schema: {
        ...describe('Delete a secret of a package of yours'),
        params: Secret,
        response: { 200: CoworldSecret, ...answers },
      },
    },
    async (request) => {
      const owned = await own(options, await auth.require(request), request.params.coworld)
      return toSecret(owned, await secrets.remove(owned.name, request.params.name))
    },
  )
  done()
}

/** The name of a package of the caller. @throws AppError UNKNOWN_UPLOAD, NOT_YOURS */
async function own({ coworlds }: LeagueRouteOptions, caller: Caller, coworld: string): Promise<CoworldName> {
  const found = await coworlds.findName(coworld)
  if (mayUse(caller, found.playerId)) return found
  throw new AppError('NOT_YOURS', `the package ${found.name} belongs to another player`)
}

const toSecret = ({ coworldId, name, playerId }: CoworldName, secret: CoworldSecretRecord): CoworldSecret => ({
  coworld_id: `cow_${coworldId}`,
  coworld_name: name,
  owner_user_id: playerId === null ? 'user_operator' : `player_${playerId}`,
  secret_name: secret.name,
  size_bytes: secret.bytes,
  updated_at: new Date(secret.updatedAt).toISOString(),
})
