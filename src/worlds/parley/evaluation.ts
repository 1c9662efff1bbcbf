// Evaluates a finished Infer Intent session from its recorded events only: builds the request to the scorer.
// `readScore` in replies.ts reads the answer. The session adapter decides who may request it and stores the score.
import { askScorer } from './ask.ts'
import type { ParleyRequest } from './request.ts'
import type { Sheet } from './sheet.ts'

/** The fields of a recorded event that the evaluation reads. Rows come in sequence order. */
export interface RecordedEvent {
  readonly direction: string
  readonly event_type: string
  readonly event_source: string
  readonly content: string
  readonly command_name: string | null
  readonly visible_to_user: boolean
}

/** Stored reasons of a session that was played to its end; older records use the first one. */
const COMPLETED = ['player_finished', 'game_completed']

/** Whether a session with this `termination_reason` may be evaluated. */
export function isCompleted(terminationReason: string | null): boolean {
  return COMPLETED.includes((terminationReason ?? '').trim().toLowerCase())
}

export type Evaluation =
  | { readonly ok: true; readonly request: ParleyRequest }
  | { readonly ok: false; readonly reason: string }

/**
 * The scorer's request for a session: the conversation before the player asked to finish, and the answer given after
 * it.
 * @param sheets both characters, as returned by `sheetOf`
 */
export function evaluationOf(
  events: readonly RecordedEvent[],
  sheets: { readonly pc: Sheet; readonly npc: Sheet },
): Evaluation {
  const visible = events.filter((event) => event.visible_to_user)
  const asked = visible.findIndex(
    (event) =>
      isUsers(event, 'command') && (event.command_name === 'finish' || event.command_name === 'predict-intent'),
  )
  if (asked < 0) return { ok: false, reason: 'The player has made no prediction in this session.' }
  const answers = visible.slice(asked + 1).filter((event) => isUsers(event, 'message'))
  const guess = answers[0]?.content.trim() ?? ''
  if (guess === '') return { ok: false, reason: 'The prediction of this session is empty.' }
  const { pc, npc } = sheets
  const lines = visible.slice(0, asked).flatMap((event) => {
    if (isUsers(event, 'message')) return [`Player (${pc.hid}): ${event.content}`]
    return isScene(event) ? [`NPC (${npc.hid}): ${event.content}`] : []
  })
  const turns = visible.filter(isScene).length
  const confidence = answers[1]?.content ?? ''
  const request = askScorer({ game: 'infer-intent', pc, npc, objective: '', goal: '', lines, turns, guess, confidence })
  return { ok: true, request }
}

function isUsers(event: RecordedEvent, type: 'message' | 'command'): boolean {
  return event.direction === 'inbound' && event.event_source === 'user' && event.event_type === type
}

function isScene(event: RecordedEvent): boolean {
  return event.direction === 'outbound' && event.event_source === 'npc' && event.event_type === 'message'
}
