// Plays one episode of a round, as a job of the store. Its journal and its players' logs are stored as blobs, and its
// scores in the round; a second play of the same episode changes nothing.
import { randomBytes } from 'node:crypto'
import type { Match, MatchServices } from '../evaluation/match.ts'
import { playMatch } from '../evaluation/play-episode.ts'
import type { BlobStore } from '../host/blobs.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { configureWorld } from '../kernel/world.ts'
import { LeagueEpisodeJob } from '../protocol/league.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { EpisodeRecord } from '../store/leagues/rows.ts'
import { type PreparedPlayers, type ProgramOptions, preparePlayers } from './uploads/programs.ts'

/** Time limit of one episode in milliseconds, and steps per second with external players. */
const EPISODE_MS = 600_000
export const TICK_RATE = 20
/** Errors that mean that a policy cannot be started, so that its episode has failed. */
const PLAYER_FAULTS: readonly string[] = [
  'RUN_FAILED',
  'ENGINE_MISSING',
  'UPLOAD_INVALID',
  'UNKNOWN_BLOB',
  'PII_KEY_WRONG',
]

export interface EpisodePlayerOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly blobs: BlobStore
  readonly services: Omit<MatchServices, 'signal'>
  /** Required for uploaded policies; undefined: they cannot play here. */
  readonly programs?: ProgramOptions | undefined
}

/** The name of the log of a slot's player; the logs of one episode share a prefix. */
export const logBlob = (episodeId: string, slot: number): string => `${logPrefix(episodeId)}${slot}.txt`
export const logPrefix = (episodeId: string): string => `leagues/${episodeId}-log-`

export class EpisodePlayer {
  readonly #options: EpisodePlayerOptions

  constructor(options: EpisodePlayerOptions) {
    this.#options = options
  }

  /** @returns the id of the episode; undefined: it was already settled */
  async play(payload: unknown, signal: AbortSignal): Promise<string | undefined> {
    const { rounds, blobs } = this.#options
    const { episode: id } = parseWith(LeagueEpisodeJob, payload, { code: 'STORE_CORRUPT', what: 'A job of a league' })
    const episode = await rounds.findEpisode(id)
    if (episode?.status !== 'pending') return undefined
    const { lines, logs, ...result } = await this.#playOnce(episode, signal)
    const journal = lines.length > 0 ? `leagues/${id}-${randomBytes(4).toString('hex')}.jsonl` : null
    if (journal !== null) await blobs.put(journal, `${lines.join('\n')}\n`)
    for (const [slot, text] of logs) await blobs.put(logBlob(id, slot), text)
    const isFirst = await rounds.settle(id, { ...result, journal })
    if (!isFirst && journal !== null) await blobs.delete(journal)
    return id
  }

  async #playOnce(episode: EpisodeRecord, signal: AbortSignal) {
    const { leagues, services, programs } = this.#options
    const logs = new Map<number, string>()
    const versions = await Promise.all(episode.request.policy_version_ids.map((id) => leagues.policyVersion(id)))
    let prepared: PreparedPlayers
    try {
      prepared = await preparePlayers(versions, programs)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // A full disk or a locked store is not the policy's fault: the job is retried.
      if (!(error instanceof AppError) || !PLAYER_FAULTS.includes(error.code)) throw error
      return { status: 'failed' as const, scores: null, error: error.message, hash: null, lines: [], logs }
    }
    await using players = prepared
    const match = await this.#matchOf(episode, players, (slot, text) => logs.set(slot, players.redact(text)))
    const { outcome, scores, error, hash, lines } = await playMatch(match, { ...services, signal })
    const status = outcome === 'ok' ? ('completed' as const) : ('failed' as const)
    return { status, scores, error: error && players.redact(error.message), hash, lines, logs }
  }

  async #matchOf(
    { id, roundId, request }: EpisodeRecord,
    { players, environments }: PreparedPlayers,
    onOutput: (slot: number, text: string) => void,
  ): Promise<Match> {
    const { leagues, rounds, services } = this.#options
    const { leagueId } = await rounds.get(roundId)
    const league = await leagues.get(leagueId)
    const world = await services.worlds.load(league.world)
    const { num_agents: _, ...override } = request.game_config ?? {}
    return {
      id: `league-${id}`,
      world,
      configured: configureWorld(world, request.variant_id, { ...league.config, ...override }),
      seed: request.seed ?? 0,
      players,
      environments,
      onOutput,
      tickRate: TICK_RATE,
      timeoutMs: EPISODE_MS,
    }
  }
}
