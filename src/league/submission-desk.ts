// Handles submissions. Policies that this machine knows enter at once; uploaded ones enter after a trial, which is a
// job of the store: one episode in which the policy fills every slot.
import type { MatchServices } from '../evaluation/match.ts'
import { playMatch } from '../evaluation/play-episode.ts'
import { JobWorker } from '../host/jobs.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { configureWorld } from '../kernel/world.ts'
import { isUploaded, LeagueSubmissionJob } from '../protocol/league.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { LeagueRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'
import type { SubmissionRecord, Submissions, Wishes } from '../store/leagues/submissions.ts'
import { TICK_RATE } from './episode-player.ts'
import { enter } from './make-league.ts'
import { type ProgramOptions, preparePlayers } from './uploads/programs.ts'

export interface SubmissionDeskOptions {
  readonly leagues: Leagues
  readonly submissions: Submissions
  readonly queue: JobQueue
  readonly services: Omit<MatchServices, 'signal'>
  /** Undefined: uploaded policies wait for a server that runs programs. */
  readonly programs: ProgramOptions | undefined
  readonly log: Log
  /** Milliseconds after which another server may take the trial of a killed one; default 10,000. */
  readonly leaseMs?: number
}

const QUEUE = 'league-submission'
const LEASE_MS = 10_000
/** Maximum attempts of a trial: servers may be killed many times. */
const ATTEMPTS = 50
/** Time limit of a trial, in milliseconds. */
const TRIAL_MS = 300_000
const TRIAL_SEED = 1
/** Characters of the program's output that are quoted in the notes. */
const QUOTED = 1000

const WAITING = 'It waits for a server that runs uploaded programs: paracosm serve --run-uploads'

export class SubmissionDesk {
  readonly #options: SubmissionDeskOptions
  readonly #worker: JobWorker | undefined

  constructor(options: SubmissionDeskOptions) {
    this.#options = options
    const { programs, queue, log, leaseMs = LEASE_MS } = options
    this.#worker =
      programs &&
      new JobWorker({
        queue,
        leaseMs,
        name: `submissions-${process.pid}`,
        handlers: new Map([[QUEUE, (job, { signal }) => this.#try(job.payload, signal)]]),
        onFault: (err) => log.error({ err }, 'league.submission_failed'),
      })
  }

  start(): void {
    this.#worker?.start()
  }

  async stop(): Promise<void> {
    await this.#worker?.stop()
  }

  /** Admits a policy, or starts its trial. @throws AppError FILE_EXISTS */
  async receive(
    leagueId: string,
    version: PolicyVersionRecord,
    wanted: Partial<Wishes> & { readonly actor: string },
  ): Promise<SubmissionRecord> {
    const { submissions, queue, programs } = this.#options
    const { actor, autoChampion = 'always', preferences = null } = wanted
    const { id } = await submissions.create(leagueId, version, { actor, autoChampion, preferences })
    if (isUploaded(version.player)) {
      await queue.enqueue({ queue: QUEUE, payload: { submission: id }, dedupeKey: id, maxAttempts: ATTEMPTS })
      if (!programs) await submissions.change(id, { status: 'pending', notes: WAITING })
      this.#worker?.wake()
    } else await this.#place(id, version, actor)
    return submissions.get(id)
  }

  async #try(payload: unknown, signal: AbortSignal): Promise<undefined> {
    const { leagues, submissions } = this.#options
    const { submission: id } = parseWith(LeagueSubmissionJob, payload, {
      code: 'STORE_CORRUPT',
      what: 'A job of a league',
    })
    const submission = await submissions.get(id)
    if (!(await submissions.change(id, { status: 'processing', notes: '' }))) return undefined
    const league = await leagues.get(submission.leagueId)
    const version = await leagues.policyVersion(submission.policyVersionId)
    const fault = await this.#faultOf(league, version, signal)
    if (fault === undefined) await this.#place(id, version, version.playerId ?? 'operator')
    else await submissions.change(id, { status: 'failed', notes: fault })
    return undefined
  }

  async #place(id: string, version: PolicyVersionRecord, actor: string): Promise<void> {
    const { leagues, submissions } = this.#options
    const { leagueId, autoChampion, preferences } = await submissions.get(id)
    const league = await leagues.get(leagueId)
    // A trial that is repeated after a kill finds the member that the first one created.
    const members = await leagues.memberships({ leagueId, isActive: true })
    const known = members.find(({ policyVersionId }) => policyVersionId === version.id)
    const membershipId = known?.id ?? (await enter(leagues, league, version, { actor, autoChampion, preferences }))
    await submissions.change(id, { status: 'placed', membershipId })
  }

  /** Why a policy failed its trial; undefined: it has played an episode to its end. */
  async #faultOf(league: LeagueRecord, version: PolicyVersionRecord, signal: AbortSignal): Promise<string | undefined> {
    const { services, programs } = this.#options
    const world = await services.worlds.load(league.world)
    const variant = league.variants[0] ?? world.variants[0]?.id
    if (variant === undefined) return `the world ${league.world} has no variant`
    const configured = configureWorld(world, variant, league.config)
    const slots = world.slots(configured.config)
    try {
      await using prepared = await preparePlayers(
        Array.from({ length: slots }, () => version),
        programs,
      )
      let output = ''
      const result = await playMatch(
        {
          id: `trial-${version.id}`,
          world,
          configured,
          seed: TRIAL_SEED,
          players: prepared.players,
          environments: prepared.environments,
          tickRate: TICK_RATE,
          timeoutMs: TRIAL_MS,
          onOutput: (_, text) => {
            if (text.trim() !== '') output = text
          },
        },
        { ...services, signal },
      )
      if (result.outcome === 'ok') return undefined
      const quoted = output.trim().slice(-QUOTED)
      const reason = `The trial failed: ${result.error?.message ?? result.outcome}`
      return prepared.redact(quoted === '' ? reason : `${reason}\nLast output:\n${quoted}`)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof AppError) return error.message
      throw error
    }
  }
}
