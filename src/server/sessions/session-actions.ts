// Actions on a session: branches, evaluations, spectator keys.
import { randomBytes } from 'node:crypto'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { branchSession } from '../../adapters/session/branch.ts'
import { Branched, BranchRequest, EvaluationAnswer, HttpError, SpectatorKey } from '../../protocol/session.ts'
import { hashAccessKey } from '../../store/people/access-key.ts'
import { credentialsOf, ownHeader, requireStandard, SessionIdParams } from './auth.ts'
import { wsPathOf } from './play-routes.ts'
import type { SessionServices } from './services.ts'

export const afterRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const { log, registry, games, episodes } = services
  app.post(
    '/api/sessions/:id/branch',
    {
      schema: {
        summary: 'Branch a session: a new session with the same past',
        tags: ['sessions'],
        params: SessionIdParams,
        body: BranchRequest.nullish(),
        response: { 200: Branched, '4xx': HttpError },
      },
    },
    async (request) => {
      requireStandard(services)
      const header = await ownHeader(services, request.params.id, await credentialsOf(services, request))
      const child = await branchSession(header, {
        log,
        registry,
        games,
        episodes,
        atTurn: request.body?.at_turn ?? undefined,
      })
      return {
        session_id: child.session_id,
        branch_from_session_id: header.session_id,
        game_name: child.game_name,
        status: 'paused' as const,
        ws_path: wsPathOf(child.session_id),
      }
    },
  )
  app.post(
    '/api/sessions/:id/infer-intent/evaluation',
    {
      schema: {
        summary: 'Score the intention that the player inferred',
        tags: ['sessions'],
        params: SessionIdParams,
        response: { 200: EvaluationAnswer, '4xx': HttpError, '5xx': HttpError },
      },
    },
    async (request) => {
      const header = await ownHeader(services, request.params.id, await credentialsOf(services, request))
      return services.evaluator.evaluate(header)
    },
  )
  app.post(
    '/api/sessions/:id/spectators',
    {
      schema: {
        summary: 'Create a key that only allows watching; it is shown only once',
        tags: ['sessions'],
        params: SessionIdParams,
        response: { 200: SpectatorKey, '4xx': HttpError },
      },
    },
    async (request) => {
      requireStandard(services)
      const header = await ownHeader(services, request.params.id, await credentialsOf(services, request))
      const key = `dcs-sk-${randomBytes(32).toString('base64url')}`
      await log.addSpectatorKey(header.session_id, hashAccessKey(key))
      return { spectator_key: key, ws_path: wsPathOf(header.session_id) }
    },
  )
  done()
}
