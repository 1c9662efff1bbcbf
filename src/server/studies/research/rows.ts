// Participants and boards as researchers' pages show them.

import { isFull } from '../../../experiment/assignment/progress.ts'
import { tallyOf } from '../../../experiment/assignment/rows.ts'
import { stageOf } from '../../../experiment/assignment/standing.ts'
import { formJson } from '../../../experiment/forms/form.ts'
import { type OpenStudy, toRules } from '../../../experiment/service/environment.ts'
import { maximumOf } from '../../../experiment/strategy/random-unique.ts'
import { runMaximumOf } from '../../../experiment/strategy/run-strategies.ts'
import type { Study } from '../../../experiment/study.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { CheckedStudy, StudyBoard, StudyEntry, StudyParticipant } from '../../../protocol/study-research.ts'
import type { PlayedSession } from '../../../store/studies/monitor.ts'
import type { Participant, StoredAssignment } from '../../../store/studies/rows.ts'
import type { StudyServices } from '../services.ts'

const fromMs = (ms: number): string => new Date(ms).toISOString()
const fromMsOrNull = (ms: number | null): string | null => (ms === null ? null : fromMs(ms))

const MS_PER_MINUTE = 60_000

const titleOf = ({ study }: OpenStudy): string => study.settings.title ?? study.name

export async function entryOf({ experiments, monitor }: StudyServices, open: OpenStudy): Promise<StudyEntry> {
  const { study, isClosed } = open
  return {
    name: study.name,
    generation: study.generation,
    title: titleOf(open),
    is_closed: isClosed,
    progress: await experiments.progress(open),
    people: await monitor.people(study.name),
  }
}

/** The participants' view of a study that is being written. */
export const previewOf = (study: Study): NonNullable<CheckedStudy['preview']> => ({
  name: study.name,
  title: study.settings.title ?? study.name,
  description: study.description,
  language: study.settings.language,
  consent: study.settings.consent,
  forms: study.forms.map(formJson),
  games: study.games.map(({ name }) => name),
  quota: study.quota,
  maximum: limitOfPerson({ study }),
})

const limitOfPerson = ({ study }: Pick<OpenStudy, 'study'>): number =>
  study.generation === 'run' ? runMaximumOf({ study }) : maximumOf({ study })

export async function boardOf(services: StudyServices, open: OpenStudy): Promise<StudyBoard> {
  const { experiments, monitor, studies } = services
  const { study, source, isClosed } = open
  const tally = await studies.tally(study.name)
  const { reservation, open_link, consent } = study.settings
  const median = await monitor.medianMs(study.name)
  return {
    name: study.name,
    title: titleOf(open),
    generation: study.generation,
    source,
    is_closed: isClosed,
    status: await experiments.status(open),
    people: await monitor.people(study.name),
    arms: study.games.map(({ name }) => {
      const { completed, inProgress, reserved } = tallyOf(tally, name)
      return { game_name: name, quota: study.quota, completed, in_progress: inProgress, reserved }
    }),
    strategy: study.strategy,
    seed: study.seed,
    maximum: limitOfPerson(open),
    has_open_link: open_link,
    has_consent: consent !== null,
    reservation_minutes: reservation?.minutes ?? null,
    median_minutes: median === undefined ? null : median / MS_PER_MINUTE,
  }
}

/** Rows of participants, with the data of their links and sessions. */
export async function participantRows(
  { monitor, studies }: StudyServices,
  open: OpenStudy,
  found: readonly Participant[],
): Promise<StudyParticipant[]> {
  const players = found.map(({ player }) => player)
  const rows = await studies.assignments(open.study.name, players)
  const tally = await studies.tally(open.study.name)
  const isOver = open.study.games.every(({ name }) => isFull(open.study, tally, name))
  const byPlayer = Map.groupBy(rows, ({ player }) => player)
  const waiting = await monitor.waiting(open.study.name, players)
  const seen = await monitor.seen(rows.flatMap(({ session }) => (session === null ? [] : [session])))
  const links = await monitor.links(found.flatMap(({ link }) => (link === null ? [] : [link])))
  return found.map((participant) => {
    const own = byPlayer.get(participant.player) ?? []
    const source = sourceOf(participant, participant.link === null ? undefined : links.get(participant.link))
    return participantRow(open, {
      participant,
      rows: own,
      seen,
      source,
      isFull: isOver,
      waitingAt: waiting.get(participant.player),
    })
  })
}

