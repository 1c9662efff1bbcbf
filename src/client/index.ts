// `paracosm/client`: talk to a server, from a browser or from Node.
export { type Client, type ClientOptions, type CommandQuery, createClient, type EpisodeQuery } from './client.ts'
export { CLIENT_ERRORS, ClientError, type ClientErrorCode } from './client-error.ts'
export { PerceptionClient, PerceptionFailure } from './perception.ts'
export type { ConnectionState, PlayEvent, PlayedTurn, SaidEvent, SessionStanding } from './play-event.ts'
export type { PlayOptions, PlaySession, Reconnection } from './play-session.ts'
export { createResearchClient, createStudyClient, type ResearchClient, type StudyClient } from './studies.ts'
