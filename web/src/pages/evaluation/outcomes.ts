// The outcomes of an episode, as addresses and words.

export const OUTCOMES = ['ok', 'failed', 'timeout'] as const
export type EpisodeOutcome = (typeof OUTCOMES)[number]
