// The assignment strategies by name: one of the older generation, ten of the newer.

export const EXPERIMENT_STRATEGIES = ['random_unique'] as const
export const RUN_STRATEGIES = [
  'full_character_access',
  'unplayed_combination_choice',
  'expertise_matched_character_choice',
  'expertise_matched_character_next',
  'next_incomplete_combination',
  'least_played_combination_next',
  'progressive_divergence_assignment',
  'max_contrast_pairing',
  'expertise_matched_character_batch',
  'random_unique_game',
] as const
export type RunStrategyName = (typeof RUN_STRATEGIES)[number]

export const isRunStrategy = (name: string): name is RunStrategyName => RUN_STRATEGIES.some((each) => each === name)
