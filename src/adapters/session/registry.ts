// The sessions of this server: made, found, taken out of the store when their player comes back, put away when nobody
// plays them, and ended when they are too old. One server has a session at a time: it holds the claim in the store.
import { randomInt, randomUUID } from 'node:crypto'
import type { Clock } from '../../episode/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Character } from '../../protocol/character.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import type { Follower, LiveSession } from './live-session.ts'
import { hydrateSession, openSession } from './open-session.ts'
import type { PlannedSession } from './plan.ts'
import type { RoleModels } from './role-models.ts'

export interface RegistryOptions {
  readonly log: SessionLog
  readonly models: RoleModels
  readonly clock: Clock
  /** A character as it is today. */
  characterOf(hid: string): Promise<Character | undefined>
  /** Milliseconds without a sign of life after which a session is ended. */
  readonly ttlMs: number
  /** Milliseconds between two sweeps. */
  readonly sweepMs: number
  /** Called with what went wrong out of sight: no text of players, no keys. */
  readonly onFault: (what: string, error: unknown) => void
}

/** Sessions that may be in memory at once. */
export const MAX_LIVE_SESSIONS = 20_000
/** Milliseconds that a paused session stays in memory: long enough for a page to reload. */
const EVICT_AFTER_MS = 30_000
/** How often the claims of this server are renewed; a claim lasts three times as long. */
const RENEW_MS = 2_000
/** Sessions that one sweep ends. */
const SWEEP_BATCH = 200

