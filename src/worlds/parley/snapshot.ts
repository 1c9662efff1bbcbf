// The runtime snapshot of the simulation engine (schema 1), written from a session and read back into one. It holds
// less than the journal: an import continues from it but cannot replay it.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { JsonObject, type JsonValue } from '../../protocol/json.ts'
import type { Config } from './config.ts'
import { EXIT } from './exits.ts'
import { Score } from './replies.ts'
import { createState, type State, sharedGoal } from './state.ts'

/** The snapshot of a session. It does not contain a pending action. */
export function toRuntimeState(state: State): JsonObject {
  return {
    schema_version: 1,
    turn_count: state.turns,
    exited: state.exit !== null,
    exit_reason: state.exit ?? '',
    game_state: {
      entered: state.has_begun && state.phase.kind !== 'opening',
      exited: state.exit !== null,
      exit_reason: state.exit ?? '',
      player_retry_budget: state.budget,
      in_finish_flow: state.question !== 'none' || state.phase.kind === 'scoring',
      filtered_transcript_buffer: [...state.lines],
      engine_state: {
        history: [...state.lines],
        transcript_events: [...state.lines],
        opening_metadata: structuredClone(state.opening),
      },
      ...extrasOf(state),
    },
  }
}

function extrasOf(state: State): JsonObject {
  const score = state.score === null ? {} : { ...state.score }
  const awaiting_confidence = state.question === 'confidence'
  const answer = state.answer ?? ''
  const confidence = state.confidence ?? ''
  switch (state.game) {
    case 'explore':
      return {}
    case 'foresight':
      return { predictions: [...state.predictions], score }
    case 'goal-horizon':
      return { awaiting_confidence, capability_prediction: answer, capability_prediction_confidence: confidence, score }
    case 'infer-intent':
      return { awaiting_confidence, goal_inference: answer, goal_inference_confidence: confidence, score }
    case 'teamwork':
      return { shared_goal: sharedGoal(state), challenges: answer, score }
  }
}

/** The history is a list of lines; older snapshots hold the messages exchanged with the model. */
const History = z.array(z.union([z.string(), z.looseObject({ role: z.string(), content: z.string() })]))
const Text = z.string().nullish()
const Flag = z.boolean().nullish()

/** Accepts both spellings of every key; unknown keys are not read. */
const GameState = z.looseObject({
  entered: Flag,
  exited: Flag,
  exit_reason: Text,
  player_retry_budget: z.int().nullish(),
  retry_budget: z.int().nullish(),
  in_finish_flow: Flag,
  filtered_transcript_buffer: z.array(z.string()).nullish(),
  engine_state: z
    .looseObject({
      history: History.nullish(),
      transcript_events: z.array(z.string()).nullish(),
      opening_metadata: JsonObject.nullish(),
    })
    .nullish(),
  updater_history: History.nullish(),
  awaiting_confidence: Flag,
  awaiting_goal_inference: Flag,
  awaiting_intent_prediction: Flag,
  awaiting_capability_prediction: Flag,
  awaiting_challenges: Flag,
  predictions: z.array(z.json()).nullish(),
  capability_prediction: Text,
  capability_prediction_confidence: Text,
  goal_inference: Text,
  goal_inference_confidence: Text,
  shared_goal: Text,
  challenges: Text,
  score: z.json().optional(),
  evaluation: z.json().optional(),
})
type GameState = z.infer<typeof GameState>

const Runtime = z.looseObject({
  schema_version: z.int(),
  turn_count: z.int().min(0),
  exited: z.boolean(),
  exit_reason: z.string(),
  game_state: GameState,
})

/**
 * A session that continues from a snapshot under the current configuration. Its clock starts at zero, and what the
 * player saw before stays in the old record.
 * @param seed draws the goal if the snapshot has none
 * @throws AppError SAVE_VERSION for a schema other than 1; STATE_INVALID for an invalid snapshot
 */
export function fromRuntimeState(config: Config, json: JsonValue, seed: number): State {
  const version = z.looseObject({ schema_version: z.int() }).safeParse(json).data?.schema_version
  if (version !== undefined && version !== 1) {
    throw new AppError('SAVE_VERSION', `a runtime snapshot of schema ${version} came; schema 1 is known here`)
  }
  const runtime = parseWith(Runtime, json, { code: 'STATE_INVALID', what: 'Runtime snapshot' })
  const { game_state: game } = runtime
  const state = createState(config, seed)
  const hasExited = runtime.exited || game.exited === true
  const reason = runtime.exit_reason || (game.exit_reason ?? '')
  const goal = game.shared_goal ?? ''
  state.turns = runtime.turn_count
  state.has_begun = game.entered ?? runtime.turn_count > 0
  state.budget = Math.max(0, game.player_retry_budget ?? game.retry_budget ?? state.budget)
  state.exit = hasExited ? reason || EXIT.finished : null
  state.lines = linesOf(game, config.pc.hid)
  state.opening = {
    ...state.opening,
    ...(goal === '' ? {} : { shared_goal: goal }),
    ...game.engine_state?.opening_metadata,
  }
  state.predictions = (game.predictions ?? []).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  const answers = [game.capability_prediction, game.goal_inference, game.challenges]
  state.answer = answers.find((each) => typeof each === 'string' && each !== '') ?? null
  const confidences = [game.capability_prediction_confidence, game.goal_inference_confidence]
  state.confidence = confidences.find((each) => typeof each === 'string' && each !== '') ?? null
  state.score = Score.safeParse(game.score).data ?? Score.safeParse(game.evaluation).data ?? null
  state.question = hasExited ? 'none' : questionOf(game)
  return state
}

function questionOf(game: GameState): State['question'] {
  if (game.awaiting_confidence === true) return 'confidence'
  const awaits = [
    game.in_finish_flow,
    game.awaiting_goal_inference,
    game.awaiting_intent_prediction,
    game.awaiting_capability_prediction,
    game.awaiting_challenges,
  ]
  return awaits.includes(true) ? 'answer' : 'none'
}

function linesOf(game: GameState, hid: string): string[] {
  const own = [game.filtered_transcript_buffer, game.engine_state?.transcript_events].find((list) => list?.length)
  if (own) return [...own]
  const history = game.engine_state?.history ?? game.updater_history ?? []
  return history.flatMap((entry, at) => {
    if (typeof entry === 'string') return [entry]
    if (entry.role === 'user')
      return at === 0 && entry.content === 'Begin.' ? [] : [`Player (${hid}): ${entry.content}`]
    return [at <= 1 ? `Opening scene: ${entry.content}` : `Simulator: ${entry.content}`]
  })
}
