// Researchers' actions on one participant: release an assignment, end a session, delete everything.
import { AppError } from '../../../kernel/errors.ts'
import { HttpError } from '../../../protocol/session.ts'
import { EndedStudySession, ParticipantTimeline } from '../../../protocol/study-research.ts'
import { Withdrawn } from '../../../protocol/study-routes.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, PlayerParams } from './about.ts'
import { SessionParams, timelineOf, unknownSession } from './people.ts'
import { requireParticipant } from './rows.ts'

const AssignmentParams = PlayerParams.extend({ assignment: PlayerParams.shape.player })

/** The exit reason of sessions that a researcher ended: it interrupts their assignments. */
const ENDED = 'ended_by_researcher'

export function actRoutes(app: App, services: StudyServices): void {
  const { catalogue, studies } = services
  app.post(
    `${BASE}/:name/participants/:player/assignments/:assignment/release`,
    {
      schema: {
        ...about,
        params: AssignmentParams,
        summary: 'Withdraw an assignment that is not being played, which frees its place',
        response: { 200: ParticipantTimeline, '4xx': HttpError },
      },
    },
    async (request) => {
      const open = await catalogue.open(request.params.name)
      await release(services, { study: open.study.name, ...request.params })
      return timelineOf(services, open, request.params.player)
    },
  )
  app.post(
    `${BASE}/:name/sessions/:session/end`,
    {
      schema: {
        ...about,
        params: SessionParams,
        summary: 'End a session; its assignment counts as interrupted',
        response: { 200: EndedStudySession, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const { session } = request.params
      if ((await studies.placeOf(session))?.study !== study.name) throw unknownSession(session, study.name)
      return { ended: await endSession(services, session) }
    },
  )
  deleteRoute(app, services)
}

/** @returns whether the session was in progress @throws AppError SLOT_TAKEN: another server plays it */
async function endSession({ sessions }: StudyServices, session: string): Promise<boolean> {
  const ended = await sessions.registry.end(session, ENDED)
  if (ended === 'taken') {
    throw new AppError('SLOT_TAKEN', `Session ${session} is played on another server.`, {
      hint: 'Try again once its player has gone, or ask that server.',
    })
  }
  return ended === 'ended'
}

function deleteRoute(app: App, services: StudyServices): void {
  const { catalogue, enrolment, studies } = services
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
      await requireParticipant(services, study.name, player)
      // A session in progress would continue to write after its rows are deleted.
      for (const { session } of await studies.assignments(study.name, [player])) {
        if (session !== null) await endSession(services, session)
      }
      await enrolment.withdraw(study.name, player, true)
      return { erased: true }
    },
  )
}

async function release(
  services: StudyServices,
  { study, player, assignment }: { readonly study: string; readonly player: string; readonly assignment: string },
): Promise<void> {
  await requireParticipant(services, study, player)
  await services.studies.act({ study, player }, { limit: null }, ({ rows, now }) => {
    const row = rows.find(({ id }) => id === assignment)
    if (!row) {
      throw new AppError('STUDY_REFUSED', 'The participant has no such assignment; it may have expired.')
    }
    if (row.status === 'in_progress') {
      throw new AppError('STUDY_REFUSED', 'The assignment is being played.', { hint: 'End its session first.' })
    }
    if (row.status === 'completed') throw new AppError('STUDY_REFUSED', 'The assignment has been completed.')
    const released = { ...row, status: 'expired' as const, isReserved: false, reservedUntil: null, updatedAt: now }
    return { rows: [released], result: undefined }
  })
}
