// The run of a server (the newer generation), in the API of the original.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { HttpError, PlayStarted, Registered } from '../../protocol/session.ts'
import {
  RunAssignment,
  RunOptions,
  RunSetup,
  SelectRun,
  StartRun,
  StudyProgress,
  StudyStatusAnswer,
  SubmitGroup,
  SubmittedGroup,
} from '../../protocol/study-wire.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { bearerOf, requirePlayer } from '../sessions/auth.ts'
import type { StudyServices } from './services.ts'

/** Anonymous players per address per minute: a class may share an address. */
const ANONYMOUS = 120

type App = Parameters<FastifyPluginCallbackZod<{ services: StudyServices }>>[0]

const about = { tags: ['run'] }

const enter = (services: StudyServices) => async (request: FastifyRequest) => {
  const player = await requirePlayer(services.sessions, bearerOf(request))
  return { player, open: await services.run() }
}

const isAlive =
  ({ sessions }: StudyServices) =>
  async (session: string): Promise<boolean> => {
    const found = await sessions.log.find(session)
    return found !== undefined && found.standing !== 'closed'
  }

function standingRoutes(app: App, services: StudyServices): void {
  const { experiments, runs } = services
  app.get(
    '/api/run/setup',
    {
      schema: { ...about, summary: 'Status of the caller in the run', response: { 200: RunSetup, '4xx': HttpError } },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return runs.setup(open, player)
    },
  )
  app.get(
    '/api/run/progress',
    { schema: { ...about, summary: 'Progress of the run', response: { 200: StudyProgress, '4xx': HttpError } } },
    async (request) => experiments.progress((await enter(services)(request)).open),
  )
  app.get(
    '/api/run/status',
    {
      schema: {
        ...about,
        summary: 'Progress of each game',
        response: { 200: StudyStatusAnswer, '4xx': HttpError },
      },
    },
    async (request) => experiments.status((await enter(services)(request)).open),
  )
}

function playRoutes(app: App, services: StudyServices): void {
  const { runs } = services
  app.post(
    '/api/run/forms/submit',
    {
      schema: {
        ...about,
        summary: 'Answer a group of forms',
        body: SubmitGroup,
        response: { 200: SubmittedGroup, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return runs.submit(open, player, request.body.group_id, request.body.responses)
    },
  )
  app.post(
    '/api/run/sessions',
    {
      schema: {
        ...about,
        summary: 'Start or reopen the session of an assignment',
        body: StartRun.nullish(),
        response: { 200: PlayStarted, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const { source = 'run', assignment_id = null } = request.body ?? {}
      return runs.start(open, player, { source, wanted: assignment_id, isAlive: isAlive(services) })
    },
  )
}

function choiceRoutes(app: App, services: StudyServices): void {
  const { runs } = services
  app.get(
    '/api/run/eligible-options',
    {
      schema: {
        ...about,
        summary: 'Choices of the caller',
        response: { 200: RunOptions, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return { options: await runs.options(open, player) }
    },
  )
  app.post(
    '/api/run/assignments/select',
    {
      schema: {
        ...about,
        summary: 'Choose what to play',
        body: SelectRun,
        response: { 200: RunAssignment, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const { game_name: game, pc_hid: pc, npc_hid: npc } = request.body
      return runs.select(open, player, { game, pc, npc })
    },
  )
}

function anonymousRoute(app: App, services: StudyServices): void {
  const { sessions } = services
  app.post(
    '/api/player/anonymous',
    {
      config: { rateLimit: sessions.hasRateLimits ? routeLimit(ANONYMOUS) : (false as const) },
      schema: {
        summary: 'Create a player without registration; the key is shown only once',
        tags: ['players'],
        response: { 200: Registered, '4xx': HttpError },
      },
    },
    async () => {
      const { study } = await services.run()
      if (study.needsRegistration) throw new ApiRefusal(409, 'This run needs registration')
      const made = await sessions.players.create({ fields: {}, issuesKey: true })
      return { player_id: made.playerId, api_key: made.key ?? '' }
    },
  )
}

export const runRoutes: FastifyPluginCallbackZod<{ services: StudyServices }> = (app, { services }, done) => {
  standingRoutes(app, services)
  playRoutes(app, services)
  choiceRoutes(app, services)
  anonymousRoute(app, services)
  done()
}
