// Converts league rows between their columns and their records in code.
import { z } from 'zod'
import { ScheduledEpisode } from '../../protocol/commissioner.ts'
import { EpisodeFault } from '../../protocol/episode-artefacts.ts'
import { JsonObject, JsonValue } from '../../protocol/json.ts'
import { AUTO_CHAMPION, type AutoChampion, CommissionerRef, LeaguePlayer } from '../../protocol/league.ts'
import { readJsonColumn } from '../columns.ts'
import type {
  LeagueDivisionTable,
  LeagueEpisodeTable,
  LeagueEventTable,
  LeagueMembershipTable,
  LeaguePolicyVersionTable,
  LeagueResultTable,
  LeagueRoundTable,
  LeagueTable,
} from './tables.ts'

export interface LeagueRecord {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly world: string
  readonly variants: readonly string[]
  readonly config: JsonObject
  readonly commissioner: CommissionerRef
  readonly state: JsonValue
  readonly isPublic: boolean
  readonly isHidden: boolean
  readonly isPaused: boolean
  readonly rounds: number
  readonly createdAt: number
}

export interface DivisionRecord {
  readonly id: string
  readonly leagueId: string
  readonly name: string
  readonly level: number
  readonly type: string
  readonly description: string | null
  readonly createdAt: number
  /** Null: in use. */
  readonly archivedAt: number | null
}

export interface PolicyVersionRecord {
  readonly id: string
  readonly policyId: string
  readonly name: string
  readonly version: number
  readonly playerId: string | null
  readonly player: LeaguePlayer
  readonly createdAt: number
}

export interface MembershipRecord {
  readonly id: string
  readonly leagueId: string
  readonly divisionId: string | null
  readonly policyVersionId: string
  readonly playerId: string | null
  readonly status: string
  readonly substatus: string | null
  readonly isChampion: boolean
  readonly isActive: boolean
  readonly createdAt: number
  readonly endedAt: number | null
  readonly autoChampion: AutoChampion
  readonly preferences: JsonObject | null
}

export const AFTERMATHS = ['pending', 'applied', 'refused', 'unknown'] as const
/** Whether the commissioner was asked what follows a round, and what became of its answer. */
export type Aftermath = (typeof AFTERMATHS)[number]

export const ROUND_STATUSES = ['pending', 'claimed', 'running', 'completed', 'failed'] as const
export type RoundStatus = (typeof ROUND_STATUSES)[number]

export interface RoundRecord {
  readonly id: string
  readonly leagueId: string
  readonly divisionId: string
  readonly number: number
  readonly status: RoundStatus
  readonly backend: string
  readonly config: JsonObject
  readonly start: JsonObject | null
  readonly display: JsonObject | null
  readonly error: string | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly completedAt: number | null
  readonly aftermath: Aftermath | null
  /** The round whose commissioner asked for this one. */
  readonly follows: string | null
  readonly depth: number
}

