// Takes experience requests and plays their episodes, each a job of the store. Episodes of rounds go first: those of
// requests begin only while no episode of a round waits. An episode is settled once, whatever happens to the server.
import { randomInt } from 'node:crypto'
import type { BlobStore } from '../../host/blobs.ts'
import { type JobHandler, JobWorker } from '../../host/jobs.ts'
import type { Log } from '../../host/log.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { sleep } from '../../lib/sleep.ts'
import type { ExperienceRequest } from '../../protocol/experience.ts'
import { isUploaded, LeagueEpisodeJob } from '../../protocol/league.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import type { JobRecord } from '../../store/jobs/rows.ts'
import type { Coworlds } from '../../store/leagues/coworlds.ts'
import type { ExperienceRecord, Experiences } from '../../store/leagues/experiences.ts'
import type { Leagues } from '../../store/leagues/leagues.ts'
import type { Rounds } from '../../store/leagues/rounds.ts'
import type { EpisodeRecord } from '../../store/leagues/rows.ts'
import { removeArtefacts } from '../episode-artefacts.ts'
import type { EpisodePlayer } from '../episode-player.ts'
import { EPISODE_QUEUE } from '../league-service.ts'
import { planEpisodes } from './plan-episodes.ts'
import { packageIdOf } from './played.ts'
import { resolveRoster } from './resolve-roster.ts'
import { resolveTarget } from './resolve-target.ts'

export interface ExperienceDeskOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly experiences: Experiences
  readonly queue: JobQueue
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly coworlds: Coworlds
  readonly player: Pick<EpisodePlayer, 'play'>
  /** Whether this server runs uploaded programs; if not, episodes with them wait for one that does. */
  readonly runsPrograms: boolean
  /** Whether this server starts uploaded packages. */
  readonly runsPackages: boolean
  readonly log: Log
  /** The policy versions of a division's leaderboard, best first. */
  readonly ranked: (divisionId: string) => Promise<readonly string[]>
  /** Milliseconds between two checks for what a killed server left; default 30,000. */
  readonly sweepMs?: number | undefined
}

const QUEUE = 'experience-episode'
/** Of episodes with uploaded programs. */
const PROGRAM_QUEUE = 'experience-program'
/** Of episodes of uploaded packages. */
const PACKAGE_QUEUE = 'experience-package'
const QUEUES = [QUEUE, PROGRAM_QUEUE, PACKAGE_QUEUE] as const
/** The first episodes of every request come before the later ones of others. */
const PRIORITY = -100
/** Milliseconds after which another server may take the episode of a killed one. */
const LEASE_MS = 10_000
/** Milliseconds between two checks for episodes of rounds that wait. */
const YIELD_MS = 200
/** Maximum attempts of an episode: servers may be killed, but an episode must not kill them forever. */
const ATTEMPTS = 20
const SWEEP_MS = 30_000
/** Statuses of errors that pass: a conflict, too many requests. */
const PASSING: readonly number[] = [408, 409, 429]

export class ExperienceDesk {
  readonly #options: ExperienceDeskOptions
  readonly #workers: readonly JobWorker[]
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined

