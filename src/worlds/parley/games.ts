// The five games as rows: what the player has to do, what can be overridden, and when a session stops by itself.
import { z } from 'zod'

export const GAME_IDS = ['explore', 'foresight', 'goal-horizon', 'infer-intent', 'teamwork'] as const
export type GameId = (typeof GAME_IDS)[number]

/** Attribute (`turns`, `runtime_seconds`) -> conditions, any of which ends the session. */
export const StoppingConditions = z.record(z.string().max(100), z.array(z.string().max(100)).max(20))
export type StoppingConditions = z.infer<typeof StoppingConditions>

/** Names of the filters that can select player characters; the characters module defines their meaning. */
const PC_FILTERS = [
  'pc-eligible',
  'human-normative',
  'divergent',
  'hypersensitive',
  'hyposensitive',
  'neurotypical',
  'neurodivergent',
  'physical-divergence',
] as const
const NPC_FILTERS = ['all', 'human', 'non-human', ...PC_FILTERS] as const

/** Budget, lengths and bounds unless overridden. Lengths are in code points. */
export const GAME_DEFAULTS = { player_retry_budget: 10, max_input_length: 350 } as const

const common = {
  /** Turns after which the session stops, including the opening. */
  max_turns: z.int().min(1).max(500).optional(),
  /** Seconds after which the session stops; checked at the next input. */
  max_playtime: z.int().min(1).max(3600).optional(),
  /** Number of rejected actions that ends the game; 0 counts as 1. */
  player_retry_budget: z.int().min(0).max(10).optional(),
  /** Code points. */
  max_input_length: z.int().min(1).max(350).optional(),
  pcs_allowed: z.enum(PC_FILTERS).optional(),
  npcs_allowed: z.enum(NPC_FILTERS).optional(),
}
const ExploreOverrides = z.strictObject(common)
const ScoredOverrides = z.strictObject({
  ...common,
  show_npc_details: z.boolean().optional(),
  show_final_score: z.boolean().optional(),
})
/**
 * The settings of its game that a session can override. Explore takes no `show_...`: it hides nothing and scores
 * nothing.
 */
export const Overrides = ScoredOverrides
export type Overrides = z.infer<typeof Overrides>

interface Game {
  readonly id: GameId
  /** Spelling on the wire. */
  readonly name: string
  readonly description: string
  readonly version: string
  readonly authors: readonly string[]
  readonly overrides: z.ZodType<Overrides>
  readonly stopping_conditions: StoppingConditions
  readonly filters: { readonly pcs: (typeof PC_FILTERS)[number]; readonly npcs: (typeof NPC_FILTERS)[number] }
  readonly shows_npc: boolean
  readonly is_scored: boolean
  /** Slash command that is an alias of `finish`. */
  readonly alias: string | null
  /** Whether the player's actions are judged before they are played. */
  readonly checks_player: boolean
}

const rest = { version: '1.0.0', authors: ['DCS'] } as const
const stops = (seconds: number, turns: number): StoppingConditions => ({
  runtime_seconds: [`>=${seconds}`],
  turns: [`>=${turns}`],
})
const scored = {
  ...rest,
  overrides: ScoredOverrides,
  filters: { pcs: 'human-normative', npcs: 'all' },
  shows_npc: false,
  is_scored: true,
  alias: null,
  checks_player: true,
} as const

export const GAMES: Readonly<Record<GameId, Game>> = {
  explore: {
    ...scored,
    id: 'explore',
    name: 'Explore',
    description: 'Meet another being and see what happens. There is no task.',
    overrides: ExploreOverrides,
    stopping_conditions: stops(600, 50),
    filters: { pcs: 'pc-eligible', npcs: 'all' },
    shows_npc: true,
    is_scored: false,
  },
  foresight: {
    ...scored,
    id: 'foresight',
    name: 'Foresight',
    description: 'Predict on every turn what the other being will do next.',
    stopping_conditions: stops(600, 10),
    checks_player: false,
  },
  'goal-horizon': {
    ...scored,
    id: 'goal-horizon',
    name: 'Goal Horizon',
    description: 'Find out what the other being can strive for, and where its capacities end.',
    stopping_conditions: stops(3600, 500),
    alias: 'predict-capabilities',
  },
  'infer-intent': {
    ...scored,
    id: 'infer-intent',
    name: 'Infer Intent',
    description: 'Find out what the other being is trying to do.',
    stopping_conditions: stops(600, 50),
    alias: 'predict-intent',
  },
  teamwork: {
    ...scored,
    id: 'teamwork',
    name: 'Teamwork',
    description: 'Reach a shared goal together with another being.',
    stopping_conditions: stops(600, 50),
    shows_npc: true,
  },
}

/** The settings in effect in one session. */
export const Settings = z.strictObject({
  player_retry_budget: z.int().min(0).max(10),
  max_input_length: z.int().min(1).max(350),
  shows_npc: z.boolean(),
  shows_score: z.boolean(),
  stops: StoppingConditions,
})
export type Settings = z.infer<typeof Settings>

/** Used if the given conditions are empty. */
const LAST_RESORT: StoppingConditions = { turns: ['>500'], runtime_seconds: ['>3600'] }

/** The rules of a session: the game's defaults, then the configuration, then the overrides. */
export function settingsOf(
  id: GameId,
  overrides: Overrides,
  conditions: StoppingConditions = GAMES[id].stopping_conditions,
): Settings {
  const stops: StoppingConditions = { ...(Object.keys(conditions).length === 0 ? LAST_RESORT : conditions) }
  if (overrides.max_playtime !== undefined) stops.runtime_seconds = [`>=${overrides.max_playtime}`]
  if (overrides.max_turns !== undefined) stops.turns = [`>=${overrides.max_turns}`]
  return {
    player_retry_budget: overrides.player_retry_budget ?? GAME_DEFAULTS.player_retry_budget,
    max_input_length: overrides.max_input_length ?? GAME_DEFAULTS.max_input_length,
    shows_npc: overrides.show_npc_details ?? GAMES[id].shows_npc,
    shows_score: GAMES[id].is_scored && (overrides.show_final_score ?? true),
    stops,
  }
}