export class SessionRegistry {
  readonly #options: RegistryOptions
  readonly #server = randomUUID()
  readonly #live = new Map<string, LiveSession>()
  /** Spectators, by session: they stay when a session comes and goes. */
  readonly #watchers = new Map<string, Set<Follower>>()
  readonly #opening = new Map<string, Promise<LiveSession | undefined>>()
  #cancelSweep: (() => void) | undefined
  #cancelRenewal: (() => void) | undefined
  #isClosing = false

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** Begins to sweep and to renew claims. */
  start(): void {
    const { clock, sweepMs } = this.#options
    const sweepLater = (): void => {
      this.#cancelSweep = clock.after(sweepMs, () => void this.sweep().finally(() => !this.#isClosing && sweepLater()))
    }
    const renewLater = (): void => {
      this.#cancelRenewal = clock.after(
        RENEW_MS,
        () => void this.#renew().finally(() => !this.#isClosing && renewLater()),
      )
    }
    sweepLater()
    renewLater()
  }

  get size(): number {
    return this.#live.size
  }

  /** A session in memory; undefined: it is not. */
  peek(id: string): LiveSession | undefined {
    return this.#live.get(id)
  }

  /** @throws AppError QUEUE_FULL at MAX_LIVE_SESSIONS; CONFIG_INVALID for overrides that do not fit the game */
  async create(plan: PlannedSession): Promise<LiveSession> {
    this.#requireRoom()
    const session = await openSession(plan, {
      ...this.#options,
      server: this.#server,
      claimMs: RENEW_MS * 3,
      id: randomUUID(),
      seed: randomInt(0x1_0000_0000),
    })
    return this.#keep(session)
  }

  #requireRoom(): void {
    if (this.#isClosing || this.#live.size >= MAX_LIVE_SESSIONS) {
      throw new AppError('QUEUE_FULL', `${this.#live.size} sessions are played already`, {
        hint: 'Wait for one to end, or start another server on the same PostgreSQL.',
      })
    }
  }

  #keep(session: LiveSession): LiveSession {
    const { id } = session.facts
    this.#live.set(id, session)
    for (const watcher of this.#watchers.get(id) ?? []) session.follow(watcher)
    session.onLost = (error) => {
      this.#options.onFault('session.lost', error)
      session.connection?.drop()
      void this.drop(session)
    }
    return session
  }

  /** Follows a session, now and whenever this server takes it up. Returns what ends it. */
  watch(id: string, follower: Follower): () => void {
    const watchers = this.#watchers.get(id) ?? new Set<Follower>()
    this.#watchers.set(id, watchers)
    watchers.add(follower)
    this.#live.get(id)?.follow(follower)
    return () => {
      watchers.delete(follower)
      if (watchers.size === 0) this.#watchers.delete(id)
      this.#live.get(id)?.unfollow(follower)
    }
  }

  /**
   * The session, in memory or taken out of the store. Undefined: there is none, it is over, or another server has it.
   * However many ask at once, it is taken up once.
   */
  find(id: string): Promise<LiveSession | undefined> {
    const live = this.#live.get(id)
    if (live?.isHeld) return Promise.resolve(live)
    const known = this.#opening.get(id)
    if (known) return known
    const opening = (live ? this.#wake(live) : this.#hydrate(id)).finally(() => this.#opening.delete(id))
    this.#opening.set(id, opening)
    return opening
  }

  /** A session that rests here: still ours unless another server has played on meanwhile. */
  async #wake(session: LiveSession): Promise<LiveSession | undefined> {
    const { id } = session.facts
    const { log } = this.#options
    if (session.exited) return session
    const isOurs = await log.claim(id, this.#server, RENEW_MS * 3)
    const header = isOurs ? await log.header(id) : undefined
    if (header?.last_seq === session.lastSeq && header.status !== 'closed' && header.status !== 'error') {
      session.isHeld = true
      return session
    }
    this.#live.delete(id)
    await session.release().catch(() => undefined)
    if (!isOurs) return undefined
    await log.release([id], this.#server)
    return this.#hydrate(id)
  }

  /** The player has gone: once the turn under way is over, any server may have the session. */
  async rest(session: LiveSession): Promise<void> {
    await session.settled()
    if (session.connection || session.exited || !session.isHeld) return
    session.isHeld = false
    await this.#options.log.release([session.facts.id], this.#server)
  }

  async #hydrate(id: string): Promise<LiveSession | undefined> {
    this.#requireRoom()
    const { log } = this.#options
    // The claim first: until it is ours, another server may still be writing what the header counts.
    if (!(await log.claim(id, this.#server, RENEW_MS * 3))) return undefined
    try {
      const header = await log.header(id)
      const session = header && (await hydrateSession(header, { ...this.#options, server: this.#server }))
      if (!session) {
        await log.release([id], this.#server)
        return undefined
      }
      session.markPaused()
      return this.#keep(session)
    } catch (error) {
      await log.release([id], this.#server)
      this.#options.onFault('session.resume_failed', error)
      return undefined
    }
  }

  /** Ends what is too old, and puts away what nobody plays. */
  async sweep(): Promise<void> {
    try {
      const { clock, ttlMs, log } = this.#options
      for (const session of [...this.#live.values()]) {
        if (session.isBusy) continue
        if (session.idleMs > ttlMs && session.isHeld) {
          await session.exit('session ttl expired')
          session.connection?.drop()
          await this.#putAway(session)
        } else if (!session.connection && session.idleMs > EVICT_AFTER_MS) await this.#putAway(session)
      }
      for (const id of await log.stale(clock.wall() - ttlMs, SWEEP_BATCH)) {
        const session = await this.find(id)
        if (!session) {
          // Taken by another server just now, or imported without a journal: the latter is ended as it stands.
          if ((await log.journal(id)).parts === 0) await log.end(id, 'session_ttl_expired')
          continue
        }
        await session.settled()
        await session.exit('session ttl expired')
        await this.#putAway(session)
      }
    } catch (error) {
      this.#options.onFault('session.sweep_failed', error)
    }
  }

  async #putAway(session: LiveSession): Promise<void> {
    const { id } = session.facts
    this.#live.delete(id)
    await session.release()
    await this.#options.log.release([id], this.#server)
  }

  /** A session that cannot go on here: its rows could not be written, or its claim was lost. */
  async drop(session: LiveSession): Promise<void> {
    if (this.#live.get(session.facts.id) !== session) return
    this.#live.delete(session.facts.id)
    await session.release().catch(() => undefined)
    await this.#options.log.release([session.facts.id], this.#server).catch(() => undefined)
  }

  async #renew(): Promise<void> {
    try {
      await this.#options.log.renew(this.#server, RENEW_MS * 3)
    } catch (error) {
      this.#options.onFault('session.renewal_failed', error)
    }
  }

  /** Stops all timers and nothing else: what a killed server would leave. For tests. */
  abandon(): void {
    this.#isClosing = true
    this.#cancelSweep?.()
    this.#cancelRenewal?.()
    this.#live.clear()
  }

  /** Lets go of every session; each goes on where it stands when its player comes back. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#cancelSweep?.()
    this.#cancelRenewal?.()
    await Promise.allSettled(this.#opening.values())
    for (const session of [...this.#live.values()]) {
      if (!session.exited) await session.pause().catch(() => undefined)
      await this.#putAway(session).catch((error: unknown) => this.#options.onFault('session.close_failed', error))
    }
  }
}
