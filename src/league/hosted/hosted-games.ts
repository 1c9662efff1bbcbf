// Hosted games: sessions whose slots are given out one by one in a lobby, with limits and the time of the lobby. How a
// game is played is the matter of its stage: an episode of this server, or a container of an uploaded package.
import { randomUUID } from 'node:crypto'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { CoworldRecord } from '../../store/leagues/coworlds.ts'
import {
  type HolderRecord,
  type Joiner,
  over,
  type PlaySessionRecord,
  type PlaySessions,
} from '../../store/play/play-sessions.ts'
import { type PackageParts, PackageStage } from './package-stage.ts'
import type { Ended, Plan, Stage, StageHost } from './stage.ts'
import { type HostedWorld, WorldStage } from './world-stage.ts'

/** Starts the ids of episodes of hosted games. */
const EPISODE_PREFIX = 'hosted-'
/** Milliseconds until a lobby whose slots were not all taken expires. */
export const LOBBY_MS = 30 * 60_000

export interface HostedGamesOptions {
  readonly sessions: PlaySessions
  readonly episodes: EpisodeService
  readonly packages: PackageParts
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly lobbyMs?: number | undefined
  /** Milliseconds that a full game waits for its players; default: CONNECT_MS. */
  readonly connectMs?: number | undefined
}

/** What is hosted: a world of this server, or an uploaded package. */
export type HostedCoworldChoice = HostedWorld | { readonly coworld: CoworldRecord }

export type NewHostedGame = HostedCoworldChoice & {
  readonly variantId: string | undefined
  readonly allowsSpectators: boolean
  /** Who creates it; null: the operator. */
  readonly playerId: string | null
}

export interface GivenSlot {
  readonly session: PlaySessionRecord
  readonly holder: HolderRecord
  readonly token: string
}

export type HostedStatus = 'lobby' | 'playing' | 'ended' | 'expired'

export class HostedGames implements StageHost {
  readonly packages: PackageStage
  readonly #worlds: WorldStage
  readonly #options: HostedGamesOptions
  /** Of lobbies, until they expire. */
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Creations wait for each other, so that the limits hold. */
  readonly #creating = new Mutex()
  #isClosed = false
  #hasResumed = false

  constructor(options: HostedGamesOptions) {
    this.#options = options
    const { log, episodes, sessions, connectMs } = options
    this.#worlds = new WorldStage({ episodes, log, host: this, now: () => this.#now(), connectMs })
    this.packages = new PackageStage({ ...options.packages, sessions, log, host: this, connectMs })
  }

  /**
   * Opens a lobby.
   * @throws AppError UNKNOWN_VARIANT, RATE_LIMITED, QUEUE_FULL and the codes of `EpisodeService.start`; of packages also
   *   ENGINE_MISSING where this server runs none
   */
  create(wanted: NewHostedGame): Promise<PlaySessionRecord> {
    return this.#creating.run(() => this.#create(wanted))
  }

