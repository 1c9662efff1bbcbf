// The only code that starts, resumes, forks, stops and archives episodes. Servers, commands, game processes, agents and
// sessions all use it. Each episode supervises itself (src/episode/episode.ts); the service decides what happens to it.
import type { Episode } from '../episode/episode.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { type ForkChanges, type ForkResult, playFork } from '../episode/fork.ts'
import type { JournalFile } from '../episode/journal-file.ts'
import type { LineSink } from '../episode/sink.ts'
import {
  createEpisodeId,
  type EpisodeOptions,
  type ResumeOptions,
  resumeEpisode,
  startEpisode,
  type Unfinished,
} from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { EpisodeFilters, EpisodePageRequest } from '../store/episodes/episode-query.ts'
import { summarizeRecord } from '../store/episodes/rows.ts'
import { type BranchSpec, planBranch } from './branch.ts'
import { type EpisodeArchive, openArchive } from './episode-archive.ts'
import { copyPast, createFork } from './episode-forks.ts'
import { type EpisodeSpec, inProcessFor, planEpisode } from './episode-spec.ts'
import {
  createSupervised,
  type EpisodePage,
  isGathering,
  notLive,
  summarizeLive,
  summarizeSuspended,
  summarizeWaiting,
} from './live-episodes.ts'
import { type Log, SILENT } from './log.ts'
import { createElapsed, offlineWorkers } from './offline-workers.ts'
import { confirmResume, type ResumeSettings, resumeOne } from './resume.ts'
import type { EpisodeServiceOptions } from './service-options.ts'
import { isStorageFault, Suspended } from './suspended.ts'
import { TokenIndex } from './token-index.ts'
import type { WorldRegistry } from './world-registry.ts'

/** Live episodes of one service: 44 kB each when idle. */
export const MAX_LIVE = 2000
/** Episodes resumed at the same time: each reads its journal. */
const RESUMED_AT_ONCE = 8

export class EpisodeService {
  readonly worlds: WorldRegistry
  readonly #options: EpisodeServiceOptions
  readonly #log: Log
  readonly #archive: EpisodeArchive | undefined
  readonly #live = new Map<string, Episode>()
  readonly #starting = new Set<Promise<Episode>>()
  readonly #tokens = new TokenIndex()
  /** One promise per live episode; settles when the episode is archived or released. Never rejects. */
  readonly #fates = new Map<string, Promise<void>>()
  /** Episodes whose journals could not be written: they are resumed once the disk accepts writes again. */
  readonly #suspended: Suspended
  #isClosing = false
  #hasResumed: boolean
  #closing: Promise<string[]> | undefined

