// The sweep: ends sessions that are too old. Each session has its own attempt and deadline, so one that fails or hangs
// never keeps the others waiting, and the next sweep is scheduled whatever happened.
import { AppError } from '../../kernel/errors.ts'
import { inLanes } from '../../lib/lanes.ts'
import { within } from '../../lib/within.ts'
import type { StaleSession } from '../../store/sessions/session-log.ts'
import type { LiveSession } from './live-session.ts'
import type { FoundSession, SessionEnvironment } from './open-session.ts'
import type { Quarantine } from './quarantine.ts'
import { readJournalHeader } from './session-episode.ts'

interface SweepOptions extends SessionEnvironment {
  readonly ttlMs: number
  readonly sweepMs: number
  readonly quarantine: Quarantine
  readonly onFault: (what: string, error: unknown) => void
  /** Sessions in memory. */
  live(): readonly LiveSession[]
  find(id: string): Promise<FoundSession>
  /** Never rejects. */
  putAway(session: LiveSession): Promise<void>
}

/** The end reason of expired sessions, for the world and in rows. */
const EXPIRED = { raw: 'session ttl expired', stored: 'session_ttl_expired' } as const
/** Milliseconds that a session without a player stays in memory when nothing else removed it. */
const EVICT_AFTER_MS = 30_000
/** Sessions per query of a sweep. */
const PAGE = 200
/** Sessions ended at the same time: each may read a whole journal. */
const AT_ONCE = 8
/** Milliseconds for one session, and for one page of the list. */
const STEP_MS = 30_000

export class SessionSweep {
  readonly #options: SweepOptions
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(options: SweepOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#isStopped) return
    this.#cancel = this.#options.clock.after(this.#options.sweepMs, () => void this.run().finally(() => this.start()))
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  /** One sweep. Never rejects. */
  async run(): Promise<void> {
    await this.#inLanes(this.#options.live(), (session) => this.#tend(session))
    let after: StaleSession | undefined
    for (;;) {
      const page = await this.#page(after)
      await this.#inLanes(page, ({ id }) => this.#expire(id))
      after = page.at(-1)
      if (page.length < PAGE || this.#isStopped) return
    }
  }

  async #page(after: StaleSession | undefined): Promise<StaleSession[]> {
    const { log, clock, ttlMs, onFault } = this.#options
    try {
      return await within(log.stale(clock.wall() - ttlMs, PAGE, after), STEP_MS, late)
    } catch (error) {
      onFault('session.sweep_failed', error)
      return []
    }
  }

  #inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const guarded = async (item: T): Promise<void> => {
      try {
        await within(work(item), STEP_MS, late)
      } catch (error) {
        this.#options.onFault('session.sweep_failed', error)
      }
    }
    return inLanes(items, AT_ONCE, guarded, () => this.#isStopped)
  }

  async #tend(session: LiveSession): Promise<void> {
    if (session.isBusy) return
    if (session.idleMs > this.#options.ttlMs) await this.#end(session)
    else if (!session.player.isConnected && session.idleMs > EVICT_AFTER_MS) await this.#options.putAway(session)
  }

  async #end(session: LiveSession): Promise<void> {
    try {
      await session.exit(EXPIRED.raw)
    } finally {
      session.player.drop()
      await this.#options.putAway(session)
    }
  }

  /** Ends a session that no server has. One that cannot be resumed is not read: its row is closed. */
  async #expire(id: string): Promise<void> {
    const { log, quarantine, games, find } = this.#options
    const line = await log.journalHead(id)
    if (line === undefined) {
      await log.end(id, EXPIRED.stored)
      return
    }
    try {
      await games.recorded(readJournalHeader(line))
    } catch (error) {
      const isGone = error instanceof AppError && (error.code === 'WORLD_VERSION' || error.code === 'UNKNOWN_WORLD')
      if (isGone) await log.end(id, EXPIRED.stored)
      else await quarantine.put(id, error, (await log.find(id))?.attempts ?? 0)
      return
    }
    const found = await find(id)
    if (found.kind === 'session' && !found.session.player.isConnected) await this.#end(found.session)
  }
}

const late = (): Error => new AppError('INTERRUPTED', `a step of the sweep took more than ${STEP_MS} ms`)
