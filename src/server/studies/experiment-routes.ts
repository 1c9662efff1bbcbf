// The experiments of the older generation, in the API of the original.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenStudy } from '../../experiment/service/environment.ts'
import { HttpError, PlayStarted } from '../../protocol/session.ts'
import {
  ExperimentAssignment,
  ExperimentOptions,
  ExperimentPlayers,
  ExperimentSetup,
  SelectExperiment,
  StartExperiment,
  StudyProgress,
  StudyStatusAnswer,
  SubmitAnswers,
} from '../../protocol/study-wire.ts'
import { bearerOf, requirePlayer, requireStandard } from '../sessions/auth.ts'
import type { StudyServices } from './services.ts'

const Params = z.strictObject({ name: z.string().min(1).max(200) })
const BASE = '/api/experiments/:name'

type App = Parameters<FastifyPluginCallbackZod<{ services: StudyServices }>>[0]

const about = { tags: ['experiments'], params: Params }

const enter =
  ({ sessions, catalogue }: StudyServices) =>
  async (request: FastifyRequest<{ Params: { name: string } }>): Promise<{ open: OpenStudy; player: string }> => {
    requireStandard(sessions)
    const player = await requirePlayer(sessions, bearerOf(request))
    return { open: await catalogue.open(request.params.name, 'experiment'), player }
  }

function standingRoutes(app: App, services: StudyServices): void {
  const { experiments } = services
  app.get(
    `${BASE}/setup`,
    {
      schema: {
        ...about,
        summary: 'Status of the caller in an experiment',
        response: { 200: ExperimentSetup, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return experiments.setup(open, player)
    },
  )
  app.get(
    `${BASE}/progress`,
    {
      schema: {
        ...about,
        summary: 'Progress of an experiment',
        response: { 200: StudyProgress, '4xx': HttpError },
      },
    },
    async (request) => experiments.progress((await enter(services)(request)).open),
  )
  app.get(
    `${BASE}/status`,
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

function formRoutes(app: App, services: StudyServices): void {
  const { experiments } = services
  app.post(
    `${BASE}/players`,
    {
      schema: {
        ...about,
        summary: 'Answer the forms before the experiment',
        body: SubmitAnswers,
        response: { 200: ExperimentPlayers, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return { assignment: await experiments.submitBefore(open, player, request.body.responses) }
    },
  )
  app.post(
    `${BASE}/post-play`,
    {
      schema: {
        ...about,
        summary: 'Answer the forms after an assignment',
        body: SubmitAnswers,
        response: { 200: ExperimentAssignment, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return experiments.submitAfter(open, player, request.body.responses)
    },
  )
}

function playRoutes(app: App, services: StudyServices): void {
  const { experiments } = services
  app.post(
    `${BASE}/sessions`,
    {
      schema: {
        ...about,
        summary: 'Start the session of the current assignment',
        body: StartExperiment.nullish(),
        response: { 200: PlayStarted, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return experiments.start(open, player, request.body?.source ?? 'experiment')
    },
  )
  app.get(
    `${BASE}/eligible-options`,
    {
      schema: {
        ...about,
        summary: 'Choices of the caller',
        response: { 200: ExperimentOptions, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return { options: await experiments.options(open, player) }
    },
  )
  app.post(
    `${BASE}/assignments/select`,
    {
      schema: {
        ...about,
        summary: 'Choose what to play',
        body: SelectExperiment,
        response: { 200: ExperimentAssignment, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return experiments.select(open, player, { game: request.body.game_name, pc: request.body.character_hid })
    },
  )
}

export const experimentRoutes: FastifyPluginCallbackZod<{ services: StudyServices }> = (app, { services }, done) => {
  standingRoutes(app, services)
  formRoutes(app, services)
  playRoutes(app, services)
  done()
}