  async #create(wanted: NewHostedGame): Promise<PlaySessionRecord> {
    const { sessions, lobbyMs = LOBBY_MS } = this.#options
    const { variantId: variant, playerId, allowsSpectators } = wanted
    const plan: Plan =
      'world' in wanted ? this.#worlds.plan(wanted, variant) : this.packages.plan(wanted.coworld, variant)
    const { coworldId, variantId, slots } = plan
    const id = randomUUID()
    const expiresAt = this.#now() + lobbyMs
    const base = {
      id,
      coworldId,
      variantId,
      episodeId: `${EPISODE_PREFIX}${id}`,
      playerId,
      allowsSpectators,
      slots,
      expiresAt,
    }
    const session = await sessions.add({ ...base, tokens: plan.seal?.(id) })
    try {
      await plan.open(session)
    } catch (error) {
      await sessions.remove(id)
      throw error
    }
    this.#schedule(session)
    return session
  }

  /**
   * Gives out a slot; a joiner who is known gets its own again.
   * @throws AppError as `PlaySessions.join`; EPISODE_OVER when there is nothing to play any more
   */
  async join(id: string, who: Joiner): Promise<GivenSlot> {
    const { session, holder } = await this.#options.sessions.join(id, who)
    const stage = this.#stageOf(session)
    const token = stage.tokenOf(session, holder.slot)
    if (token === undefined) {
      throw stage.statusOf(session) === 'ended' ? over({ status: 'ended', reason: null }) : resuming()
    }
    if (session.fullAt !== null && !this.#isClosed) {
      this.#forgetTimer(session.id)
      stage.fill(session)
    }
    return { session, holder, token }
  }

  async state(id: string): Promise<{ session: PlaySessionRecord; holders: HolderRecord[]; status: HostedStatus }> {
    const { sessions } = this.#options
    const holders = await sessions.holders(id)
    const read = await sessions.get(id)
    // A game that ended in this moment is stored with its reason, which the record that was read does not have yet.
    const isStale = read.status === 'open' && this.statusOf(read) === 'ended'
    const session = isStale ? await sessions.get(id) : read
    return { session, holders, status: this.statusOf(session) }
  }

  statusOf(session: PlaySessionRecord): HostedStatus {
    if (session.status !== 'open') return session.status
    if (this.#options.sessions.isOwn(session)) return this.#stageOf(session).statusOf(session)
    return session.fullAt === null ? 'lobby' : 'playing'
  }

  list(playerId: string | undefined, limit: number): Promise<PlaySessionRecord[]> {
    return this.#options.sessions.list(playerId, limit)
  }

  /**
   * Ends a game, whether it has begun or not. One that has ended stays as it is.
   * @throws AppError OTHER_SERVER
   */
  async end(session: PlaySessionRecord): Promise<void> {
    this.#options.sessions.requireOwn(session)
    const reason = 'ended by its host'
    if (await this.over(session, { status: 'ended', reason })) await this.#stageOf(session).stop(session, reason)
  }

  /** Who may watch an episode: nobody but its players, if it is a hosted game under way without spectators. */
  viewersOf(episodeId: string): 'all' | 'players' | 'unknown' {
    if (!this.#hasResumed && episodeId.startsWith(EPISODE_PREFIX)) return 'unknown'
    return this.#worlds.isClosedToViewers(episodeId) ? 'players' : 'all'
  }

  /** Call it for every episode that begins. */
  begun(episode: Episode): void {
    this.#worlds.begun(episode)
  }

  /** Brings lobbies and games of this server back after a stop. @returns how many */
  async resume(): Promise<number> {
    let resumed = 0
    for (const session of await this.#options.sessions.open()) {
      const stage = this.#stageOf(session)
      const ended = await stage.resume(session)
      if (ended) {
        await this.over(session, ended)
        continue
      }
      resumed++
      if (session.fullAt === null) this.#schedule(session)
      else stage.fill(session)
    }
    this.#hasResumed = true
    return resumed
  }

  /** Games of packages end with the server; the others go on with the next one. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await this.#worlds.close()
    await this.packages.close()
  }

  over(session: PlaySessionRecord, { status, ...closing }: Ended): Promise<boolean> {
    this.#forgetTimer(session.id)
    return this.#options.sessions.close(session.id, status, closing)
  }

  fault(session: PlaySessionRecord, err: unknown): void {
    this.#options.log.error({ session: session.id, err }, 'hosted.failed')
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  #stageOf({ tokens }: PlaySessionRecord): Stage {
    return tokens === null ? this.#worlds : this.packages
  }

  /** Lets a lobby expire at its time. */
  #schedule(session: PlaySessionRecord): void {
    if (this.#isClosed) return
    this.#forgetTimer(session.id)
    const expire = (): void => void this.#expire(session).catch((error: unknown) => this.fault(session, error))
    this.#timers.set(session.id, setTimeout(expire, Math.max(0, session.expiresAt - this.#now())))
  }

  async #expire(session: PlaySessionRecord): Promise<void> {
    // Not when the last slot was given out in this moment.
    if (await this.#options.sessions.close(session.id, 'expired', { onlyLobby: true })) {
      await this.#stageOf(session).stop(session, 'its lobby expired')
    }
  }

  #forgetTimer(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }
}

const resuming = (): AppError =>
  new AppError('INTERRUPTED', 'this game is being resumed', { hint: 'Try again in a moment: it continues.' })

/** @throws AppError EPISODE_OVER */
export function refuseEnded({ session, status }: { session: PlaySessionRecord; status: HostedStatus }): void {
  if (status === 'lobby' || status === 'playing') return
  throw over({ status: status === 'expired' ? 'expired' : 'ended', reason: session.reason })
}
