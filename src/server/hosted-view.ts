// Converts rows of the store to the read objects of the hosted API.
import { AppError } from '../kernel/errors.ts'
import { packageIdOf } from '../league/requests/played.ts'
import type {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedGame,
  HostedLeague,
  HostedPlayer,
  HostedPolicyVersion,
  HostedPool,
  HostedRound,
  HostedSubmission,
  MembershipDetail,
} from '../protocol/hosted.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type {
  DivisionRecord,
  EpisodeRecord,
  EventRecord,
  LeagueRecord,
  MembershipRecord,
  PolicyVersionRecord,
  ResultRecord,
  RoundRecord,
} from '../store/leagues/rows.ts'
import type { SubmissionRecord } from '../store/leagues/submissions.ts'
import { coworldOf } from './coworlds.ts'

const iso = (at: number): string => new Date(at).toISOString()
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

/** An id without its prefix; ids without one pass. */
export const bareId = (id: string): string =>
  id.replace(/^(?:league|div|round|pool|lpm|sub|ereq|xreq|rep|player|src|img|cow|ps)_/, '')

/** Games are worlds: they have no row, and their id is derived from the name. */
export const gameOf = ({ world, createdAt }: LeagueRecord): HostedGame => ({
  id: `game_${world}`,
  name: world,
  slug: world,
  coworld_name: world,
  coworld_id: null,
  description: null,
  created_at: iso(createdAt),
})

export const toHostedLeague = (league: LeagueRecord): HostedLeague => ({
  id: `league_${league.id}`,
  name: league.name,
  slug: league.slug,
  game: gameOf(league),
  commissioner_key: league.commissioner.type,
  public: league.isPublic,
  hidden: league.isHidden,
  created_at: iso(league.createdAt),
})

/** The objects that lists refer to, read once per answer. */
export class HostedView {
  readonly #leagues: ReadonlyMap<string, LeagueRecord>
  readonly #divisions: ReadonlyMap<string, DivisionRecord>
  readonly #versions: ReadonlyMap<string, PolicyVersionRecord>
  readonly #players: ReadonlyMap<string, string>

  private constructor(
    leagues: readonly LeagueRecord[],
    divisions: readonly DivisionRecord[],
    versions: readonly PolicyVersionRecord[],
    players: ReadonlyMap<string, string>,
  ) {
    this.#leagues = new Map(leagues.map((each) => [each.id, each]))
    this.#divisions = new Map(divisions.map((each) => [each.id, each]))
    this.#versions = new Map(versions.map((each) => [each.id, each]))
    this.#players = players
  }

  static async read(leagues: Leagues): Promise<HostedView> {
    return new HostedView(
      await leagues.list(),
      await leagues.divisions(undefined, { withArchived: true }),
      await leagues.policyVersions(),
      await leagues.playerNames(),
    )
  }

