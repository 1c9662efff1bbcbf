// The state of one session: plain JSON, changed in place only by the functions of this folder.
import { z } from 'zod'
import { createRandom, nextBelow } from '../../kernel/random.ts'
import { JsonObject } from '../../protocol/json.ts'
import { At } from './commands.ts'
import type { Config } from './config.ts'
import { GAME_IDS, type GameId, Settings, settingsOf } from './games.ts'
import { Score } from './replies.ts'
import { Check } from './request.ts'
import { Sheet, sheetOf } from './sheet.ts'

/** A pending validator: the effect's id and the check. */
const Asked = z.strictObject({ effect: z.string(), check: Check })
export type Asked = z.infer<typeof Asked>

/** An action in progress: judged and answered at the same time. */
const Acting = z.strictObject({
  kind: z.literal('acting'),
  text: z.string(),
  /** 0: the first draft; 1: the one retry. */
  attempt: z.int().min(0).max(1),
  /** Player validators that have not answered yet. */
  judging: z.array(Asked),
  /** The pending updater; null once it has answered. */
  updater: z.string().nullable(),
  /**
   * Null: no draft yet, or the updater failed. A failure is reported only after the player's action has been accepted.
   */
  draft: z.string().nullable(),
  /** Whether the draft has been sent to the simulator's validators. */
  is_checked: z.boolean(),
  /** Simulator validators that have not answered yet. */
  checking: z.array(Asked),
})
export type Acting = z.infer<typeof Acting>

const Phase = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('idle') }),
  z.strictObject({ kind: z.literal('opening'), attempt: z.int().min(0).max(1), effect: z.string() }),
  Acting,
  z.strictObject({ kind: z.literal('scoring'), effect: z.string() }),
])

/** The command of the current step, for the events at its end; null: the step has no command. */
const Spoken = z.strictObject({ name: z.string(), args: z.string() })
export type Spoken = z.infer<typeof Spoken>

/** One entry of what the player has seen. */
const Shown = z.strictObject({
  role: z.enum(['user', 'ai']),
  event_type: z.enum(['ai', 'info', 'error']),
  content: z.string(),
})
export type Shown = z.infer<typeof Shown>

export const State = z.strictObject({
  format: z.literal(1),
  game: z.enum(GAME_IDS),
  /** Edition of the rules; absent: 1. */
  rules: z.literal(2).exactOptional(),
  pc: Sheet,
  npc: Sheet,
  settings: Settings,
  /** The latest time received from the host. */
  now: At,
  /** Milliseconds that the player was away; they do not count as playtime. */
  away: At,
  /** Steps that produced a scene, including the opening. */
  turns: z.int().min(0),
  /** Number of rejected actions left. */
  budget: z.int().min(0),
  /** Whether the opening has been requested. */
  has_begun: z.boolean(),
  phase: Phase,
  spoken: Spoken.nullable(),
  /** Progress of the questions at the end: the one that the next input answers. */
  question: z.enum(['none', 'answer', 'confidence']),
  answer: z.string().nullable(),
  confidence: z.string().nullable(),
  /** Accepted actions that contain a prediction, for Foresight. */
  predictions: z.array(z.string()),
  /** The opener's metadata, and the goal drawn for the simulated character. */
  opening: JsonObject,
  /** Null: not scored, or the scorer failed. */
  score: Score.nullable(),
  /** Raw exit reason; null while the session lasts. */
  exit: z.string().nullable(),
  /** The successful part of the transcript, as models see it. */
  lines: z.array(z.string()),
  shown: z.array(Shown),
})
export type State = z.infer<typeof State>

/** Games in which one goal of the simulated character is drawn and kept, for the player to find out. */
const DRAWS_GOAL: readonly GameId[] = ['infer-intent', 'goal-horizon']

/** @param seed the episode's seed, which determines the drawn goal */
export function createState(config: Config, seed: number): State {
  const settings = settingsOf(config.game, config.overrides, config.stopping_conditions)
  const isNew = config.rules === 2
  const pc = sheetOf(config.pc, isNew)
  const npc = sheetOf(config.npc, isNew)
  const draws = isNew && DRAWS_GOAL.includes(config.game) && npc.goals.length > 0
  const goal = draws ? npc.goals[nextBelow(createRandom(seed, 'parley/goal'), npc.goals.length)] : undefined
  return {
    format: 1,
    game: config.game,
    ...(isNew ? { rules: 2 as const } : {}),
    pc,
    npc,
    settings,
    now: 0,
    away: 0,
    turns: 0,
    budget: settings.player_retry_budget,
    has_begun: false,
    phase: { kind: 'idle' },
    spoken: null,
    question: 'none',
    answer: null,
    confidence: null,
    predictions: [],
    opening: goal === undefined ? {} : { npc_goal: goal },
    score: null,
    exit: null,
    lines: [],
    shown: [],
  }
}

/** The goal drawn for the simulated character; empty if none. */
export function drawnGoal(state: State): string {
  const goal = state.opening.npc_goal
  return typeof goal === 'string' ? goal : ''
}

/** The goal that both characters work for, if the opener set one; otherwise empty. */
export function sharedGoal(state: State): string {
  const goal = state.opening.shared_goal
  return typeof goal === 'string' ? goal : ''
}
