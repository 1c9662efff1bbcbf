// Emits the events of a session: recorded rows in order, notices to the player, and the ends of turns and of the
// session.
import {
  DIALOGUE_EVENTS,
  type DialogueEvent,
  type DialogueNotice,
  type DialogueTurnEnd,
} from '../../kernel/dialogue.ts'
import type { StepOutput } from '../../kernel/world.ts'
import type { JsonValue } from '../../protocol/json.ts'
import type { Violation, ViolationStage } from './events.ts'
import { storedReason } from './exits.ts'
import { checkName } from './prompts/checks.ts'
import type { Check } from './request.ts'
import type { Shown, Spoken, State } from './state.ts'

/** The only slot. */
const PLAYER = 0

function row(state: State, out: StepOutput, of: Partial<DialogueEvent> & Pick<DialogueEvent, Told>): void {
  const data: DialogueEvent = {
    turn_index: state.turns + 1,
    command_name: null,
    command_args: null,
    visible_to_user: true,
    at: state.now,
    ...of,
  }
  out.event({ slot: PLAYER, kind: DIALOGUE_EVENTS.event, data })
}
type Told = 'direction' | 'event_type' | 'event_source' | 'content' | 'content_format'

/** Maximum number of conversation entries that a session keeps in its state; the record has all of them. */
export const SHOWN_LIMIT = 2000

function show(state: State, entry: Shown): void {
  state.shown.push(entry)
  if (state.shown.length > SHOWN_LIMIT) state.shown.shift()
}

/** Records the player's input verbatim. */
export function hear(state: State, out: StepOutput, text: string, spoken: Spoken | null): void {
  row(state, out, {
    direction: 'inbound',
    event_type: spoken ? 'command' : 'message',
    event_source: 'user',
    content: text,
    content_format: 'plain_text',
    command_name: spoken?.name ?? null,
    command_args: spoken?.args ?? null,
  })
  show(state, { role: 'user', event_type: 'info', content: text })
}

/** Sends the player a recorded message. With `spoken`, the message answers that command. */
export function speak(
  state: State,
  out: StepOutput,
  said: { type: Shown['event_type']; content: string },
  spoken: Spoken | null = null,
): void {
  const { type, content } = said
  row(state, out, {
    direction: 'outbound',
    event_type: spoken ? 'command' : type === 'ai' ? 'message' : type,
    event_source: type === 'ai' ? 'npc' : 'system',
    content,
    content_format: 'markdown',
    command_name: spoken?.name ?? null,
    command_args: spoken?.args ?? null,
  })
  show(state, { role: 'ai', event_type: type, content })
}

/** Sends the player a message that is not recorded. */
export function notify(state: State, out: StepOutput, content: string): void {
  const data: DialogueNotice = { event_type: 'info', content, at: state.now }
  out.event({ slot: PLAYER, kind: DIALOGUE_EVENTS.notice, data })
  show(state, { role: 'ai', event_type: 'info', content })
}

/** Records what a validator rejected. */
export function recordViolation(
  state: State,
  out: StepOutput,
  of: { check: Check; stage: ViolationStage; message: string; response: string; raw: JsonValue },
): void {
  const content: Violation = {
    validator_name: checkName(of.check),
    stage: of.stage,
    message: of.message,
    response: of.response,
    raw_result: of.raw,
  }
  row(state, out, {
    direction: 'internal',
    event_type: 'validation_violation',
    event_source: of.stage,
    content: JSON.stringify(content),
    content_format: 'json',
  })
}

/** Marks the answer to one input as complete. A turn counts if it produced a scene. */
export function endTurn(state: State, out: StepOutput, hasScene = false): void {
  if (hasScene) state.turns++
  state.spoken = null
  const data: DialogueTurnEnd = { turns: state.turns, exited: state.exit !== null }
  out.event({ slot: PLAYER, kind: DIALOGUE_EVENTS.turnEnd, data })
}

/** Ends the session; the first reason wins. */
export function leave(state: State, out: StepOutput, reason: string): void {
  if (state.exit !== null) return
  state.exit = reason
  state.question = 'none'
  row(state, out, {
    direction: 'internal',
    event_type: 'session_end',
    event_source: 'system',
    content: `session_end: ${storedReason(reason)}`,
    content_format: 'plain_text',
    turn_index: state.turns,
  })
}
