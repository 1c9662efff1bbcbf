// `paracosm/episode`: play, replay, verify and fork episodes from a program, without a server and without files.
export {
  type ForkedEpisode,
  type ForkOptions,
  forkEpisode,
  type Journal,
  type ReplayOptions,
  type ReplayView,
  replayEpisode,
  type VerifyOptions,
  type VerifyReport,
  verifyJournal,
} from './journals.ts'
export type { AsyncPlayer, Player, SyncPlayer, Turn } from './players.ts'
export { type EpisodeResult, type RunEpisodeOptions, runEpisode } from './run-episode.ts'
