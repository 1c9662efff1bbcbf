// The sessions of this server: created, connected, evicted when their player leaves, and ended when they expire. A
// session is in memory only while this server holds its claim, and a claim lasts only while the player is connected.
import { randomInt, randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { inLanes } from '../../lib/lanes.ts'
import { within } from '../../lib/within.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { Follower } from './followers.ts'
import type { LiveSession } from './live-session.ts'
import {
  createSession,
  type FoundSession,
  hydrateSession,
  type SessionEnvironment,
  type WithSession,
} from './open-session.ts'
import type { PlannedSession } from './plan.ts'
import type { PlayerConnection } from './player-link.ts'
import { isStoreFault, Quarantine } from './quarantine.ts'
import { SessionSweep } from './sweep.ts'

export interface RegistryOptions extends SessionEnvironment {
  /** Milliseconds without activity after which a session is ended. */
  readonly ttlMs: number
  /** Milliseconds between two sweeps. */
  readonly sweepMs: number
  /** Called with background failures, without player texts or keys. */
  readonly onFault: (what: string, error: unknown) => void
}

/** Sessions that may be in memory at once. */
export const MAX_LIVE_SESSIONS = 20_000
/** Renewal interval of this server's claims; a claim lasts three times as long. */
const RENEW_MS = 2_000
const CLAIM_MS = RENEW_MS * 3
/** Time limit for evicting one session; after it, the claim expires on its own. */
const PUT_AWAY_MS = 10_000
/** Sessions that are evicted at the same time when the server closes: the batch size of the writer's transaction. */
const CLOSED_AT_ONCE = 256
/** Connection attempts to a session while others connect and disconnect. */
const CONNECT_ATTEMPTS = 5

export class SessionRegistry {
  readonly #options: RegistryOptions
  readonly #server = randomUUID()
  readonly #live = new Map<string, LiveSession>()
  /** Spectators, by session: they stay when a session is evicted and reloaded. */
  readonly #watchers = new Map<string, Set<Follower>>()
  readonly #opening = new Map<string, Promise<FoundSession>>()
  readonly #leaving = new Map<string, Promise<void>>()
  readonly #quarantine: Quarantine
  readonly #sweep: SessionSweep
  #cancelRenewal: (() => void) | undefined
  #isClosing = false

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#quarantine = new Quarantine(options)
    this.#sweep = new SessionSweep({
      ...options,
      quarantine: this.#quarantine,
      live: () => [...this.#live.values()],
      find: (id) => this.find(id),
      putAway: (session) => this.#putAway(session),
    })
  }

  /** Starts the sweep and the renewal of claims. */
  start(): void {
    this.#sweep.start()
    this.#renewLater()
  }

  get size(): number {
    return this.#live.size
  }

  /** All sessions in memory. */
  all(): readonly LiveSession[] {
    return [...this.#live.values()]
  }

  /** A session in memory; undefined: it is not. */
  peek(id: string): LiveSession | undefined {
    return this.#live.get(id)
  }

  /**
   * Creates a session for a player who has not connected yet.
   * @param within done in the same transaction: when it throws, there is no session
   * @throws AppError INTERRUPTED while the server closes; CONFIG_INVALID for overrides that do not fit the game
   */
  create(plan: PlannedSession, within?: WithSession): Promise<SessionHeader> {
    this.#requireRoom()
    return createSession(plan, this.#options, { id: randomUUID(), seed: randomInt(0x1_0000_0000), within })
  }

  #requireRoom(): void {
    if (this.#isClosing) throw new AppError('INTERRUPTED', 'the server is stopping; connect again')
    if (this.#live.size < MAX_LIVE_SESSIONS) return
    throw new AppError('QUEUE_FULL', `${this.#live.size} sessions are already running`, {
      hint: 'Wait for one to end, or start another server on the same PostgreSQL.',
    })
  }

  /** Follows a session, now and whenever this server has it. Returns a function that stops it. */
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
   * Brings a player's connection to its session.
   * @throws AppError QUEUE_FULL at MAX_LIVE_SESSIONS, INTERRUPTED while the server closes, the codes of the store
   */
  async connect(id: string, connection: PlayerConnection): Promise<FoundSession> {
    for (let attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
      const found = await this.find(id)
      if (found.kind !== 'session') return found
      const { session } = found
      if (session.player.isConnected && (await session.player.probe())) return { kind: 'taken' }
      // The session may have been evicted while the other connection was probed.
      if (this.#live.get(id) === session && session.player.take(connection)) return found
    }
    return { kind: 'taken' }
  }

  /** The player has left: after the current turn, any server may claim the session. */
  async disconnect(session: LiveSession, connection: PlayerConnection): Promise<void> {
    if (!session.player.leave(connection) || this.#live.get(session.facts.id) !== session) return
    try {
      await session.pause()
      await session.settled()
      if (session.player.isConnected) return
      await this.#putAway(session)
    } catch (error) {
      this.#lose(session, error)
    }
  }

  /**
   * Ends a session for a reason of its operator's: its player hears of it, and its assignment is settled.
   * @returns `taken` when another server has it
   */
  async end(id: string, reason: string): Promise<'ended' | 'absent' | 'taken'> {
    const found = await this.find(id)
    if (found.kind !== 'session') return found.kind
    const { session } = found
    try {
      await session.settled()
      await session.exit(reason)
    } finally {
      session.player.drop()
      await this.#putAway(session)
    }
    return 'ended'
  }

  /** The session, in memory or out of the store. Concurrent look-ups share one claim. */
  async find(id: string): Promise<FoundSession> {
    await this.#leaving.get(id)
    const session = this.#live.get(id)
    if (session) return { kind: 'session', session }
    const known = this.#opening.get(id)
    if (known) return known
    const opening = this.#hydrate(id).finally(() => this.#opening.delete(id))
    this.#opening.set(id, opening)
    return opening
  }

  async #hydrate(id: string): Promise<FoundSession> {
    this.#requireRoom()
    const { log } = this.#options
    // The claim first: until we hold it, another server may still write events that the header counts.
    const claim = await log.claim(id, this.#server, CLAIM_MS)
    const stored = await log.find(id)
    if (!claim) return { kind: stored && stored.standing !== 'closed' ? 'taken' : 'absent' }
    try {
      const listener = { lost: (lost: LiveSession, error: unknown) => this.#lose(lost, error) }
      const session = stored && (await hydrateSession({ stored, claim, listener }, this.#options))
      if (session) {
        this.#keep(session)
        if (stored.attempts > 0) await this.#quarantine.clear(id)
        return { kind: 'session', session }
      }
      await log.release(claim)
      return { kind: 'absent' }
    } catch (error) {
      await log.release(claim)
      if (isStoreFault(error)) throw error
      this.#options.onFault('session.resume_failed', error)
      await this.#quarantine.put(id, error, stored?.attempts ?? 0)
      return { kind: 'absent' }
    }
  }

  #keep(session: LiveSession): void {
    const { id } = session.facts
    this.#live.set(id, session)
    for (const watcher of this.#watchers.get(id) ?? []) session.follow(watcher)
  }

  /** Releases the session for other servers, and for the next connection here. Never rejects. */
  #putAway(session: LiveSession): Promise<void> {
    const { id } = session.facts
    if (this.#live.get(id) !== session) return this.#leaving.get(id) ?? Promise.resolve()
    this.#live.delete(id)
    const late = () => new AppError('INTERRUPTED', `session ${id} was not evicted within ${PUT_AWAY_MS} ms`)
    const leaving = within(this.#release(session), PUT_AWAY_MS, late)
      .catch((error: unknown) => this.#options.onFault('session.put_away_failed', error))
      .finally(() => this.#leaving.delete(id))
    this.#leaving.set(id, leaving)
    return leaving
  }

  async #release(session: LiveSession): Promise<void> {
    try {
      await session.release()
    } finally {
      await this.#options.log.release(session.claim)
    }
  }

  /** A session that cannot continue in this memory: its player must reconnect, here or to another server. */
  #lose(session: LiveSession, error: unknown): void {
    const { id } = session.facts
    if (this.#live.get(id) !== session) return
    this.#options.onFault('session.lost', error)
    session.player.drop(error)
    void this.#putAway(session).then(() => this.#quarantine.endIfFailed(id, error))
  }

  #renewLater(): void {
    if (this.#isClosing) return
    this.#cancelRenewal = this.#options.clock.after(
      RENEW_MS,
      () => void this.#renew().finally(() => this.#renewLater()),
    )
  }

  /** Never rejects. */
  async #renew(): Promise<void> {
    const { log, onFault } = this.#options
    try {
      const held = [...this.#live.values()]
      const late = () => new AppError('STORE_BUSY', 'claims could not be renewed in time')
      const lost = await within(
        log.renew(
          held.map((session) => session.claim),
          CLAIM_MS,
        ),
        CLAIM_MS,
        late,
      )
      for (const claim of lost) {
        const session = this.#live.get(claim.id)
        if (session?.claim !== claim) continue
        this.#lose(session, new AppError('SESSION_LOST', `another server has taken over session ${claim.id}`))
      }
    } catch (error) {
      onFault('session.renewal_failed', error)
    }
  }

  /** Ends expired sessions, and evicts idle ones. Never rejects. */
  sweep(): Promise<void> {
    return this.#sweep.run()
  }

  #stop(): void {
    this.#isClosing = true
    this.#sweep.stop()
    this.#cancelRenewal?.()
  }

  /** Stops all timers and nothing else: the state that a killed server would leave. For tests. */
  abandon(): void {
    this.#stop()
    this.#live.clear()
  }

  /** Evicts every session; each continues when its player reconnects. Never rejects. */
  async close(): Promise<void> {
    this.#stop()
    const late = () => new AppError('INTERRUPTED', 'sessions were still being opened when the server closed')
    await within(Promise.allSettled(this.#opening.values()), PUT_AWAY_MS / 2, late).catch((error: unknown) =>
      this.#options.onFault('session.close_failed', error),
    )
    await inLanes([...this.#live.values()], CLOSED_AT_ONCE, (session) => this.#putAway(session))
    await Promise.allSettled(this.#leaving.values())
  }
}