  constructor(options: ExperienceDeskOptions) {
    this.#options = options
    const play: JobHandler = (job, { signal }) => this.#play(job, signal)
    const workerOf = (name: string, queues: readonly string[]): JobWorker =>
      new JobWorker({
        queue: options.queue,
        leaseMs: LEASE_MS,
        name: `${name}-${process.pid}`,
        handlers: new Map(queues.map((each) => [each, play])),
        onFault: (err) => options.log.error({ err }, 'league.experience_failed'),
      })
    // A package may take twenty minutes, in which the episodes of worlds go on.
    this.#workers = [
      workerOf('experience', options.runsPrograms ? [QUEUE, PROGRAM_QUEUE] : [QUEUE]),
      ...(options.runsPackages ? [workerOf('package', [PACKAGE_QUEUE])] : []),
    ]
  }

  /** Continues what an earlier server left, and checks again from time to time. */
  start(): void {
    for (const worker of this.#workers) worker.start()
    this.#loop ??= this.#sweepForever()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#workers.map((worker) => worker.stop()))
    await this.#loop
  }

  /**
   * Plans and stores the episodes of a request, and starts them.
   * @param playerId null: the operator
   * @throws AppError VALIDATION_ERROR, UNKNOWN_*, CONFIG_INVALID, NOT_YOURS, RATE_LIMITED
   */
  async create(playerId: string | null, request: ExperienceRequest): Promise<ExperienceRecord> {
    const { leagues, worlds, coworlds, experiences, ranked } = this.#options
    const target = await resolveTarget(request, { leagues, worlds, coworlds })
    const { entries, pool } = await resolveRoster(request, { leagues, playerId, target, ranked })
    const seed = request.seed ?? randomInt(2 ** 31)
    const planned = planEpisodes({ entries, pool, episodes: request.num_episodes, seed })
    const made = await experiences.add(
      {
        playerId,
        world: target.played,
        variantId: target.variantId,
        config: target.config,
        target: target.shown,
        notes: request.notes ?? null,
      },
      planned,
    )
    await this.#enqueue(made, await experiences.episodes(made.id))
    await this.#prune(playerId)
    return made
  }

  /** Cancels what has not ended. @throws AppError UNKNOWN_EPISODE; EPISODE_OVER for a request that has ended */
  async cancel(id: string): Promise<ExperienceRecord> {
    const { experiences, queue } = this.#options
    const before = await experiences.get(id)
    const gone = await experiences.cancel(id)
    if (gone.length === 0 && before.endedAt !== null) {
      throw new AppError('EPISODE_OVER', `the experience request has ended: nothing is left to cancel`, {
        hint: 'Make a new one with: paracosm coworld xp-request create',
      })
    }
    // A server that dies here leaves jobs whose episodes are over: they do nothing.
    await queue.cancelKeyed(QUEUES, gone)
    return experiences.get(id)
  }

  /** What a request waits for; null: nothing special. */
  async noticeOf({ id, world, endedAt }: ExperienceRecord): Promise<string | null> {
    if (endedAt !== null) return null
    if (packageIdOf(world) !== undefined) {
      return this.#options.runsPackages
        ? null
        : 'It waits for a server that runs uploaded packages: paracosm serve --run-uploads, with Docker or Podman'
    }
    if (this.#options.runsPrograms) return null
    const waiting = (await this.#options.experiences.episodes(id)).filter(({ status }) => status === 'pending')
    return (await this.#uploadedOf(waiting)).size > 0
      ? 'It waits for a server that runs uploaded programs: paracosm serve --run-uploads'
      : null
  }

  /** The versions of episodes that are uploaded programs. */
  async #uploadedOf(episodes: readonly EpisodeRecord[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    for (const id of new Set(episodes.flatMap(({ request }) => request.policy_version_ids))) {
      if (isUploaded((await this.#options.leagues.policyVersion(id)).player)) found.add(id)
    }
    return found
  }

  async #enqueue({ world }: ExperienceRecord, episodes: readonly EpisodeRecord[]): Promise<void> {
    const isPackage = packageIdOf(world) !== undefined
    const uploaded = isPackage ? new Set<string>() : await this.#uploadedOf(episodes)
    for (const [index, episode] of episodes.entries()) {
      if (episode.status !== 'pending') continue
      const isProgram = episode.request.policy_version_ids.some((id) => uploaded.has(id))
      await this.#options.queue.enqueue({
        queue: isPackage ? PACKAGE_QUEUE : isProgram ? PROGRAM_QUEUE : QUEUE,
        payload: { episode: episode.id },
        dedupeKey: episode.id,
        priority: PRIORITY - index,
        maxAttempts: ATTEMPTS,
      })
    }
    for (const worker of this.#workers) worker.wake()
  }

  async #play(job: JobRecord, signal: AbortSignal): Promise<undefined> {
    const { rounds, player } = this.#options
    const { episode: id } = parseWith(LeagueEpisodeJob, job.payload, { code: 'STORE_CORRUPT', what: 'A job' })
    try {
      await this.#letRoundsPass(signal)
      await player.play(job.payload, signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const isFinal = error instanceof AppError && error.status < 500 && !PASSING.includes(error.status)
      if (!isFinal && job.attempts < job.maxAttempts) throw error
      await this.#giveUp(id, error instanceof Error ? error.message : String(error))
    }
    const episode = await rounds.findEpisode(id)
    if (episode?.experienceId != null) await this.#options.experiences.finish(episode.experienceId)
    return undefined
  }

  /** Waits while an episode of a round waits. @throws the reason of the signal */
  async #letRoundsPass(signal: AbortSignal): Promise<void> {
    const waiting = { queue: EPISODE_QUEUE, status: 'queued' } as const
    while ((await this.#options.queue.list(waiting, { limit: 1 })).some(({ runAt }) => runAt <= Date.now())) {
      await sleep(YIELD_MS, signal)
    }
  }

  async #giveUp(id: string, error: string): Promise<void> {
    const errorInfo = { error_type: 'crash' as const }
    const result = { status: 'failed' as const, scores: null, error, errorInfo, journal: null, hash: null }
    await this.#options.rounds.settle(id, result)
  }

  async #sweepForever(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.#sweep().catch((err: unknown) => this.#options.log.error({ err }, 'league.experience_sweep_failed'))
      await sleep(this.#options.sweepMs ?? SWEEP_MS, signal).catch(() => undefined)
    }
  }

  /** Gives episodes without a job a new one, ends those whose job has failed for good, and ends requests that are over. */
  async #sweep(): Promise<void> {
    const { experiences, queue } = this.#options
    for (const id of await experiences.open()) {
      if (this.#stop.signal.aborted) return
      const episodes = await experiences.episodes(id)
      const open = episodes.filter(({ status }) => status === 'pending')
      const jobs = await queue.newestKeyed(
        QUEUES,
        open.map((episode) => episode.id),
      )
      for (const episode of open) {
        if (jobs.get(episode.id)?.status !== 'failed') continue
        await this.#giveUp(episode.id, `the episode was given up after ${ATTEMPTS} attempts`)
      }
      if (open.some((episode) => !jobs.has(episode.id) || jobs.get(episode.id)?.status === 'done')) {
        await this.#enqueue(await experiences.get(id), await experiences.episodes(id))
      }
      await experiences.finish(id)
    }
  }

  async #prune(playerId: string | null): Promise<void> {
    const { experiences, blobs } = this.#options
    for (const id of await experiences.prune(playerId)) await removeArtefacts(blobs, id)
  }
}
