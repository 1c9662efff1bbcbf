// The session capability of a text world: its games and characters, the commands and events of a session, and which of
// its effects are model calls. The session API plays every world with this capability.
import { z } from 'zod'
import type { Character } from '../protocol/character.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { SessionEvent } from '../protocol/session.ts'

/** Milliseconds since the session began. */
const At = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Kinds of the events that a session listens to; a world may emit others. */
export const DIALOGUE_EVENTS = { event: 'session_event', notice: 'notice', turnEnd: 'turn_end' } as const

/**
 * Data of a `session_event`: one row of the record. Only these pairings of direction, source and type exist. The event
 * `session_end` ends the session; its content is `session_end: <reason>`, and the reason `server_error` marks a fault.
 *
 * @example
 * import { DialogueEvent } from 'paracosm/world'
 *
 * const { direction, content } = DialogueEvent.parse({
 *   direction: 'outbound',
 *   event_type: 'message',
 *   event_source: 'npc',
 *   content: 'Good morning.',
 *   content_format: 'plain_text',
 *   turn_index: 1,
 *   command_name: null,
 *   command_args: null,
 *   visible_to_user: true,
 *   at: 1_767_225_600_000,
 * })
 * console.log(direction, content) // outbound Good morning.
 */
export const DialogueEvent = z.strictObject({
  direction: SessionEvent.shape.direction,
  event_type: z.enum(['session_end', 'message', 'command', 'info', 'error', 'validation_violation']),
  event_source: z.enum(['system', 'user', 'npc', 'player_validation', 'simulator_validation']),
  content: z.string(),
  content_format: SessionEvent.shape.content_format,
  /** Turns before the step, plus one; of `session_end` the final turns. */
  turn_index: z.int().min(0),
  command_name: z.string().nullable(),
  command_args: z.string().nullable(),
  visible_to_user: z.boolean(),
  at: At,
})
export type DialogueEvent = z.infer<typeof DialogueEvent>

/**
 * Data of a `notice`: shown to the player without an event id, and not recorded.
 *
 * @example
 * import { DialogueNotice } from 'paracosm/world'
 *
 * console.log(DialogueNotice.safeParse({ event_type: 'info', content: '2 turns left.', at: 0 }).success) // true
 */
export const DialogueNotice = z.strictObject({ event_type: z.literal('info'), content: z.string(), at: At })
export type DialogueNotice = z.infer<typeof DialogueNotice>

/**
 * Data of a `turn_end`: the answer to one `begin` or `say` is complete.
 *
 * @example
 * import { DialogueTurnEnd } from 'paracosm/world'
 *
 * console.log(DialogueTurnEnd.parse({ turns: 3, exited: false }).turns) // 3
 */
export const DialogueTurnEnd = z.strictObject({ turns: z.int().min(0), exited: z.boolean() })
export type DialogueTurnEnd = z.infer<typeof DialogueTurnEnd>

/** A game as lists and session records show it. */
export interface DialogueGame {
  /** Unique within its world. */
  readonly id: string
  /** Unique within a server; players start a game by its name. */
  readonly name: string
  readonly description: string
  readonly version: string
  readonly authors: readonly string[]
  /** The condition that ends a session by itself, for the record. */
  readonly stopping_conditions: JsonObject
  readonly is_scored: boolean
  /**
   * Whether players may read about the character that they meet, unless `show_npc_details` is overridden. Default:
   * true.
   */
  readonly shows_npc?: boolean
  /** Settings of the game that a session may override. */
  readonly overrides: z.ZodType<JsonObject>
}

/** Characters that may be played and met in a game, in the order of the list. */
export interface DialogueCandidates {
  readonly pcs: readonly Character[]
  readonly npcs: readonly Character[]
}

/** For worlds whose games involve two characters: the player's, and the one that it meets. */
export interface DialogueCharacters {
  /** Characters that ship with the world; a new server starts with them. */
  readonly shipped: readonly Character[]
  /** @param overrides parsed with the game's schema */
  candidates(game: DialogueGame, all: readonly Character[], overrides: JsonObject): DialogueCandidates
}

