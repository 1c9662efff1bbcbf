// Registration and authentication of players.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { JsonObject } from '../../protocol/json.ts'
import { Authenticated, AuthRequest, HttpError, Registered, Registration } from '../../protocol/session.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { requirePlayer, requireStandard } from './auth.ts'
import type { SessionServices } from './services.ts'

/** Registrations and authentication attempts per address and minute. */
const REGISTRATIONS = 30
const ATTEMPTS = 120

export const playerRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const limit = (perMinute: number) => ({
    rateLimit: services.hasRateLimits ? routeLimit(perMinute) : (false as const),
  })
  const standardOnly = (_request: unknown, _reply: unknown, next: (error?: Error) => void): void => {
    try {
      requireStandard(services)
      next()
    } catch (error) {
      next(error instanceof Error ? error : new Error(String(error)))
    }
  }
  app.post(
    '/api/player/registration',
    {
      // Checked before the body: this mode has no players.
      onRequest: standardOnly,
      config: limit(REGISTRATIONS),
      schema: {
        summary: 'Register a player; the key is shown only once',
        tags: ['players'],
        body: Registration,
        response: { 200: Registered, '4xx': HttpError },
      },
    },
    async (request) => {
      const player = await services.players.create({ fields: fieldsOf(request.body), issuesKey: true })
      if (player.key === null) throw new Error('no key was issued')
      return { player_id: player.playerId, api_key: player.key }
    },
  )
  app.post(
    '/api/player/auth',
    {
      onRequest: standardOnly,
      config: limit(ATTEMPTS),
      schema: {
        summary: 'The player of this key',
        tags: ['players'],
        body: AuthRequest,
        response: { 200: Authenticated, '4xx': HttpError },
      },
    },
    async (request) => {
      const player_id = await requirePlayer(services, request.body.api_key)
      // The name is personal data, which is stored separately.
      return { player_id, full_name: '', authenticated: true as const }
    },
  )
  done()
}

/** The stored form: one object per field. */
function fieldsOf(form: Registration): JsonObject {
  const field = (key: string, label: string, about: { type: string; pii: boolean; answer: JsonObject[string] }) => ({
    key,
    type: about.type,
    label,
    required: true,
    pii: about.pii,
    answer: about.answer,
  })
  const text = (type: string, answer: JsonObject[string]) => ({ type, pii: true, answer })
  return {
    full_name: field('full_name', 'Full name', text('text', form.full_name)),
    email: field('email', 'Email', text('email', form.email)),
    phone_number: field('phone_number', 'Phone number', text('phone', form.phone_number)),
    consent_to_followup: field('consent_to_followup', 'May we contact you again?', {
      type: 'boolean',
      pii: false,
      answer: form.consent_to_followup,
    }),
    consent_signature: field('consent_signature', 'Signature', text('text', [form.consent_signature])),
  }
}