type Link = { readonly label: string | null; readonly isReusable: boolean }

function sourceOf({ external }: Participant, link: Link | undefined): string {
  if (link?.label) return link.label
  if (external.PROLIFIC_PID !== undefined) return 'Prolific'
  if (external.workerId !== undefined) return 'MTurk'
  if (link === undefined) return 'open link'
  return link.isReusable ? 'link' : 'personal link'
}

interface Parts {
  readonly participant: Participant
  readonly rows: readonly StoredAssignment[]
  /** The last activity of sessions, by id. */
  readonly seen: ReadonlyMap<string, number>
  readonly source: string
  /** Whether the study needs no more players. */
  readonly isFull: boolean
  /** When the participant was last seen in a waiting room; undefined: not waiting. */
  readonly waitingAt: number | undefined
}

function participantRow(
  open: OpenStudy,
  { participant, rows, seen, source, isFull: isOver, waitingAt }: Parts,
): StudyParticipant {
  const { forms, consentVersion, completedAt, withdrawnAt, consentAt, createdAt } = participant
  const standing = {
    study: open.study,
    forms,
    consentVersion,
    completedAt,
    withdrawnAt,
    maximum: limitOfPerson(open),
    isFull: isOver,
    isWaiting: waitingAt !== undefined,
  }
  const submitted = [forms, ...rows.map((row) => row.forms)].flatMap((given) =>
    Object.values(given).flatMap(({ submitted_at: at }) => (at === undefined ? [] : [Date.parse(at)])),
  )
  const steps = [
    createdAt,
    consentAt,
    withdrawnAt,
    completedAt,
    ...submitted,
    ...rows.flatMap((row) => [row.startedAt, row.completedAt, row.interruptedAt]),
  ]
  const since = latest(steps)
  const sessions = rows.flatMap(({ session }) => (session === null ? [] : [seen.get(session) ?? null]))
  return {
    player_id: participant.player,
    joined_at: fromMs(createdAt),
    stage: stageOf({ ...standing, rows: toRules(rows) }),
    stage_since: fromMs(since),
    active_at: fromMs(latest([since, waitingAt ?? null, ...sessions])),
    source,
    consent_version: consentVersion,
    consent_at: fromMsOrNull(consentAt),
    withdrawn_at: fromMsOrNull(withdrawnAt),
    completed_at: fromMsOrNull(completedAt),
    forms: Object.entries(forms).map(([name, { submitted_at: at }]) => ({ name, at: at ?? null })),
    assignments: rows.map(assignmentRow),
  }
}

const latest = (times: readonly (number | null)[]): number =>
  times.reduce<number>((max, at) => Math.max(max, at ?? 0), 0)

function assignmentRow(row: StoredAssignment): StudyParticipant['assignments'][number] {
  return {
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
  }
}

export const sessionRow = (each: PlayedSession) => ({
  session_id: each.id,
  assignment_id: each.assignment,
  npc_hid: each.npc,
  status: each.status,
  started_at: fromMs(each.startedAt),
  ended_at: fromMsOrNull(each.endedAt),
  termination_reason: each.reason,
  turns: each.turns,
})

/** @throws AppError UNKNOWN_PLAYER */
export async function requireParticipant(
  { studies }: StudyServices,
  study: string,
  player: string,
): Promise<Participant> {
  const found = await studies.participant(study, player)
  if (found) return found
  throw new AppError('UNKNOWN_PLAYER', `There is no participant ${player} in ${study}.`, {
    hint: 'List the participants of the study; this one may have been deleted.',
  })
}