/** The settings of a new session. */
export interface DialoguePlan {
  readonly game: DialogueGame
  /** The player's character and the one it meets; null in worlds without characters. */
  readonly pc: Character | null
  readonly npc: Character | null
  /** Parsed with the game's schema. */
  readonly overrides: JsonObject
  /** A runtime snapshot to continue from, of an imported session. */
  readonly restore?: JsonObject
}

/** Roles for which an operator names a model. */
export const MODEL_ROLES = ['opener', 'updater', 'validator', 'scorer'] as const
export type ModelRole = (typeof MODEL_ROLES)[number]

/** Takes the visible text out of an answer that is still being written. */
export interface ShownText {
  /** @returns the new visible text of a piece; may be empty */
  take(piece: string): string
}

/** A request for a model. */
export interface ModelCall {
  readonly role: ModelRole
  readonly messages: readonly { readonly role: 'system' | 'user'; readonly content: string }[]
  /** The shape that the answer should have, for endpoints that can hold a model to one. */
  readonly schema?: { readonly name: string; readonly schema: JsonObject }
  /** Present: players may read the answer while it is written. */
  show?(): ShownText
  /** The answer of the offline responder if no model is configured. Absent: the call fails with MODEL_MISSING. */
  standIn?(): string
}

/** The models of a world. */
export interface DialogueModels {
  /** Kind of the effects that are calls of a model. Their reply is `{text, at}`, and `{model, usage}` if that is known. */
  readonly effect: string
  /** @throws AppError CONFIG_INVALID for a request that is not of this world */
  call(request: JsonValue): ModelCall
}

/** A finished session, as far as its evaluation reads it. */
export interface FinishedDialogue {
  /** Name of the game. */
  readonly game: string
  readonly terminationReason: string | null
}

/** How finished sessions are evaluated. */
export interface DialogueEvaluation {
  /** Why such a session is not evaluated; undefined: it may be. */
  refuse(session: FinishedDialogue): string | undefined
  /**
   * The call to the scorer, or why there is none.
   * @param config of the session's journal
   */
  ask(
    events: readonly SessionEvent[],
    config: JsonObject,
  ): { readonly ok: true; readonly call: ModelCall } | { readonly ok: false; readonly reason: string }
  /** The score in the scorer's answer; undefined: no score. */
  read(answer: string): { readonly tier: number; readonly score: number; readonly reasoning: string } | undefined
}

/** The commands of a session's only slot. `at`: milliseconds since the session began. */
export interface DialogueCommands {
  /** The first call: welcome and opening. */
  begin(at: number): JsonValue
  /** One input of the player, as typed. */
  say(text: string, at: number): JsonValue
  /** The player is back; the time since the last command does not count as played. */
  resume(at: number): JsonValue
  /** Ends the session from outside. */
  exit(reason: string, at: number): JsonValue
}

/** Progress of a session. */
export interface DialogueProgress {
  readonly turns: number
  readonly hasBegun: boolean
}

/**
 * What makes a world playable in sessions. Such a world has one slot, runs in lockstep, awaits the slot while an input is
 * expected, and emits DialogueEvent, DialogueNotice and DialogueTurnEnd.
 */
export interface DialogueCapability<Observation = unknown> {
  readonly games: readonly DialogueGame[]
  /** Absent: games are played without characters. */
  readonly characters?: DialogueCharacters
  /** The configuration of a session, as `World.config` parses it. */
  configure(plan: DialoguePlan): JsonObject
  readonly commands: DialogueCommands
  progress(observation: Observation): DialogueProgress
  /** Absent: the world calls no models. */
  readonly models?: DialogueModels
  /** Absent: sessions are not evaluated. */
  readonly evaluation?: DialogueEvaluation
}

/** The game of a name: case, spaces, `_` and `-` do not matter. */
export function isSameGame(name: string, other: string): boolean {
  return plainName(name) === plainName(other)
}

/** The normalised name of a game, for comparisons. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}