  constructor(options: EpisodeServiceOptions) {
    this.worlds = options.worlds
    this.#options = options
    this.#hasResumed = options.resumesLater !== true
    this.#log = options.log ?? SILENT
    const archive = options.storage && openArchive(options.storage, this.#log)
    this.#archive = archive
    this.#suspended = new Suspended({
      reopen: async () => (archive?.fault === undefined ? undefined : archive.reopen()),
      resume: (ids) => this.#resumeSuspended(ids),
      log: this.#log,
    })
  }

  get size(): number {
    return this.#live.size
  }

  /** A live episode. */
  get(id: string): Episode | undefined {
    return this.#live.get(id)
  }

  /**
   * Says why an episode is not live: `episodes.get(id) ?? (await episodes.refuseNotLive(id))`.
   * @throws AppError always: UNKNOWN_EPISODE; and as `notLive`
   */
  async refuseNotLive(id: string): Promise<never> {
    throw notLive(await this.find(id))
  }

  /** Whether an episode that is not live may still be resumed, here or by the next start. No id: whether one may. */
  isResuming(id?: string): boolean {
    if (this.#isClosing) return true
    return !this.#hasResumed || (id === undefined ? this.#suspended.size > 0 : this.#suspended.get(id) !== undefined)
  }

  /** The live episode that has a slot with this token. */
  withToken(token: string): Episode | undefined {
    return this.#tokens.find(token)
  }

  /**
   * Starts an episode. When it resolves, the journal's header is durable and the index has the episode.
   * @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, CONFIG_INVALID, FILE_UNWRITABLE, QUEUE_FULL at
   * MAX_LIVE, EPISODE_FAILED when the world throws, and the codes of the store
   */
  async start(spec: EpisodeSpec): Promise<Episode> {
    const world = typeof spec.world === 'string' ? await this.worlds.load(spec.world) : spec.world
    const planned = planEpisode(world, spec)
    const id = spec.id ?? this.#createId(spec.kind)
    const options: EpisodeOptions & { seed: number } = {
      ...this.#workersOf(world, spec.workers),
      id,
      seed: spec.seed,
      slots: planned.slots,
      pacing: spec.pacing,
      gatherMs: planned.gatherMs,
      leadMs: spec.leadMs ?? 0,
      startsPaused: spec.startsPaused,
      worldPackage: this.worlds.packageOf(world),
      onError: (what, err) => this.#log.error({ episode: id, err }, `episode.error: ${what}`),
      ...(spec.maxSteps === undefined ? {} : { maxSteps: spec.maxSteps }),
      ...(spec.effectLimits ? { effectLimits: spec.effectLimits } : {}),
      ...(spec.stateEvery === undefined ? {} : { stateEvery: spec.stateEvery }),
      ...(spec.onEnd ? { onEnd: spec.onEnd } : {}),
      ...(spec.clock ? { clock: spec.clock } : {}),
    }
    const create = (sink: LineSink | undefined): Episode =>
      createSupervised(world, () => startEpisode(world, planned.configured, { ...options, sink }))
    if (spec.sink || !this.#archive) return create(spec.sink)
    this.#requireRoom()
    const tokens = planned.slots.map((slot) => slot.token)
    return this.#begin(this.#archive.begin(id, { tokens, create, kind: spec.kind }))
  }

  /**
   * Registers an episode once it is in the archive. `close` waits for this, or the episode would run in a closed
   * archive.
   */
  async #begin(starting: Promise<Episode>): Promise<Episode> {
    this.#starting.add(starting)
    try {
      const episode = await starting
      this.#keep(episode)
      return episode
    } finally {
      this.#starting.delete(starting)
    }
  }

  #createId(kind: string): string {
    return `${kind}-${createEpisodeId(Date.now())}${this.#options.idSuffix ?? ''}`
  }

  #workersOf(world: World, given: EpisodeSpec['workers']): Pick<EpisodeOptions, 'workers'> {
    return { workers: given ?? offlineWorkers(world, createElapsed()) }
  }

  #requireRoom(): void {
    if (!this.#isClosing && this.#live.size < MAX_LIVE) return
    throw new AppError('QUEUE_FULL', `${this.#live.size} episodes are already live`, { hint: 'Wait for one to end.' })
  }

  /**
   * Resumes an unfinished episode whose journal the caller stores, in `options.sink`.
   * @throws AppError as `resumeEpisode`; EPISODE_FAILED when the world throws
   */
  resume(world: World, journal: Unfinished, options: Omit<ResumeOptions, 'inProcessFor'>): Episode {
    const resumed = { ...this.#workersOf(world, options.workers), ...options }
    return createSupervised(world, () =>
      resumeEpisode(world, journal, { ...resumed, inProcessFor: inProcessFor(world, journal.header.seed) }),
    )
  }

  /**
   * Plays a fork of a recorded episode to its end at full speed.
   * @throws AppError as `playFork`
   */
  fork(file: JournalFile, world: World, changes: ForkChanges, sink: LineSink): Promise<ForkResult> {
    return playFork(file, world, changes, sink)
  }

  /**
   * Starts a fork of a stored episode as a new episode. With open slots it waits for their players; otherwise it runs
   * to its end at full speed.
   * @throws AppError as `planFork`; UNKNOWN_EPISODE, QUEUE_FULL
   */
  async startFork(id: string, changes: ForkChanges): Promise<Episode> {
    const archive = this.#archive
    if (!archive) throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
    this.#requireRoom()
    return this.#begin(
      createFork({ archive, worlds: this.worlds, log: this.#log, newId: this.#createId('fork') }, id, changes),
    )
  }

  /** The journal of a fork before it is played: see `copyPast` in episode-forks.ts. */
  copyPast(...args: Parameters<typeof copyPast>): Promise<readonly string[]> {
    return copyPast(...args)
  }

  /** Resolves once an episode that has ended is archived; at once for others. */
  async archived(id: string): Promise<void> {
    if (this.#live.get(id)?.isClosed !== false) await this.#fates.get(id)
  }

  /**
   * Starts a new episode from a step of another one, which may be live: the same past, then new commands.
   * @throws AppError UNKNOWN_EPISODE, STEP_OUT_OF_RANGE, CONFIG_INVALID, UNKNOWN_BOT, QUEUE_FULL, DIVERGED when the world
   * no longer plays as recorded, and the codes of the journal
   */
  async branch(id: string, wanted: BranchSpec): Promise<Episode> {
    const archive = this.#archive
    if (!archive) throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
    this.#requireRoom()
    const parent = this.#live.get(id)
    await parent?.durable()
    const planned = await planBranch(() => this.readJournal(id), this.worlds, wanted, parent?.step ?? 0)
    const { world, slots } = planned
    const childId = this.#createId(wanted.kind)
    const options = {
      ...this.#workersOf(world, undefined),
      id: childId,
      worldPackage: this.worlds.packageOf(world),
      onError: (what: string, err: unknown) => this.#log.error({ episode: childId, err }, `episode.error: ${what}`),
    }
    const create = (sink: LineSink): Episode => createSupervised(world, () => planned.fork({ ...options, sink }))
    return this.#begin(archive.begin(childId, { tokens: slots.map(({ token }) => token), kind: wanted.kind, create }))
  }

  #keep(episode: Episode): void {
    const id = episode.header.episode
    this.#live.set(id, episode)
    this.#tokens.add(episode)
    const fate = episode.done
      .then(
        (end) => this.#finish(episode, end),
        (error: unknown) => this.#release(episode, error),
      )
      .catch((err: unknown) => {
        this.#log.error({ episode: id, err }, 'episode.archive_failed')
        // A resume finds that it has ended, and archives it.
        if (isStorageFault(err)) this.#suspended.add(summarizeSuspended(episode, err))
      })
      .finally(() => {
        this.#tokens.remove(episode)
        if (this.#live.get(id) === episode) this.#live.delete(id)
        this.#fates.delete(id)
      })
    this.#fates.set(id, fate)
    episode.begin()
    this.#log.info({ episode: id, world: episode.world.id }, 'episode.started')
    for (const tell of this.#options.onBegun ?? []) tell(episode)
  }

  async #finish(episode: Episode, end: EpisodeEnd): Promise<void> {
    const id = episode.header.episode
    await this.#archive?.finish(episode, end)
    this.#log.info({ episode: id, steps: end.steps }, 'episode.finished')
    this.#options.onArchived?.(id)
  }

  /** An episode that did not reach its outcome: failed, stopped, or without a journal to write to. */
  async #release(episode: Episode, error: unknown): Promise<void> {
    const id = episode.header.episode
    if (episode.failure) {
      this.#log.error({ episode: id, step: episode.step, err: error }, 'episode.failed')
      await this.#archive?.fail(episode, episode.failure)
      this.#options.onArchived?.(id)
      return
    }
    const isStopped = error instanceof AppError && error.code === 'INTERRUPTED'
    if (!isStopped) {
      this.#log.error({ episode: id, step: episode.step, err: error }, 'episode.suspended')
      this.#suspended.add(summarizeSuspended(episode, error))
    }
    await this.#archive?.suspend(episode, isStopped ? undefined : error)
  }

  /**
   * Resumes every episode that a stop or crash left unfinished. A failure to resume one never blocks the others.
   * @returns how many were resumed
   */
  async resumeUnfinished(): Promise<number> {
    const resumed = this.#archive ? await this.#resumeAll(await this.#archive.unfinished()) : 0
    this.#hasResumed = true
    return resumed
  }

  /** The episodes that would be resumed. */
  async unfinished(): Promise<EpisodeSummary[]> {
    const archive = this.#archive
    if (!archive) return []
    const found: EpisodeSummary[] = []
    for (const id of await archive.unfinished()) {
      if (!this.#live.has(id)) found.push(summarizeRecord(await archive.record(id)))
    }
    return found
  }

  /**
   * Resumes one unfinished episode.
   * @throws AppError UNKNOWN_EPISODE; RESUME_FAILED when it cannot be resumed, with the reason in its row
   */
  async resumeById(id: string, settings?: ResumeSettings): Promise<Episode> {
    if (await this.#resumeOne(id, settings)) {
      const episode = this.#live.get(id)
      if (episode) return episode
    }
    const { problem } = await this.find(id)
    throw new AppError('RESUME_FAILED', problem?.message ?? `episode ${id} cannot be resumed`, {
      ...(problem ? { hint: problem.hint } : {}),
    })
  }

  async #resumeAll(ids: readonly string[]): Promise<number> {
    const queue = [...ids]
    let resumed = 0
    const work = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined && !this.#isClosing; id = queue.shift()) {
        if (await this.#resumeOne(id)) resumed++
      }
    }
    await Promise.all(Array.from({ length: RESUMED_AT_ONCE }, work))
    return resumed
  }

  async #resumeSuspended(ids: readonly string[]): Promise<void> {
    await this.#resumeAll(ids)
    // What had ended meanwhile is archived now.
    for (const id of ids) if (!this.#live.has(id)) this.#options.onArchived?.(id)
  }

  async #resumeOne(id: string, settings: Partial<ResumeSettings> = this.#options.resume ?? {}): Promise<boolean> {
    const archive = this.#archive
    if (!archive || this.#live.has(id)) return false
    try {
      const episode = await resumeOne(id, { archive, worlds: this.worlds, settings, log: this.#log })
      if (!episode) return false
      this.#keep(episode)
      // It makes no step that could crash the process, so this resume has succeeded.
      if (isGathering(episode)) await confirmResume(id, archive, this.#log)
      return true
    } catch (err) {
      this.#log.error({ episode: id, err }, 'episode.resume_failed')
      if (isStorageFault(err)) this.#suspended.add(await summarizeWaiting(id, archive, err))
      return false
    }
  }

  /** @throws AppError UNKNOWN_EPISODE */
  async find(id: string): Promise<EpisodeSummary> {
    const known = this.#summary(id)
    if (known) return known
    const record = await this.#archive?.find(id)
    if (record) return summarizeRecord(record)
    throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
  }

  /** Summaries that are newer here than in the index. */
  #summary(id: string): EpisodeSummary | undefined {
    const live = this.#live.get(id)
    return live ? summarizeLive(live) : this.#suspended.get(id)
  }

  /** Live and past episodes, newest first unless the page says otherwise. */
  async list(filters: EpisodeFilters, page: EpisodePageRequest): Promise<EpisodePage> {
    if (!this.#archive) return { entries: [], total: 0, nextCursor: null }
    const { entries, total, nextCursor } = await this.#archive.index.list(filters, page)
    const away = entries.flatMap(({ id, status }) => (status === 'live' && !this.#live.has(id) ? [id] : []))
    const elsewhere = away.length > 0 ? await this.#options.liveElsewhere?.(away) : undefined
    return {
      entries: entries.map(
        (record) => this.#summary(record.id) ?? elsewhere?.get(record.id) ?? summarizeRecord(record),
      ),
      total,
      nextCursor,
    }
  }

  /**
   * Opens an episode's journal, with everything that is durable in it.
   * @throws AppError UNKNOWN_EPISODE, JOURNAL_CORRUPT
   */
  async readJournal(id: string): Promise<JournalFile> {
    if (!this.#archive) throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
    return this.#archive.read(id)
  }

  /** Removes a finished episode and all its data. */
  async remove(id: string): Promise<void> {
    await this.#archive?.remove(id)
  }

  /** The fault that prevents episodes from being written, for health checks; undefined: none. */
  get fault(): unknown {
    return this.#archive?.fault
  }

  /**
   * Stops every live episode after the step under way and closes the storage. One that cannot be stopped does not block
   * the others.
   * @returns the ids of the episodes to resume on the next start
   */
  close(): Promise<string[]> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<string[]> {
    this.#isClosing = true
    this.#suspended.close()
    await Promise.allSettled(this.#starting)
    const left = [...this.#live].flatMap(([id, episode]) => (episode.isClosed ? [] : [id]))
    const stopped = await Promise.allSettled([...this.#live.values()].map((episode) => episode.stop()))
    for (const each of stopped)
      if (each.status === 'rejected') this.#log.error({ err: each.reason }, 'episode.stop_failed')
    await Promise.allSettled(this.#fates.values())
    await this.#archive?.close()
    return left
  }
}