  league(id: string): HostedLeague {
    return toHostedLeague(known(this.#leagues, id))
  }

  division(id: string): HostedDivision {
    const division = known(this.#divisions, id)
    return {
      id: `div_${division.id}`,
      name: division.name,
      level: division.level,
      league: this.league(division.leagueId),
      description: division.description,
      commissioner_description: null,
      created_at: iso(division.createdAt),
    }
  }

  version(id: string): HostedPolicyVersion {
    const { policyId, name, version, playerId } = known(this.#versions, id)
    return { id, policy: { id: policyId, name }, version, player_id: playerId && `player_${playerId}` }
  }

  player(id: string | null): HostedPlayer | null {
    return id === null ? null : { id: `player_${id}`, name: this.#players.get(id) ?? null, avatar_url: null }
  }

  /** @throws AppError UNKNOWN_LEAGUE for a member that is in no division */
  membership(member: MembershipRecord): MembershipDetail {
    return {
      id: `lpm_${member.id}`,
      is_active: member.isActive,
      is_champion: member.isChampion,
      status: member.status,
      substatus: member.substatus,
      start_time: iso(member.createdAt),
      end_time: isoOrNull(member.endedAt),
      league: this.league(member.leagueId),
      division: this.division(member.divisionId ?? ''),
      policy_version: this.version(member.policyVersionId),
      player: this.player(member.playerId),
      created_at: iso(member.createdAt),
    }
  }

  submission(submission: SubmissionRecord): HostedSubmission {
    return {
      id: `sub_${submission.id}`,
      status: submission.status,
      league: this.league(submission.leagueId),
      policy_version: this.version(submission.policyVersionId),
      player: this.player(submission.playerId),
      league_policy_membership_id: submission.membershipId && `lpm_${submission.membershipId}`,
      notes: submission.notes,
      created_at: iso(submission.createdAt),
    }
  }

  round(round: RoundRecord): HostedRound {
    return {
      id: `round_${round.id}`,
      round_number: round.number,
      commissioner_key: known(this.#leagues, round.leagueId).commissioner.type,
      execution_backend: round.backend,
      round_config: round.config,
      round_display: round.display,
      status: round.status,
      error: round.error,
      started_at: isoOrNull(round.startedAt),
      completed_at: isoOrNull(round.completedAt),
      division: this.division(round.divisionId),
      created_at: iso(round.createdAt),
    }
  }

  /** Every round has one pool, with the round's id. */
  pool(round: RoundRecord): HostedPool {
    return {
      id: `pool_${round.id}`,
      round_id: `round_${round.id}`,
      pool_index: 0,
      label: 'Round',
      pool_type: known(this.#divisions, round.divisionId).type,
      env_config: null,
      coworld_id: null,
      config: {},
      status: round.status,
      error: round.error,
      started_at: isoOrNull(round.startedAt),
      completed_at: isoOrNull(round.completedAt),
      created_at: iso(round.createdAt),
    }
  }

  result(result: ResultRecord, round: RoundRecord) {
    return {
      id: `${result.roundId}-${result.policyVersionId}`,
      rank: result.rank,
      score: result.score,
      result_metadata: result.metadata,
      policy_version: this.version(result.policyVersionId),
      player: this.player(result.playerId),
      created_at: iso(round.completedAt ?? round.createdAt),
    }
  }

  /**
   * @param at where the caller reaches this server (replays are read by others, without a token), the world that was
   * played, and who asked for the episode; default: the platform
   */
  episode(
    episode: EpisodeRecord,
    at?: { readonly origin: string; readonly world: string; readonly requester?: string },
  ): HostedEpisode {
    const { requester = 'user_platform' } = at ?? {}
    const { policy_version_ids: ids, seed } = episode.request
    const positions = [...new Set(ids)]
    // A package that has completed an episode has left a replay in place of a journal.
    const isPackage = at !== undefined && packageIdOf(at.world) !== undefined
    const isRecorded = episode.journal !== null || (isPackage && episode.status === 'completed')
    return {
      id: `ereq_${episode.id}`,
      requester_user_id: requester,
      pool_id: episode.experienceId === null ? `pool_${episode.roundId}` : null,
      mod_name: null,
      env_config_name: episode.request.variant_id,
      coworld_id: at ? coworldOf(at.world) : null,
      seed,
      assignments: ids.map((id) => positions.indexOf(id)),
      max_steps: null,
      status: episode.status === 'pending' && episode.startedAt !== null ? 'running' : episode.status,
      policy_version_ids: positions,
      participants: positions.map((id, position) => {
        const { policyId, name, version, playerId } = known(this.#versions, id)
        return {
          position,
          policy_version_id: id,
          policy_id: policyId,
          policy_name: name,
          version,
          player_id: playerId && `player_${playerId}`,
          player_name: this.player(playerId)?.name ?? null,
        }
      }),
      job_id: episode.status === 'pending' ? null : episode.id,
      episode_id: isRecorded ? episode.id : null,
      replay_url: at !== undefined && isRecorded ? `${at.origin}/jobs/${episode.id}/artifacts/replay` : null,
      scores: (episode.scores ?? []).flatMap((score, slot) => {
        const id = ids[slot]
        return id === undefined ? [] : [{ policy_version_id: id, score }]
      }),
      created_at: iso(episode.createdAt),
    }
  }

  event(event: EventRecord): CompetitionEvent {
    return {
      id: event.id,
      event_type: event.type,
      audience: 'public',
      user_id: null,
      player: this.player(event.playerId),
      policy_version: event.policyVersionId === null ? null : this.version(event.policyVersionId),
      league: this.league(event.leagueId),
      division: event.divisionId === null ? null : this.division(event.divisionId),
      round_id: event.roundId && `round_${event.roundId}`,
      headline: event.headline,
      summary: event.summary,
      payload: { ...event.payload, actor: event.actor },
      created_at: iso(event.createdAt),
    }
  }
}

function known<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(bareId(id))
  if (found !== undefined) return found
  throw new AppError('UNKNOWN_LEAGUE', `there is nothing with the id ${id}`)
}
