// A participant's actions, in chronological order.
import type { ParticipantTimeline } from 'paracosm/protocol'

type Forms = ParticipantTimeline['forms']

export interface TimelineEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly what: string
  /** A further word: of a game, of a version. */
  readonly about?: string
  /** What was answered. */
  readonly answers?: readonly { readonly prompt: string; readonly answer: string }[]
  /** The session that began. */
  readonly session?: string
}

export function timelineEvents(data: ParticipantTimeline): TimelineEvent[] {
  const { participant, sessions } = data
  const events: TimelineEvent[] = [{ at: Date.parse(participant.joined_at), what: 'Joined', about: participant.source }]
  const add = (at: string | null, what: string, rest: Partial<TimelineEvent> = {}): void => {
    if (at !== null) events.push({ at: Date.parse(at), what, ...rest })
  }
  add(participant.consent_at, 'Consented', { about: `version ${participant.consent_version}` })
  for (const form of formEvents(data.forms)) events.push(form)
  for (const row of participant.assignments) {
    const about = [row.game_name, row.pc_hid, ...(row.npc_hid === null ? [] : [row.npc_hid])].join(', ')
    const end = row.status === 'expired' ? ' (taken back, or not started in time)' : ''
    add(row.assigned_at, 'Assigned', { about: about + end })
    for (const form of formEvents(data.assignment_forms[row.assignment_id] ?? {}, row.game_name)) events.push(form)
  }
  // A game in a world is an episode: its times are those of the assignment.
  for (const row of participant.assignments) {
    if (sessions.some((each) => each.assignment_id === row.assignment_id)) continue
    add(row.started_at, 'Began to play', { about: row.game_name })
    add(row.completed_at, 'Completed', { about: row.game_name })
    add(row.interrupted_at, 'Interrupted', { about: row.game_name })
  }
  for (const session of sessions) {
    const row = participant.assignments.find((each) => each.assignment_id === session.assignment_id)
    const game = row?.game_name ?? 'conversation'
    add(session.started_at, 'Conversation began', { about: game, session: session.session_id })
    add(session.ended_at, 'Conversation ended', { about: reasonWords(session.termination_reason) })
  }
  add(participant.completed_at, 'Finished', { about: 'was given the completion code' })
  add(participant.withdrawn_at, 'Left the study')
  return events
    .map((event, index) => ({ event, index }))
    .toSorted((a, b) => a.event.at - b.event.at || a.index - b.index)
    .map(({ event }) => event)
}

function formEvents(forms: Forms, game?: string): TimelineEvent[] {
  return Object.values(forms).flatMap(({ form_name: name, submitted_at: at, answers }) => {
    if (at === undefined) return []
    const given = Object.values(answers).map(({ prompt, answer }) => ({ prompt, answer: answerWords(answer) }))
    const about = game === undefined ? name : `${name}, about ${game}`
    return [{ at: Date.parse(at), what: 'Form answered', about, answers: given }]
  })
}

function answerWords(answer: string | number | boolean | string[]): string {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no'
  const text = Array.isArray(answer) ? answer.join(', ') : String(answer)
  return text === '' ? 'no answer' : text
}

/** A reason as the record has it, as words. */
export const reasonWords = (reason: string | null): string => (reason ?? 'still open').replaceAll('_', ' ')