export interface EpisodeRecord {
  readonly id: string
  /** The round, or the experience request. */
  readonly roundId: string
  /** Null: it belongs to a round. */
  readonly experienceId: string | null
  readonly request: ScheduledEpisode
  readonly status: EpisodeStatus
  readonly scores: readonly number[] | null
  readonly error: string | null
  /** The class of the error; null: none, or a row of an earlier release. */
  readonly errorInfo: EpisodeFault | null
  readonly journal: string | null
  readonly hash: string | null
  readonly createdAt: number
  /** When its last attempt began; null: it waits, or belongs to a round. */
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export interface ResultRecord {
  readonly roundId: string
  readonly divisionId: string
  readonly policyVersionId: string
  readonly playerId: string | null
  readonly rank: number
  readonly score: number
  readonly metadata: JsonObject
}

export interface EventRecord {
  readonly id: string
  readonly leagueId: string
  readonly divisionId: string | null
  readonly roundId: string | null
  readonly policyVersionId: string | null
  readonly playerId: string | null
  readonly type: string
  readonly actor: string
  readonly headline: string
  readonly summary: string
  readonly payload: JsonObject
  readonly createdAt: number
}

const Texts = z.array(z.string())
const Numbers = z.array(z.number())
const instant = (value: number | null): number | null => (value === null ? null : Number(value))

export const toLeague = (row: LeagueTable): LeagueRecord => ({
  id: row.league_id,
  name: row.name,
  slug: row.slug,
  world: row.world,
  variants: readJsonColumn(Texts, row.variants, 'variants'),
  config: readJsonColumn(JsonObject, row.config, 'config'),
  commissioner: readJsonColumn(CommissionerRef, row.commissioner, 'commissioner'),
  state: readJsonColumn(JsonValue, row.state, 'state'),
  isPublic: row.is_public === 1,
  isHidden: row.is_hidden === 1,
  isPaused: row.is_paused === 1,
  rounds: Number(row.rounds),
  createdAt: Number(row.created_at),
})

export const toDivision = (row: LeagueDivisionTable): DivisionRecord => ({
  id: row.division_id,
  leagueId: row.league_id,
  name: row.name,
  level: row.level,
  type: row.type,
  description: row.description,
  createdAt: Number(row.created_at),
  archivedAt: instant(row.archived_at),
})

export const toPolicyVersion = (row: LeaguePolicyVersionTable): PolicyVersionRecord => ({
  id: row.policy_version_id,
  policyId: row.policy_id,
  name: row.name,
  version: row.version,
  playerId: row.player_id,
  player: readJsonColumn(LeaguePlayer, row.player, 'player'),
  createdAt: Number(row.created_at),
})

export const toMembership = (row: LeagueMembershipTable): MembershipRecord => ({
  id: row.membership_id,
  leagueId: row.league_id,
  divisionId: row.division_id,
  policyVersionId: row.policy_version_id,
  playerId: row.player_id,
  status: row.status,
  substatus: row.substatus,
  isChampion: row.is_champion === 1,
  isActive: row.is_active === 1,
  createdAt: Number(row.created_at),
  endedAt: instant(row.ended_at),
  autoChampion: readAutoChampion(row.auto_champion),
  preferences: row.preferences === null ? null : readJsonColumn(JsonObject, row.preferences, 'preferences'),
})

const Auto = z.enum(AUTO_CHAMPION)
export const readAutoChampion = (text: string): AutoChampion =>
  readJsonColumn(Auto, JSON.stringify(text), 'auto_champion')

const AftermathColumn = z.enum(AFTERMATHS)
const Status = z.enum(ROUND_STATUSES)

export const toRound = (row: LeagueRoundTable): RoundRecord => ({
  id: row.round_id,
  leagueId: row.league_id,
  divisionId: row.division_id,
  number: Number(row.round_number),
  status: readJsonColumn(Status, JSON.stringify(row.status), 'status'),
  backend: row.backend,
  config: readJsonColumn(JsonObject, row.round_config, 'round_config'),
  start: row.round_start === null ? null : readJsonColumn(JsonObject, row.round_start, 'round_start'),
  display: row.round_display === null ? null : readJsonColumn(JsonObject, row.round_display, 'round_display'),
  error: row.error,
  createdAt: Number(row.created_at),
  startedAt: instant(row.started_at),
  completedAt: instant(row.completed_at),
  aftermath:
    row.aftermath === null ? null : readJsonColumn(AftermathColumn, JSON.stringify(row.aftermath), 'aftermath'),
  follows: row.follows,
  depth: Number(row.depth),
})

const EpisodeStatus = z.enum(['pending', 'completed', 'failed', 'cancelled'])
export type EpisodeStatus = z.infer<typeof EpisodeStatus>

export const toEpisode = (row: LeagueEpisodeTable): EpisodeRecord => ({
  id: row.episode_id,
  roundId: row.round_id,
  experienceId: row.experience_id,
  request: ScheduledEpisode.parse({
    request_id: row.request_id,
    variant_id: row.variant_id,
    policy_version_ids: readJsonColumn(Texts, row.lineup, 'lineup'),
    seed: Number(row.seed),
    ...(row.game_config === null ? {} : { game_config: readJsonColumn(JsonObject, row.game_config, 'game_config') }),
  }),
  status: readJsonColumn(EpisodeStatus, JSON.stringify(row.status), 'status'),
  scores: row.scores === null ? null : readJsonColumn(Numbers, row.scores, 'scores'),
  error: row.error,
  errorInfo: row.error_info === null ? null : readJsonColumn(EpisodeFault, row.error_info, 'error_info'),
  journal: row.journal,
  hash: row.hash,
  createdAt: Number(row.created_at),
  startedAt: instant(row.started_at),
  endedAt: instant(row.ended_at),
})

export const readMetadata = (json: string): ResultRecord['metadata'] => readJsonColumn(JsonObject, json, 'metadata')

export const toResult = (row: LeagueResultTable): ResultRecord => ({
  roundId: row.round_id,
  divisionId: row.division_id,
  policyVersionId: row.policy_version_id,
  playerId: row.player_id,
  rank: row.rank,
  score: row.score,
  metadata: readMetadata(row.metadata),
})

export const toEvent = (row: LeagueEventTable): EventRecord => ({
  id: row.event_id,
  leagueId: row.league_id,
  divisionId: row.division_id,
  roundId: row.round_id,
  policyVersionId: row.policy_version_id,
  playerId: row.player_id,
  type: row.event_type,
  actor: row.actor,
  headline: row.headline,
  summary: row.summary,
  payload: readJsonColumn(JsonObject, row.payload, 'payload'),
  createdAt: Number(row.created_at),
})
