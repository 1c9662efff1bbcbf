// A participant's status on the monitor: derived from the stage and the time since the last activity.
import type { StudyParticipant } from '../../../../src/protocol/study-research.ts'

/** Minutes without activity. */
export interface Limits {
  readonly stuck: number
  readonly dropped: number
}

export const DEFAULT_LIMITS: Limits = { stuck: 10, dropped: 60 }

export type Standing = 'active' | 'stuck' | 'dropped' | 'complete' | 'declined' | 'withdrawn' | 'away'

const MINUTE = 60_000

/** @param now of the server, milliseconds since 1970 */
export function standingOf(participant: StudyParticipant, now: number, limits: Limits): Standing {
  const { stage, consent_at, active_at } = participant
  if (stage === 'finished') return 'complete'
  if (stage === 'closed') return 'away'
  if (stage === 'withdrawn')
    return consent_at === null && participant.assignments.length === 0 ? 'declined' : 'withdrawn'
  // Moves in a world are not visible here; the world's own limits end a stalled episode.
  if (stage === 'episode') return 'active'
  const silent = (now - Date.parse(active_at)) / MINUTE
  if (silent >= Math.max(limits.dropped, limits.stuck)) return 'dropped'
  return silent >= limits.stuck ? 'stuck' : 'active'
}

/** What a stage is called. */
export const STAGE_WORDS: Readonly<Record<StudyParticipant['stage'], string>> = {
  withdrawn: 'Left',
  consent: 'Consent',
  forms: 'Forms',
  session: 'Conversation',
  episode: 'Playing',
  assignment: 'Before a conversation',
  choice: 'Choosing',
  waiting: 'Waiting for others',
  finished: 'Finished',
  closed: 'Turned away',
}

export interface Segment {
  /** Milliseconds since the participant joined. */
  readonly from: number
  readonly to: number
}

export interface Course {
  readonly segments: readonly Segment[]
  /** Milliseconds from joining to the last activity, or to the end. */
  readonly total: number
}

/** The stages of a participant in order: each ends when the next one was reached. */
export function courseOf(participant: StudyParticipant, now: number, standing: Standing): Course {
  const joined = Date.parse(participant.joined_at)
  const isOver = standing === 'complete' || standing === 'declined' || standing === 'withdrawn' || standing === 'away'
  const { consent_at, completed_at, withdrawn_at, active_at, forms, assignments } = participant
  const ended = completed_at ?? withdrawn_at
  const end = isOver && ended !== null ? Date.parse(ended) : standing === 'active' ? now : Date.parse(active_at)
  const reached = [
    consent_at,
    ...forms.map(({ at }) => at),
    ...assignments.flatMap((row) => [row.started_at, row.completed_at, row.interrupted_at]),
  ]
  const ends = [...reached.flatMap((at) => (at === null ? [] : [Date.parse(at)])), end]
  const times = [...new Set(ends.filter((at) => at > joined && at <= end))].toSorted((a, b) => a - b)
  const segments = times.map((at, index) => ({ from: (times[index - 1] ?? joined) - joined, to: at - joined }))
  return { segments, total: Math.max(0, end - joined) }
}

/** Minutes that the axis of several courses has: a multiple of ten, at least ten, at most an hour. */
export function axisMinutes(courses: readonly Course[]): number {
  const longest = Math.max(0, ...courses.map(({ total }) => total)) / MINUTE
  return Math.min(60, Math.max(10, Math.ceil(longest / 10) * 10))
}
