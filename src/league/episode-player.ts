// Plays one episode of a round or an experience request, as a job of the store. Its journal, logs and zips are stored as
// blobs, and its scores in its row; a second play of the same episode changes nothing.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Match, MatchResult, MatchServices } from '../evaluation/match.ts'
import { playMatch } from '../evaluation/play-episode.ts'
import type { BlobStore } from '../host/blobs.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { configureWorld } from '../kernel/world.ts'
import type { EpisodeFault } from '../protocol/episode-artefacts.ts'
import { isUploaded, LeagueEpisodeJob } from '../protocol/league.ts'
import type { Coworlds } from '../store/leagues/coworlds.ts'
import type { Experiences } from '../store/leagues/experiences.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { EpisodeRecord, LeagueRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'
import { ArtefactDesk } from './artefact-desk.ts'
import { artefactBlob, gameLogBlob, journalBlob, logBlob, replayBlob, resultsBlob } from './episode-artefacts.ts'
import { type PackageHost, playPackage } from './requests/package-episode.ts'
import { packageIdOf } from './requests/played.ts'
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
  /** Required for episodes of experience requests. */
  readonly experiences?: Experiences | undefined
  readonly blobs: BlobStore
  readonly services: Omit<MatchServices, 'signal'>
  /** Required for uploaded policies; undefined: they cannot play here. */
  readonly programs?: ProgramOptions | undefined
  /** What starts uploaded packages; undefined: none is played here. */
  readonly packages?: (PackageHost & { readonly coworlds: Coworlds }) | undefined
}

/** What one play of an episode produced, before any of it is stored. */
interface Played {
  readonly result: Pick<EpisodeRecord, 'status' | 'scores' | 'error' | 'errorInfo' | 'hash'>
  readonly lines: readonly string[]
  readonly logs: ReadonlyMap<number, string>
}

/** The world or package of an episode, and what its league or request changes in every variant. */
type Place = Pick<LeagueRecord, 'world' | 'config'>

interface Play {
  readonly episode: EpisodeRecord
  readonly versions: readonly PolicyVersionRecord[]
  readonly place: Place
}

export class EpisodePlayer {
  readonly #options: EpisodePlayerOptions

  constructor(options: EpisodePlayerOptions) {
    this.#options = options
  }

  /** @returns the id of the episode; undefined: it was already settled */
  async play(payload: unknown, signal: AbortSignal): Promise<string | undefined> {
    const { leagues, rounds, experiences } = this.#options
    const { episode: id } = parseWith(LeagueEpisodeJob, payload, { code: 'STORE_CORRUPT', what: 'A job of a league' })
    const episode = await rounds.findEpisode(id)
    if (episode?.status !== 'pending') return undefined
    if (episode.experienceId !== null) await experiences?.begin(id)
    const versions = await Promise.all(episode.request.policy_version_ids.map((each) => leagues.policyVersion(each)))
    const place = await this.#played(episode)
    if (packageIdOf(place.world) !== undefined) {
      await this.#playPackage({ episode, versions, place }, signal)
      return id
    }
    await using desk = versions.some(({ player }) => isUploaded(player))
      ? await ArtefactDesk.open(versions.length)
      : undefined
    const played = await this.#playOnce({ episode, versions, place, desk }, signal)
    await this.#store(id, played, desk?.files ?? new Map())
    return id
  }

