// Feedback of players on messages of characters.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { FeedbackCleared, FeedbackRequest, FeedbackStored, HttpError } from '../../protocol/session.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { credentialsOf, SessionIdParams } from './auth.ts'
import type { SessionServices } from './services.ts'

const EventId = SessionIdParams.extend({ event_id: z.string().min(1).max(100) })

export const feedbackRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  const { log } = services
  const feedback = { summary: 'Feedback of the player on a message', tags: ['sessions'], params: EventId }
  app.post(
    '/api/sessions/:id/events/:event_id/feedback',
    { schema: { ...feedback, body: FeedbackRequest, response: { 200: FeedbackStored, '4xx': HttpError } } },
    async (request) => {
      const { id, event_id } = request.params
      const playerId = await credentialsOf(services, request)
      const { liked, comment, doesnt_make_sense, out_of_character, other } = request.body
      const given = {
        liked,
        comment: comment.trim(),
        // Flags name faults, so a liked message has none.
        doesnt_make_sense: !liked && doesnt_make_sense,
        out_of_character: !liked && out_of_character,
        other: !liked && other,
        submitted_at: new Date().toISOString(),
      }
      const isKept = await log.feedback({ session: id, event: event_id, playerId }, given)
      if (!isKept) throw new ApiRefusal(404, 'Event not found, or not a message of the character')
      return { session_id: id, event_id, feedback: given }
    },
  )
  app.delete(
    '/api/sessions/:id/events/:event_id/feedback',
    { schema: { ...feedback, response: { 200: FeedbackCleared, '4xx': HttpError } } },
    async (request) => {
      const { id, event_id } = request.params
      const isCleared = await log.feedback(
        { session: id, event: event_id, playerId: await credentialsOf(services, request) },
        null,
      )
      if (!isCleared) throw new ApiRefusal(404, 'Event not found, or not a message of the character')
      return { session_id: id, event_id, cleared: true as const }
    },
  )
  done()
}
