// `paracosm/client`: talk to a server, from a browser or from Node.
export {
  type Client,
  type ClientOptions,
  type CommandQuery,
  createClient,
  type EpisodeQuery,
} from './client.ts'
export { CLIENT_ERRORS, ClientError, type ClientErrorCode } from './client-error.ts'
export type { EvaluationQuery } from './evaluations.ts'
export type { RoundQuery } from './leagues.ts'
export type { LiveEvents, LiveFollow } from './live.ts'
export { PerceptionClient, PerceptionFailure } from './perception.ts'
export type { ConnectionState, PlayEvent, PlayedTurn, SaidEvent, SessionStanding } from './play-event.ts'
export type { PlayOptions, PlaySession, Reconnection } from './play-session.ts'
export { createResearchClient, type ResearchClient } from './research.ts'
export type { SlotEvents, SlotPlay } from './slot-play.ts'
export { createStudyClient, type StudyClient } from './studies.ts'
