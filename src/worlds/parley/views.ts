// What a session shows: the player and read-only viewers see the visible transcript.
import type { JsonObject } from '../../protocol/json.ts'
import { storedReason } from './exits.ts'
import { GAMES } from './games.ts'
import type { Shown, State } from './state.ts'

export interface Observation {
  readonly game: string
  readonly pc: string
  readonly npc: string
  /** Whether the session awaits an input; false while an answer is pending. */
  readonly awaits: boolean
  readonly has_begun: boolean
  /** Whether the next input answers a question at the end. */
  readonly question: State['question']
  readonly turns: number
  /** Number of rejected actions left. */
  readonly budget: number
  /** Milliseconds: the latest time that the session knows. */
  readonly at: number
  readonly transcript: readonly Shown[]
  readonly exited: boolean
}

export function observe(state: State): Observation {
  return {
    game: GAMES[state.game].name,
    pc: state.pc.hid,
    npc: state.npc.hid,
    awaits: state.exit === null && state.phase.kind === 'idle',
    has_begun: state.has_begun,
    question: state.question,
    turns: state.turns,
    budget: state.budget,
    at: state.now,
    transcript: state.shown.map((entry) => ({ ...entry })),
    exited: state.exit !== null,
  }
}

/** The same conversation for a viewer: nothing that the player could not read. */
export function spectate(state: State): JsonObject {
  const { game, pc, npc, turns, exited, awaits } = observe(state)
  const transcript = state.shown.map(({ role, event_type, content }) => ({ role, event_type, content }))
  // The score card shows the player the same.
  const score = state.exit === null || state.score === null ? null : { ...state.score }
  const reason = state.exit === null ? null : storedReason(state.exit)
  return { game, pc, npc, turns, exited, awaits, reason, score, transcript }
}

export function summarize(state: State): JsonObject {
  const last = state.shown.findLast((entry) => entry.event_type === 'ai')
  return {
    game: GAMES[state.game].name,
    turns: state.turns,
    budget: state.budget,
    last: last?.content ?? null,
    objective: {
      complete: state.exit === 'player finished',
      failed: state.exit !== null && state.exit !== 'player finished',
    },
  }
}
