// Participants and their stages, the history of one participant, and transcripts.
import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { HttpError } from '../../../protocol/session.ts'
import {
  ParticipantTimeline,
  ParticipantViews,
  StudyParticipants,
  StudyTranscript,
} from '../../../protocol/study-research.ts'
import { ParticipantData } from '../../../protocol/study-routes.ts'
import type { PageStart } from '../../../store/studies/monitor.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, PlayerParams, StudyParams } from './about.ts'
import { participantRows, requireParticipant, sessionRow } from './rows.ts'

/** Participants per page of the monitor. */
const PAGE = 200
/** Maximum number of transcript events in one response: a session of 500 turns has fewer. */
const MAX_EVENTS = 10_000

const Page = z.object({
  /** `next` of the previous page. */
  after: z.string().max(150).default(''),
  view: ParticipantViews.default('all'),
})
export const SessionParams = StudyParams.extend({ session: z.string().min(1).max(100) })

/** Parses `<ms>_<player>` as the start of a page; empty: the beginning. @throws AppError VALIDATION_ERROR */
function readStart(after: string): PageStart | undefined {
  if (after === '') return undefined
  const [, ms, player] = /^(\d{1,15})_(.+)$/.exec(after) ?? []
  if (ms !== undefined && player !== undefined) return { joinedAt: Number(ms), player }
  throw new AppError('VALIDATION_ERROR', 'after: send what `next` of the page before was')
}

export function peopleRoutes(app: App, services: StudyServices): void {
  const { catalogue, monitor } = services
  app.get(
    `${BASE}/:name/participants`,
    {
      schema: {
        ...about,
        params: StudyParams,
        summary: 'Participants and their stages',
        querystring: Page,
        response: { 200: StudyParticipants, '4xx': HttpError },
      },
    },
    async (request) => {
      const open = await catalogue.open(request.params.name)
      const { after, view } = request.query
      const start = { after: readStart(after), limit: PAGE, isPresent: view === 'now' }
      const found = await monitor.page(open.study.name, start)
      const last = found.at(-1)
      return {
        participants: await participantRows(services, open, found),
        next: found.length < PAGE || !last ? null : `${last.createdAt}_${last.player}`,
        now: new Date().toISOString(),
      }
    },
  )
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
    async (request) =>
      services.enrolment.data((await catalogue.open(request.params.name)).study.name, request.params.player),
  )
  timelineRoutes(app, services)
}

function timelineRoutes(app: App, services: StudyServices): void {
  const { catalogue, monitor, studies } = services
  app.get(
    `${BASE}/:name/participants/:player/timeline`,
    {
      schema: {
        ...about,
        params: PlayerParams,
        summary: 'The history of a participant, with the answers',
        response: { 200: ParticipantTimeline, '4xx': HttpError },
      },
    },
    async (request) => {
      const open = await catalogue.open(request.params.name)
      return timelineOf(services, open, request.params.player)
    },
  )
  app.get(
    `${BASE}/:name/sessions/:session`,
    {
      schema: {
        ...about,
        params: SessionParams,
        summary: 'The transcript of a session',
        response: { 200: StudyTranscript, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const { session: id } = request.params
      const place = await studies.placeOf(id)
      if (place?.study !== study.name) throw unknownSession(id, study.name)
      const [played] = (await monitor.sessions([place.assignment])).filter((each) => each.id === id)
      const header = await services.sessions.log.header(id)
      if (!played || !header) throw unknownSession(id, study.name)
      const events = await services.sessions.log.events(id)
      return {
        session: sessionRow(played),
        player_id: header.player_id ?? '',
        game_name: header.game_name,
        pc_hid: header.pc_hid,
        events: events.slice(0, MAX_EVENTS).map((event) => ({
          seq: event.seq,
          at: event.event_ts,
          direction: event.direction,
          source: event.event_source,
          type: event.event_type,
          turn: event.turn_index,
          content: event.content,
          visible: event.visible_to_user,
          feedback: event.feedback,
        })),
      }
    },
  )
}

export const unknownSession = (id: string, study: string): AppError =>
  new AppError('UNKNOWN_SESSION', `There is no session ${id} in ${study}.`, {
    hint: 'The timeline of a participant lists their sessions.',
  })

export async function timelineOf(
  services: StudyServices,
  open: Awaited<ReturnType<StudyServices['catalogue']['open']>>,
  player: string,
): Promise<z.infer<typeof ParticipantTimeline>> {
  const { monitor, studies } = services
  const found = await requireParticipant(services, open.study.name, player)
  const rows = await studies.assignments(open.study.name, [player])
  const [participant] = await participantRows(services, open, [found])
  if (!participant) throw new AppError('UNKNOWN_PLAYER', `There is no participant ${player} in ${open.study.name}.`)
  const sessions = await monitor.sessions(rows.map(({ id }) => id))
  return {
    participant,
    external: { ...found.external },
    completion_code: found.completionCode,
    forms: found.forms,
    assignment_forms: Object.fromEntries(rows.map(({ id, forms }) => [id, forms])),
    sessions: sessions.map(sessionRow),
  }
}
