// The schemas of everything that a server answers, as one module: clients load it when they check their first answer.

export { About, Caller, ReadyState } from '../protocol/about.ts'
export {
  EpisodePage,
  EpisodeSummary,
  StartedEpisode,
  WorldBoard,
  WorldDetail,
  WorldDocument,
  WorldSummary,
} from '../protocol/catalogue.ts'
export { Character } from '../protocol/character.ts'
export { CharacterCoverage } from '../protocol/character-coverage.ts'
export { CommandCount, CommandLogRow, CommandPage } from '../protocol/command-log.ts'
export { PaceState, PartInspection } from '../protocol/control.ts'
export { PlayerMessage } from '../protocol/coworld-messages.ts'
export { ScoreSeries } from '../protocol/episode-actions.ts'
export { EvaluationDetail, EvaluationEpisodePage, EvaluationRow, EvaluationSummary } from '../protocol/evaluation.ts'
export { ExperienceEpisode, ExperiencePage } from '../protocol/experience.ts'
export { HitlList, HitlState } from '../protocol/hitl-routes.ts'
export {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedLeague,
  HostedMembership,
  LadderEntry,
  LeaderboardRow,
  RoundDetail,
  RoundPage,
} from '../protocol/hosted.ts'
export { PolicyFigures } from '../protocol/league-policy.ts'
export { LiveMessage, ViewFrame } from '../protocol/live.ts'
export { OperateJob, OperateJobs, OperateSessions, OperateStorage, Stopped } from '../protocol/operate.ts'
export { Perception } from '../protocol/perception.ts'
export { BridgeStatus, CommandAccepted, CommandReport, PerceptionError } from '../protocol/perception-adapter.ts'
export { Problem } from '../protocol/problem.ts'
export { RemoteStatus } from '../protocol/remote.ts'
export {
  Authenticated,
  Branched,
  CharacterList,
  CharacterTable,
  EvaluationAnswer,
  FeedbackCleared,
  FeedbackStored,
  GameList,
  HttpError,
  PlayStarted,
  Reconstruction,
  Registered,
  RoleModelsInfo,
  SavedCharacter,
  ServerConfig,
  ServerStatus,
  SessionList,
  SessionStatus,
  Setup,
  SpectatorKey,
} from '../protocol/session.ts'
export {
  CheckedStudy,
  EndedStudySession,
  LinkGroups,
  MadeLinks,
  MadeReport,
  ParticipantTimeline,
  StudyBoard,
  StudyEntry,
  StudyList,
  StudyParticipants,
  StudyTranscript,
} from '../protocol/study-research.ts'
export { JoinedStudy, ParticipantData, ParticipantState, StudyInfo, Withdrawn } from '../protocol/study-routes.ts'
