// Scenarios of characters on this server: responses in the background, verdicts one by one.
import type { FastifyRequest } from 'fastify'
import { createClient } from '../../../client/client.ts'
import type { HitlDesk } from '../../../experiment/hitl/desk.ts'
import { AppError } from '../../../kernel/errors.ts'
import { AnswerHitl, HitlList, HitlParams, HitlState, JudgeHitl, NewHitl } from '../../../protocol/hitl-routes.ts'
import { HttpError } from '../../../protocol/session.ts'
import type { StudyServices } from '../services.ts'
import { type App, about } from './about.ts'

const BASE = '/api/research/hitl'

/** The address of this server for itself: attempts are played through the real routes. */
function ownUrl({ server }: FastifyRequest): string {
  const address = server.server.address()
  if (typeof address === 'object' && address !== null) {
    const isAny = address.address === '0.0.0.0' || address.address === '::'
    const host = isAny ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address
    return `http://${host}:${address.port}`
  }
  throw new AppError('BRIDGE_UNAVAILABLE', 'The server does not listen on a port.')
}

export function hitlRoutes(app: App, { sessions }: StudyServices, desk: HitlDesk): void {
  const state = { 200: HitlState, '4xx': HttpError }
  app.get(
    BASE,
    { schema: { ...about, summary: 'Characters with scenarios', response: { 200: HitlList, '4xx': HttpError } } },
    () => desk.list(),
  )
  app.post(
    BASE,
    { schema: { ...about, summary: 'Make the scenarios of a character', body: NewHitl, response: state } },
    async (request) => desk.create(request.body, await sessions.roster()),
  )
  app.get(
    `${BASE}/:hid`,
    { schema: { ...about, params: HitlParams, summary: 'The scenarios of a character', response: state } },
    (request) => desk.read(request.params.hid),
  )
  app.post(
    `${BASE}/:hid/answers`,
    {
      schema: {
        ...about,
        params: HitlParams,
        summary: 'Let the character answer what is pending, in the background',
        body: AnswerHitl,
        response: state,
      },
    },
    async (request) => {
      const { key } = await sessions.players.create({ fields: { display_name: 'Evaluator' }, issuesKey: true })
      const client = createClient({ url: ownUrl(request), key: key ?? undefined })
      return desk.answer(request.params.hid, client, request.body.regenerates)
    },
  )
  app.post(
    `${BASE}/:hid/feedback`,
    {
      schema: {
        ...about,
        params: HitlParams,
        summary: 'Judge one response; an earlier verdict is replaced',
        body: JudgeHitl,
        response: state,
      },
    },
    (request) => desk.judge(request.params.hid, request.body),
  )
}
