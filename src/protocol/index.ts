// `paracosm/protocol`: the shapes of messages and stored data. Types are inferred from the schemas of the same names.
export { EpisodePage, EpisodeSummary, WorldDetail, WorldSummary } from './catalogue.ts'
export { CHARACTER_LIMITS, Character, Dimensions, HsnDivergence, NewCharacter } from './character.ts'
export { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from './character-vocabulary.ts'
export { type CommandFilters, CommandLogRow, type CommandPage, type NewCommandLogRow } from './command-log.ts'
export { EffectReply, EffectRequest, Outcome, PlayerRef, Refusal, Results, Seed, Variant } from './episode.ts'
export type { FormQuestion, StudyForm } from './experiment-form.ts'
export { HitlFile, type HitlScenario } from './hitl.ts'
export type { HitlState } from './hitl-routes.ts'
export type {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedLeague,
  HostedMembership,
  HostedRound,
  LadderEntry,
  LeaderboardRow,
  RoundDetail,
  RoundPage,
} from './hosted.ts'
export { CheckpointLine, JOURNAL_VERSION, JournalHeader, OutcomeLine, StepLine } from './journal.ts'
export { JsonObject, JsonValue } from './json.ts'
export { Perception } from './perception.ts'
export {
  BridgeStatus,
  CommandAccepted,
  CommandInput,
  CommandReport,
  PerceptionError,
  StreamMessage,
} from './perception-adapter.ts'
export { AgentCommand } from './perception-command.ts'
export { Problem } from './problem.ts'
export type { CharacterEntry } from './session.ts'
export { Authenticated, Feedback, Reconstruction, Registration, SessionList, Setup } from './session.ts'
export type {
  CheckedStudy,
  MadeLinks,
  ParticipantTimeline,
  StudyBoard,
  StudyEntry,
  StudyParticipant,
  StudyPeople,
  StudyTranscript,
} from './study-research.ts'
export { ParticipantState, StudyInfo } from './study-routes.ts'
