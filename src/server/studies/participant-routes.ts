// Actions of participants in a study, the same for both generations: the routes behind the participant pages.
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireTakingPart } from '../../experiment/service/environment.ts'
import { checkStart } from '../../experiment/service/experiments.ts'
import { infoOf } from '../../experiment/service/state.ts'
import { HttpError, PlayStarted } from '../../protocol/session.ts'
import {
  GiveConsent,
  JoinedStudy,
  JoinStudy,
  ParticipantData,
  ParticipantState,
  SelectStudy,
  StartStudy,
  StudyInfo,
  SubmitStudyForms,
  Withdraw,
  Withdrawn,
} from '../../protocol/study-routes.ts'
import { routeLimit } from '../../transport/rate-limit.ts'
import { bearerOf, requirePlayer, requireStandard } from '../sessions/auth.ts'
import type { StudyServices } from './services.ts'

const Params = z.strictObject({ name: z.string().min(1).max(200) })
const BASE = '/api/studies/:name'
/** Participants that may join from one address per minute: a laboratory has one address. */
const JOINS = 600

type App = Parameters<FastifyPluginCallbackZod<{ services: StudyServices }>>[0]

const about = { tags: ['studies'], params: Params }

const enter =
  ({ sessions, catalogue }: StudyServices) =>
  async (request: FastifyRequest<{ Params: { name: string } }>) => {
    requireStandard(sessions)
    const player = await requirePlayer(sessions, bearerOf(request))
    return { open: await catalogue.open(request.params.name), player }
  }

const isAlive =
  ({ sessions }: StudyServices) =>
  async (session: string): Promise<boolean> => {
    const found = await sessions.log.find(session)
    return found !== undefined && found.standing !== 'closed'
  }

function comingRoutes(app: App, services: StudyServices): void {
  const { catalogue, enrolment, experiments, sessions, states } = services
  app.get(
    BASE,
    {
      schema: { ...about, summary: 'Public facts about a study', response: { 200: StudyInfo, '4xx': HttpError } },
    },
    async (request) => {
      const open = await catalogue.open(request.params.name)
      const { is_open } = await experiments.status(open)
      return infoOf(open, is_open)
    },
  )
  app.post(
    `${BASE}/join`,
    {
      config: { rateLimit: sessions.hasRateLimits ? routeLimit(JOINS) : (false as const) },
      schema: {
        ...about,
        summary: 'Join a study; returns the key of the participant',
        body: JoinStudy,
        response: { 200: JoinedStudy, '4xx': HttpError },
      },
    },
    async (request) => {
      requireStandard(sessions)
      const { token, external } = request.body
      return enrolment.join(await catalogue.open(request.params.name), { token, external })
    },
  )
  app.get(
    `${BASE}/me`,
    {
      schema: {
        ...about,
        summary: 'Current stage of the caller',
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return states.of(open, player)
    },
  )
}

function answerRoutes(app: App, services: StudyServices): void {
  const { enrolment, experiments, runs, states } = services
  app.post(
    `${BASE}/consent`,
    {
      schema: {
        ...about,
        summary: 'Agree to the consent text of a study',
        body: GiveConsent,
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const { version, signature } = request.body
      await enrolment.consent(open, player, { version, signature })
      return states.of(open, player)
    },
  )
  app.post(
    `${BASE}/forms`,
    {
      schema: {
        ...about,
        summary: 'Answer the current forms',
        body: SubmitStudyForms,
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const { group_id, responses } = request.body
      if (open.study.generation === 'run') await runs.submit(open, player, group_id, responses)
      else if (group_id === 'after') await experiments.submitAfter(open, player, responses)
      else await experiments.submitBefore(open, player, responses)
      return states.of(open, player)
    },
  )
}

function playRoutes(app: App, services: StudyServices): void {
  const { experiments, runs, states } = services
  app.post(
    `${BASE}/select`,
    {
      schema: {
        ...about,
        summary: 'Choose what to play',
        body: SelectStudy,
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const { game_name: game, pc_hid: pc, npc_hid: npc } = request.body
      if (open.study.generation === 'run') await runs.select(open, player, { game, pc, npc: npc ?? '' })
      else await experiments.select(open, player, { game, pc })
      return states.of(open, player)
    },
  )
  app.post(
    `${BASE}/sessions`,
    {
      schema: {
        ...about,
        summary: 'Start or reopen the session of the assignment',
        body: StartStudy.nullish(),
        response: { 200: PlayStarted, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      const wanted = request.body?.assignment_id ?? null
      return begunOnce(
        async () => {
          const { session } = await states.of(open, player)
          const isOpen = session !== null && (await isAlive(services)(session.session_id))
          return isOpen ? { ...session, status: 'active' as const } : undefined
        },
        () =>
          open.study.generation === 'experiment'
            ? experiments.start(open, player, 'study')
            : runs.start(open, player, { source: 'study', wanted, isAlive: isAlive(services) }),
      )
    },
  )
}

/** A second click of a participant gets what the first has begun, also if it began while the second was handled. */
async function begunOnce<T>(begun: () => Promise<T | undefined>, begin: () => Promise<T>): Promise<T> {
  const already = await begun()
  if (already !== undefined) return already
  try {
    return await begin()
  } catch (error) {
    const meanwhile = await begun()
    if (meanwhile === undefined) throw error
    return meanwhile
  }
}

function episodeRoutes(app: App, services: StudyServices): void {
  const { experiments, runs, plays, states } = services
  app.post(
    `${BASE}/episodes`,
    {
      schema: {
        ...about,
        summary: 'Start the episode of the assignment, or wait for the others who play it',
        body: StartStudy.nullish(),
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return begunOnce(
        async () => {
          const state = await states.of(open, player)
          return state.stage === 'episode' || state.stage === 'waiting' ? state : undefined
        },
        async () => {
          if (open.study.generation === 'experiment') {
            await plays.enter(open, await experiments.startable(open, player), (scene) => checkStart(open, scene))
          } else {
            const row = await runs.startable(open, player, request.body?.assignment_id ?? null)
            await plays.enter(open, row, (scene) => requireTakingPart(open, scene))
          }
          return states.of(open, player)
        },
      )
    },
  )
  app.delete(
    `${BASE}/waiting`,
    {
      schema: {
        ...about,
        summary: 'Leave the waiting room; the assignment stays',
        response: { 200: ParticipantState, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      await plays.leave(open, player)
      return states.of(open, player)
    },
  )
}

function leavingRoutes(app: App, services: StudyServices): void {
  const { enrolment } = services
  app.post(
    `${BASE}/withdraw`,
    {
      schema: {
        ...about,
        summary: 'Withdraw from a study, and optionally delete all data',
        body: Withdraw,
        response: { 200: Withdrawn, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      await enrolment.withdraw(open.study.name, player, request.body.erase)
      return { erased: request.body.erase }
    },
  )
  app.get(
    `${BASE}/export`,
    {
      schema: {
        ...about,
        summary: 'All data of the caller in a study',
        response: { 200: ParticipantData, '4xx': HttpError },
      },
    },
    async (request) => {
      const { open, player } = await enter(services)(request)
      return enrolment.data(open.study.name, player)
    },
  )
}

export const participantRoutes: FastifyPluginCallbackZod<{ services: StudyServices }> = (app, { services }, done) => {
  comingRoutes(app, services)
  answerRoutes(app, services)
  playRoutes(app, services)
  episodeRoutes(app, services)
  leavingRoutes(app, services)
  done()
}