  /** Stores what a play left, then its result, so that a settled episode has all of it. */
  async #store(id: string, { result, lines, logs }: Played, zips: ReadonlyMap<number, string>): Promise<void> {
    const { rounds, blobs } = this.#options
    const journal = lines.length > 0 ? journalBlob(id, randomBytes(4).toString('hex')) : null
    if (journal !== null) await blobs.put(journal, `${lines.join('\n')}\n`)
    for (const [slot, text] of logs) await blobs.put(logBlob(id, slot), text)
    for (const [slot, path] of zips) await blobs.put(artefactBlob(id, slot), createReadStream(path))
    const isFirst = await rounds.settle(id, { ...result, journal })
    if (!isFirst && journal !== null) await blobs.delete(journal)
  }

  /** Stores what a package has left in the same order, and removes the files of its run. */
  async #playPackage({ episode, versions, place }: Play, signal: AbortSignal): Promise<void> {
    const { rounds, blobs, packages } = this.#options
    if (!packages) throw new AppError('ENGINE_MISSING', 'this process plays no uploaded packages')
    const { id, request } = episode
    await using ended = await playPackage(
      {
        coworld: await packages.coworlds.get(packageIdOf(place.world) ?? ''),
        variantId: request.variant_id,
        overrides: place.config,
        seed: request.seed ?? 0,
        versions,
      },
      packages,
      signal,
    )
    const { result, results, replay, gameLog, logs, zips } = ended
    for (const [slot, text] of logs) await blobs.put(logBlob(id, slot), text)
    for (const [slot, path] of zips) await blobs.put(artefactBlob(id, slot), createReadStream(path))
    await blobs.put(gameLogBlob(id), gameLog)
    if (replay !== undefined) await blobs.put(replayBlob(id, replay.hash), createReadStream(replay.path))
    if (replay !== undefined && results !== undefined) {
      await blobs.put(resultsBlob(id, replay.hash), JSON.stringify(results))
    }
    const hash = replay?.hash ?? null
    const isFirst = await rounds.settle(id, { ...result, journal: null, hash })
    if (isFirst || hash === null) return
    // Another server has played it: its replay counts, unless it is the same.
    if ((await rounds.findEpisode(id))?.hash === hash) return
    await blobs.delete(replayBlob(id, hash))
    await blobs.delete(resultsBlob(id, hash))
  }

  async #playOnce(
    { episode, versions, place, desk }: Play & { readonly desk: ArtefactDesk | undefined },
    signal: AbortSignal,
  ): Promise<Played> {
    const { services, programs } = this.#options
    const logs = new Map<number, string>()
    let prepared: PreparedPlayers
    try {
      prepared = await preparePlayers(versions, programs, (slot) => desk?.variables(slot) ?? {})
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // A full disk or a locked store is not the policy's fault: the job is retried.
      if (!(error instanceof AppError) || !PLAYER_FAULTS.includes(error.code)) throw error
      const errorInfo: EpisodeFault = { error_type: 'player_error' }
      const result = { status: 'failed' as const, scores: null, error: error.message, errorInfo, hash: null }
      return { result, lines: [], logs }
    }
    await using players = prepared
    const match = await this.#matchOf(episode, { players, place }, (slot, text) => logs.set(slot, players.redact(text)))
    const ended = await playMatch(match, { ...services, signal })
    const { outcome, scores, error, hash, lines } = ended
    const status = outcome === 'ok' ? ('completed' as const) : ('failed' as const)
    const text = error && players.redact(error.message)
    const result = { status, scores, error: text, errorInfo: faultOf(ended), hash }
    return { result, lines, logs }
  }

  async #matchOf(
    { id, request }: EpisodeRecord,
    { players: { players, environments }, place }: { readonly players: PreparedPlayers; readonly place: Place },
    onOutput: (slot: number, text: string) => void,
  ): Promise<Match> {
    const { services } = this.#options
    const world = await services.worlds.load(place.world)
    const { num_agents: _, ...override } = request.game_config ?? {}
    return {
      id: `league-${id}`,
      world,
      configured: configureWorld(world, request.variant_id, { ...place.config, ...override }),
      seed: request.seed ?? 0,
      players,
      environments,
      onOutput,
      tickRate: TICK_RATE,
      timeoutMs: EPISODE_MS,
    }
  }

  async #played({ roundId, experienceId }: EpisodeRecord): Promise<Place> {
    const { leagues, rounds, experiences } = this.#options
    if (experienceId === null) return leagues.get((await rounds.get(roundId)).leagueId)
    if (experiences) return experiences.get(experienceId)
    throw new AppError('RUN_FAILED', 'this process plays no episodes of experience requests')
  }
}

/** The class of a failure, as package hosts name it. */
function faultOf({ outcome, error }: MatchResult): EpisodeFault | null {
  if (!error) return null
  if (outcome === 'timeout') return { error_type: 'episode_timeout' }
  if (error.slot === null) return { error_type: 'crash' }
  return { error_type: 'player_error', failed_policy_index: error.slot }
}
