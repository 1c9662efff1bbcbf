// The names and the order of what a run does. What is done in a step stands in episode-run.ts.
/** The steps of one local episode, numbered from 1 in this order. */
export const RUN_STEPS = [
  'config',
  'port',
  'start-game',
  'health',
  'player-page',
  'bad-token',
  'global-page',
  'start-players',
  'global-message',
  'game-exit',
  'player-exit',
  'replay',
  'clean-up',
  'results',
] as const
export type RunStep = (typeof RUN_STEPS)[number]
