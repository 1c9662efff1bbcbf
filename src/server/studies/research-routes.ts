// Routes for researchers, with the admin key: files, links, the monitor, closing, and the data of one participant.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenStudy } from '../../experiment/service/environment.ts'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import { HttpError } from '../../protocol/session.ts'
import {
  CheckedStudy,
  MadeLinks,
  MakeLinks,
  ParticipantData,
  PutStudy,
  StudyBoard,
  StudyEntry,
  StudyList,
  StudyParticipants,
  Withdrawn,
} from '../../protocol/study-routes.ts'
import type { Participant, StoredAssignment } from '../../store/studies/rows.ts'
import { requireAdmin } from '../sessions/auth.ts'
import type { StudyServices } from './services.ts'

const Params = z.strictObject({ name: z.string().min(1).max(200) })
const PlayerParams = Params.extend({ player: z.string().min(1).max(100) })
const Page = z.object({ after: z.string().max(100).default('') })
const BASE = '/api/research/studies'
/** Participants of one page of the monitor. */
const PAGE = 200

const fromMs = (ms: number): string => new Date(ms).toISOString()
const fromMsOrNull = (ms: number | null): string | null => (ms === null ? null : fromMs(ms))

type App = Parameters<FastifyPluginCallbackZod<{ services: StudyServices }>>[0]

const about = { tags: ['research'], description: 'Needs the admin key.' }

const one = { ...about, params: Params }

const entryOf =
  ({ experiments }: StudyServices) =>
  async (open: OpenStudy): Promise<z.infer<typeof StudyEntry>> => ({
    name: open.study.name,
    generation: open.study.generation,
    title: open.study.settings.title ?? open.study.name,
    is_closed: open.isClosed,
    progress: await experiments.progress(open),
  })

function fileRoutes(app: App, services: StudyServices): void {
  const { catalogue } = services
  app.get(
    BASE,
    { schema: { ...about, summary: 'The studies', response: { 200: StudyList, '4xx': HttpError } } },
    async () => ({
      studies: await Promise.all((await catalogue.list()).map(entryOf(services))),
    }),
  )
  app.post(
    BASE,
    {
      schema: {
        ...about,
        summary: 'Add a study, or replace its file',
        body: PutStudy,
        response: { 200: StudyEntry, '4xx': HttpError },
      },
    },
    async (request) =>
      entryOf(services)(await catalogue.open((await catalogue.add(request.body.source, { where: 'the file' })).name)),
  )
  app.post(
    `${BASE}/check`,
    {
      schema: {
        ...about,
        summary: 'Check a file and return every mistake',
        body: PutStudy,
        response: { 200: CheckedStudy, '4xx': HttpError },
      },
    },
    (request) => {
      const { generation, config, faults, warnings } = catalogue.check(request.body.source)
      return {
        generation,
        is_valid: config !== undefined,
        faults: [...faults],
        warnings: [...warnings],
        config: config === undefined ? null : JsonObject.parse(config),
      }
    },
  )
}

function boardRoutes(app: App, services: StudyServices): void {
  const { catalogue, experiments, studies } = services
  app.get(
    `${BASE}/:name`,
    { schema: { ...one, summary: 'The quota board of a study', response: { 200: StudyBoard, '4xx': HttpError } } },
    async (request) => {
      const open = await catalogue.open(request.params.name)
      const { study, source, isClosed } = open
      return { name: study.name, source, is_closed: isClosed, status: await experiments.status(open) }
    },
  )
  for (const [verb, isClosed] of [
    ['close', true],
    ['open', false],
  ] as const) {
    app.post(
      `${BASE}/:name/${verb}`,
      {
        schema: {
          ...one,
          summary: isClosed ? 'Close a study to new participants' : 'Reopen a study to new participants',
          response: { 200: StudyEntry, '4xx': HttpError },
        },
      },
      async (request) => {
        const { study } = await catalogue.open(request.params.name)
        await studies.setClosed(study.name, isClosed)
        return entryOf(services)(await catalogue.open(study.name))
      },
    )
  }
}

function peopleRoutes(app: App, services: StudyServices): void {
  const { catalogue, enrolment, studies } = services
  app.post(
    `${BASE}/:name/links`,
    {
      schema: {
        ...one,
        summary: 'Create links; they are shown only once',
        body: MakeLinks,
        response: { 200: MadeLinks, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const { count, is_reusable: isReusable, label } = request.body
      const tokens = await enrolment.makeLinks(study.name, count, { label, isReusable })
      const path = `/study/${encodeURIComponent(study.name)}`
      return { links: tokens.map((token) => ({ token, path: `${path}?token=${token}`, label })) }
    },
  )
  app.get(
    `${BASE}/:name/participants`,
    {
      schema: {
        ...one,
        summary: 'Participants and their stages',
        querystring: Page,
        response: { 200: StudyParticipants, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const found = await studies.participants(study.name, request.query.after, PAGE)
      const rows = await studies.assignments(
        study.name,
        found.map(({ player }) => player),
      )
      const participants = found.map((each) =>
        participantOf(
          each,
          rows.filter(({ player }) => player === each.player),
        ),
      )
      return { participants, next: found.length < PAGE ? null : (found.at(-1)?.player ?? null) }
    },
  )
}

function dataRoutes(app: App, services: StudyServices): void {
  const { catalogue, enrolment, studies } = services
  app.get(
    `${BASE}/:name/participants/:player`,
    {
      schema: {
        ...about,
        params: PlayerParams,
        summary: 'All data of a participant in a study',
        response: { 200: ParticipantData, '4xx': HttpError },
      },
    },
    async (request) => enrolment.data((await catalogue.open(request.params.name)).study.name, request.params.player),
  )
  app.delete(
    `${BASE}/:name/participants/:player`,
    {
      schema: {
        ...about,
        params: PlayerParams,
        summary: 'Delete all data of a participant in a study',
        response: { 200: Withdrawn, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const { player } = request.params
      if (!(await studies.participant(study.name, player))) {
        throw new AppError('UNKNOWN_PLAYER', `there is no participant ${player} in ${study.name}`)
      }
      await enrolment.withdraw(study.name, player, true)
      return { erased: true }
    },
  )
}

export const researchRoutes: FastifyPluginCallbackZod<{ services: StudyServices }> = (app, { services }, done) => {
  app.addHook('onRequest', (request, _reply, next) => {
    requireAdmin(services.sessions, request)
    next()
  })
  fileRoutes(app, services)
  boardRoutes(app, services)
  peopleRoutes(app, services)
  dataRoutes(app, services)
  done()
}

function participantOf(participant: Participant, rows: readonly StoredAssignment[]) {
  return {
    player_id: participant.player,
    joined_at: fromMs(participant.createdAt),
    active_at: fromMs(rows.reduce((last, { updatedAt }) => Math.max(last, updatedAt), participant.updatedAt)),
    consent_version: participant.consentVersion,
    withdrawn_at: fromMsOrNull(participant.withdrawnAt),
    completed_at: fromMsOrNull(participant.completedAt),
    forms: Object.keys(participant.forms),
    assignments: rows.map((row) => ({
      assignment_id: row.id,
      game_name: row.game,
      pc_hid: row.pc,
      npc_hid: row.npc,
      status: row.status,
      assigned_at: fromMs(row.assignedAt),
      started_at: fromMsOrNull(row.startedAt),
      completed_at: fromMsOrNull(row.completedAt),
      interrupted_at: fromMsOrNull(row.interruptedAt),
      active_session_id: row.session,
    })),
  }
}
