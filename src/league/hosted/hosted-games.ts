// Hosted games: an episode whose slots are given out one by one in a lobby. The episode is live from the start, so that
// pages and sockets of a slot work as soon as it is given out; it makes no step before every slot has its player.
import { randomInt, randomUUID } from 'node:crypto'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { HolderRecord, Joiner, PlaySessionRecord, PlaySessions } from '../../store/play/play-sessions.ts'

/** Milliseconds until a lobby whose slots were not all taken expires. */
export const LOBBY_MS = 30 * 60_000
/** Milliseconds to wait for the connections of players once every slot has been given out. */
export const CONNECT_MS = 180_000
/** Milliseconds between the last player connecting and the first step. */
const LEAD_MS = 500
/** Steps per second. */
const STEPS_PER_SECOND = 5

export interface HostedGamesOptions {
  readonly sessions: PlaySessions
  readonly episodes: EpisodeService
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly lobbyMs?: number | undefined
}

/** What is hosted: a world of this server. */
export interface HostedWorld {
  readonly coworldId: string
  readonly world: World
}

export interface NewHostedGame extends HostedWorld {
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

export class HostedGames {
  readonly #options: HostedGamesOptions
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Live episodes that nobody may watch. */
  readonly #unwatched = new Set<string>()
  /** Creations wait for each other, so that the limits hold. */
  readonly #creating = new Mutex()
  #isClosed = false

  constructor(options: HostedGamesOptions) {
    this.#options = options
  }

  /**
   * Opens a lobby.
   * @throws AppError UNKNOWN_VARIANT, RATE_LIMITED, QUEUE_FULL and the codes of `EpisodeService.start`
   */
  create(wanted: NewHostedGame): Promise<PlaySessionRecord> {
    return this.#creating.run(() => this.#create(wanted))
  }

