// The names and the order of the steps of a run; episode-run.ts implements them.
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
