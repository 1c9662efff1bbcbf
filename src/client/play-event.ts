// The events that a session sends to its player and its spectators.
import type { z } from 'zod'
import type { ENTRY_STATUSES, EVENT_TYPES, ReplayEventFrame, SessionMetaFrame } from '../protocol/session.ts'

export const CONNECTION_STATES = ['connecting', 'open', 'waiting', 'closed'] as const
/** `waiting`: the connection is away and will be tried again. */
export type ConnectionState = (typeof CONNECTION_STATES)[number]

/** Somebody said or did something. */
export interface SaidEvent {
  readonly kind: 'event'
  readonly event_type: (typeof EVENT_TYPES)[number]
  /** `ai`: the character or the game; `user`: the player, and then always replayed. */
  readonly role: z.infer<typeof ReplayEventFrame>['role']
  /** Markdown. */
  readonly content: string
  /** Null: sent once and not stored. */
  readonly event_id: string | null
  /** It was said before this connection was there. */
  readonly replayed: boolean
}

/** The status of a session. */
export interface SessionStanding {
  readonly status: (typeof ENTRY_STATUSES)[number]
  readonly turns: number
  readonly exited: boolean
}

/** Something that happens in a session. */
export type PlayEvent =
  | { readonly kind: 'connection'; readonly state: ConnectionState; readonly in_ms?: number }
  | ({ readonly kind: 'meta' } & Omit<z.infer<typeof SessionMetaFrame>, 'type'>)
  | SaidEvent
  | { readonly kind: 'turn_end'; readonly turns: number; readonly exited: boolean }
  | ({ readonly kind: 'status' } & SessionStanding)
  /** A piece of the answer under way; the event that follows has the whole. */
  | { readonly kind: 'token'; readonly text: string }
  /** The pieces since the last event do not count. */
  | { readonly kind: 'token_reset' }
  /** An error of the server that does not end the session. */
  | { readonly kind: 'error'; readonly detail: string }
  /** Number of events that were dropped because nobody read them. */
  | { readonly kind: 'gap'; readonly dropped: number }
  /** The last of all. `ended`: the game is over; `closed`: by close(); `left`: the session continues without this client. */
  | { readonly kind: 'closed'; readonly reason: 'ended' | 'closed' | 'left' }

/** The result of one input. */
export interface PlayedTurn {
  /** In order; none for an input that the game does not answer. */
  readonly events: readonly SaidEvent[]
  /** Turns of the session so far. */
  readonly turns: number
  /** Whether the session is over. */
  readonly exited: boolean
}