  async #create({
    coworldId,
    world,
    variantId,
    allowsSpectators,
    playerId,
  }: NewHostedGame): Promise<PlaySessionRecord> {
    const { sessions, episodes, lobbyMs = LOBBY_MS } = this.#options
    const variant = variantId ?? world.variants[0]?.id ?? ''
    const configured = configureWorld(world, variant)
    const slots = world.slots(configured.config)
    const id = randomUUID()
    const episodeId = `hosted-${id}`
    const expiresAt = this.#now() + lobbyMs
    const base = { id, coworldId, variantId: variant, episodeId, playerId, allowsSpectators, slots, expiresAt }
    const session = await sessions.add(base)
    if (!allowsSpectators) this.#unwatched.add(episodeId)
    try {
      const episode = await episodes.start({
        world,
        variant,
        seed: randomInt(2 ** 31),
        slots: Array.from({ length: slots }, () => null),
        pacing: { mode: 'rate', stepsPerSecond: STEPS_PER_SECOND },
        kind: 'hosted',
        id: episodeId,
        gatherMs: lobbyMs + CONNECT_MS,
        leadMs: LEAD_MS,
      })
      this.#attend(session, episode)
      return session
    } catch (error) {
      this.#unwatched.delete(episodeId)
      await sessions.remove(id)
      throw error
    }
  }

  /**
   * Gives out a slot; a joiner who is known gets its own again.
   * @throws AppError as `PlaySessions.join`; EPISODE_OVER when the episode is not live here
   */
  async join(id: string, who: Joiner): Promise<GivenSlot> {
    const { sessions, episodes } = this.#options
    const { session, holder } = await sessions.join(id, who)
    const episode = episodes.get(session.episodeId)
    const token = episode?.slots[holder.slot]?.token
    if (!episode || episode.isClosed || token === undefined) {
      throw new AppError('EPISODE_OVER', 'this game has ended', { hint: 'Create another game.' })
    }
    if (session.fullAt !== null) this.#schedule(session)
    return { session, holder, token }
  }

  async state(id: string): Promise<{ session: PlaySessionRecord; holders: HolderRecord[]; status: HostedStatus }> {
    const { sessions } = this.#options
    const session = await sessions.get(id)
    return { session, holders: await sessions.holders(id), status: this.statusOf(session) }
  }

  statusOf({ status, episodeId }: PlaySessionRecord): HostedStatus {
    if (status !== 'open') return status
    const episode = this.#options.episodes.get(episodeId)
    if (!episode || episode.isClosed) return 'ended'
    return episode.status === 'waiting' ? 'lobby' : 'playing'
  }

  list(playerId: string | undefined, limit: number): Promise<PlaySessionRecord[]> {
    return this.#options.sessions.list(playerId, limit)
  }

  /** Ends a game, whether it has begun or not. One that has ended stays as it is. */
  async end(session: PlaySessionRecord): Promise<void> {
    if (await this.#options.sessions.close(session.id, 'ended')) await this.#truncate(session, 'ended by its host')
  }

  /** Whether an episode is a hosted game under way that nobody but its players may see. */
  isClosedToViewers(episodeId: string): boolean {
    return this.#unwatched.has(episodeId)
  }

  /** Brings lobbies and games back after a stop. @returns how many */
  async resume(): Promise<number> {
    const { sessions, episodes, log } = this.#options
    let resumed = 0
    for (const session of await sessions.open()) {
      const { episodeId, expiresAt, fullAt } = session
      if (!session.allowsSpectators) this.#unwatched.add(episodeId)
      const gatherMs = fullAt === null ? Math.max(0, expiresAt - this.#now()) + CONNECT_MS : CONNECT_MS
      try {
        const live = episodes.get(episodeId) ?? (await episodes.resumeById(episodeId, { gatherMs, leadMs: LEAD_MS }))
        this.#attend(session, live)
        resumed++
      } catch (err) {
        // Ended when the server stopped, or not to be resumed: its lobby leads nowhere.
        if (!(err instanceof AppError)) log.error({ session: session.id, err }, 'hosted.resume_failed')
        await this.#forget(session)
      }
    }
    return resumed
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  #attend(session: PlaySessionRecord, episode: Episode): void {
    this.#schedule(session)
    const over = (): void => {
      // A game that the server stops is resumed by the next one.
      if (!this.#isClosed && episode.status !== 'stopped')
        this.#forget(session).catch((err) => this.#fault(session, err))
    }
    episode.done.then(over, over)
  }

  async #forget(session: PlaySessionRecord): Promise<void> {
    clearTimeout(this.#timers.get(session.id))
    this.#timers.delete(session.id)
    this.#unwatched.delete(session.episodeId)
    await this.#options.sessions.close(session.id, 'ended')
  }

  /** The next thing that time does to a session: its lobby expires, or it begins without those who do not come. */
  #schedule(session: PlaySessionRecord): void {
    if (this.#isClosed) return
    clearTimeout(this.#timers.get(session.id))
    const at = session.fullAt === null ? session.expiresAt : session.fullAt + CONNECT_MS
    const act = session.fullAt === null ? () => this.#expire(session) : () => this.#begin(session)
    const run = (): void => void act().catch((err: unknown) => this.#fault(session, err))
    this.#timers.set(session.id, setTimeout(run, Math.max(0, at - this.#now())))
  }

  async #expire(session: PlaySessionRecord): Promise<void> {
    const { sessions } = this.#options
    if (await sessions.close(session.id, 'expired', { onlyLobby: true })) {
      await this.#truncate(session, 'its lobby expired')
      return
    }
    // The last slot was given out in this moment.
    const now = await sessions.get(session.id)
    if (now.status === 'open' && now.fullAt !== null) this.#schedule(now)
  }

  async #begin(session: PlaySessionRecord): Promise<void> {
    const episode = this.#options.episodes.get(session.episodeId)
    if (episode?.status !== 'waiting') return
    if (episode.slots.some(({ hasBeenTaken }) => hasBeenTaken)) episode.begin(true)
    else if (await this.#options.sessions.close(session.id, 'expired')) await this.#truncate(session, 'nobody came')
  }

  async #truncate({ episodeId }: PlaySessionRecord, reason: string): Promise<void> {
    const episode = this.#options.episodes.get(episodeId)
    if (episode && !episode.isClosed) await episode.truncate(reason)
  }

  #fault(session: PlaySessionRecord, err: unknown): void {
    this.#options.log.error({ session: session.id, err }, 'hosted.failed')
  }
}
