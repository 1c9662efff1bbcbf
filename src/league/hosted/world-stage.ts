// Hosted games of worlds of this server. The episode is live from the start, so that pages and sockets of a slot work as
// soon as it is given out; it makes no step before every slot has its player.
import { randomInt } from 'node:crypto'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { Log } from '../../host/log.ts'
import { isStorageFault } from '../../host/suspended.ts'
import { AppError } from '../../kernel/errors.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import { retry } from '../../lib/retry.ts'
import type { PlaySessionRecord } from '../../store/play/play-sessions.ts'
import { CONNECT_MS, type Ended, NOBODY, type Plan, type Stage, type StageHost } from './stage.ts'

/** Milliseconds between the last player connecting and the first step. */
const LEAD_MS = 500
/** How long the end of a game is stored again while the database is away. */
const STORING = { attempts: 1000, firstMs: 250, longestMs: 10_000, shouldRetry: isStorageFault }
/** Steps per second. */
const STEPS_PER_SECOND = 5

/** What is hosted: a world of this server. */
export interface HostedWorld {
  readonly coworldId: string
  readonly world: World
}

export interface WorldStageOptions {
  readonly episodes: EpisodeService
  readonly log: Log
  readonly host: StageHost
  now(): number
  readonly connectMs?: number | undefined
}

export class WorldStage implements Stage {
  readonly #options: WorldStageOptions
  readonly #connectMs: number
  /** Of full games whose players are awaited. */
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Sessions by their episodes, until these have ended. */
  readonly #attended = new Map<string, PlaySessionRecord>()
  /** Live episodes that nobody may watch. */
  readonly #unwatched = new Set<string>()
  readonly #closing = new AbortController()

  constructor(options: WorldStageOptions) {
    this.#options = options
    this.#connectMs = options.connectMs ?? CONNECT_MS
  }

  /** @throws AppError UNKNOWN_VARIANT; `open` the codes of `EpisodeService.start` */
  plan({ coworldId, world }: HostedWorld, variantId: string | undefined): Plan {
    const variant = variantId ?? world.variants[0]?.id ?? ''
    const slots = world.slots(configureWorld(world, variant).config)
    return { coworldId, variantId: variant, slots, open: (session) => this.#open(session, world) }
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  async #open(session: PlaySessionRecord, world: World): Promise<void> {
    const { episodeId: id, variantId: variant, slots, expiresAt, allowsSpectators } = session
    if (!allowsSpectators) this.#unwatched.add(id)
    try {
      const episode = await this.#options.episodes.start({
        world,
        variant,
        seed: randomInt(2 ** 31),
        slots: Array.from({ length: slots }, () => null),
        pacing: { mode: 'rate', stepsPerSecond: STEPS_PER_SECOND },
        kind: 'hosted',
        id,
        gatherMs: Math.max(0, expiresAt - this.#options.now()) + this.#connectMs,
        leadMs: LEAD_MS,
      })
      this.#attend(session, episode)
    } catch (error) {
      this.#unwatched.delete(id)
      throw error
    }
  }

  tokenOf({ episodeId }: PlaySessionRecord, slot: number): string | undefined {
    const episode = this.#options.episodes.get(episodeId)
    return episode && !episode.isClosed ? episode.slots[slot]?.token : undefined
  }

  statusOf({ episodeId, fullAt }: PlaySessionRecord): 'lobby' | 'playing' | 'ended' {
    const { episodes } = this.#options
    const episode = episodes.get(episodeId)
    if (!episode || episode.isClosed) {
      if (episode?.status !== 'stopped' && !episodes.isResuming(episodeId)) return 'ended'
      return fullAt === null ? 'lobby' : 'playing'
    }
    return episode.status === 'waiting' ? 'lobby' : 'playing'
  }

  fill(session: PlaySessionRecord): void {
    if (this.#isClosed || session.fullAt === null || this.#timers.has(session.id)) return
    const begin = (): void => void this.#begin(session).catch((error) => this.#options.host.fault(session, error))
    const left = Math.max(0, session.fullAt + this.#connectMs - this.#options.now())
    this.#timers.set(session.id, setTimeout(begin, left))
  }

  async stop({ id, episodeId }: PlaySessionRecord, reason: string): Promise<void> {
    this.#forgetTimer(id)
    const episode = this.#options.episodes.get(episodeId)
    if (episode && !episode.isClosed) await episode.truncate(reason)
  }

  async resume(session: PlaySessionRecord): Promise<Ended | undefined> {
    const { episodes, log } = this.#options
    const { episodeId, expiresAt, fullAt } = session
    const lobbyMs = fullAt === null ? Math.max(0, expiresAt - this.#options.now()) : 0
    if (!session.allowsSpectators) this.#unwatched.add(episodeId)
    try {
      const again = { gatherMs: lobbyMs + this.#connectMs, leadMs: LEAD_MS }
      this.#attend(session, episodes.get(episodeId) ?? (await episodes.resumeById(episodeId, again)))
      return undefined
    } catch (err) {
      // Ended when the server stopped, or not to be resumed: its lobby leads nowhere.
      if (!(err instanceof AppError)) log.error({ session: session.id, err }, 'hosted.resume_failed')
      this.#unwatched.delete(episodeId)
      return { status: 'ended' }
    }
  }

  /** Whether an episode is a hosted game under way that nobody but its players may see. */
  isClosedToViewers(episodeId: string): boolean {
    return this.#unwatched.has(episodeId)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** Call it for every episode that begins: one that was suspended, such as by a full disk, is attended again. */
  begun(episode: Episode): void {
    const session = this.#attended.get(episode.header.episode)
    if (session) this.#attend(session, episode)
  }

  #attend(session: PlaySessionRecord, episode: Episode): void {
    this.#attended.set(session.episodeId, session)
    const over = (): void => {
      // A game that the server stops is resumed by the next one, and one that the disk stops, once it is writable.
      if (this.#isClosed || episode.status === 'stopped') return
      this.#forgetTimer(session.id)
      this.#unwatched.delete(session.episodeId)
      this.#attended.delete(session.episodeId)
      const { host } = this.#options
      const { signal } = this.#closing
      retry(() => host.over(session, { status: 'ended' }), { ...STORING, signal }).catch((error: unknown) => {
        // The next server finds that it has ended.
        if (!signal.aborted) host.fault(session, error)
      })
    }
    episode.done.then(over, over)
  }

  /** Begins without those who did not come; a game that nobody came to ends. */
  async #begin(session: PlaySessionRecord): Promise<void> {
    const episode = this.#options.episodes.get(session.episodeId)
    if (episode?.status !== 'waiting') return
    if (episode.slots.some(({ hasBeenTaken }) => hasBeenTaken)) episode.begin(true)
    else if (await this.#options.host.over(session, { status: 'expired', reason: NOBODY })) {
      await episode.truncate(NOBODY)
    }
  }

  #forgetTimer(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }
}
