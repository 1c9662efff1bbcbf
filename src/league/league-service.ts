// Runs leagues: proposes rounds when they are due, drives each through its commissioner, and plays its episodes. Rounds
// and episodes are jobs of the store, so killing the server or a commissioner loses no settled result.
import type { MatchServices } from '../evaluation/match.ts'
import type { BlobStore } from '../host/blobs.ts'
import { type JobHandler, JobWorker } from '../host/jobs.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import {
  DescribeDivisionResponse,
  type DivisionDescription,
  type DivisionRanking,
  type ProposedRound,
  type RankDivisionRequest,
  RankDivisionResponse,
  ScheduleRoundsResponse,
} from '../protocol/commissioner-requests.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { LeagueRecord, RoundRecord } from '../store/leagues/rows.ts'
import { toWireResult } from './aftermath.ts'
import { answerOf } from './ask.ts'
import { createBaseline } from './commissioner/baseline.ts'
import { CommissionerAsker } from './commissioner-asker.ts'
import { localCommissioner } from './commissioner-link.ts'
import { EpisodePlayer } from './episode-player.ts'
import { type RankedRow, withIntervals } from './intervals.ts'
import { type LeagueMigrationResult, type MigrationOptions, migrateLeague } from './migrate-league.ts'
import { RoundRunner } from './round-runner.ts'
import { toCompletedSummary, toRoundSummary, toWireDivision, toWireLeague, toWireMemberships } from './round-start.ts'
import { TALLIED_ROUNDS, type Tally, tallyOf } from './tally.ts'
import type { ProgramOptions } from './uploads/programs.ts'

type TalliedRow = RankedRow & { readonly tally: Tally }

export interface LeagueServiceOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly queue: JobQueue
  readonly blobs: BlobStore
  readonly services: Omit<MatchServices, 'signal'>
  /** Required for uploaded policies; undefined: they cannot play here. */
  readonly programs?: ProgramOptions | undefined
  readonly log: Log
  /** Milliseconds since 1970, for schedules. */
  readonly now?: () => number
  /** Concurrent episodes in this process; default 1. */
  readonly concurrency?: number
  /** Milliseconds after which another server may take the jobs of a killed one; default 10,000. */
  readonly leaseMs?: number
}

const ROUND_QUEUE = 'league-round'
/** Episodes of rounds; other desks let them go first. */
export const EPISODE_QUEUE = 'league-episode'
const LEASE_MS = 10_000
/** Concurrent rounds: they wait for episodes most of the time. */
const ROUNDS_AT_ONCE = 8
/** Maximum attempts of a round or episode: servers and commissioners may be killed many times. */
const ATTEMPTS = 200
/** Rounds that a commissioner may propose at once: at most one begins in each division. */
const MAX_PROPOSALS = 1000
/** Recent rounds that schedules and leaderboards read. */
const RECENT = 200
/** Maximum number of cached leaderboards. */
const MAX_BOARDS = 1000

export class LeagueService {
  readonly #options: LeagueServiceOptions
  readonly #workers: readonly JobWorker[]
  readonly #player: EpisodePlayer
  readonly #runner: RoundRunner
  readonly #stop = new AbortController()
  readonly #asker: CommissionerAsker
  /** Leaderboards by division, cached until another round is complete. */
  readonly #boards = new Map<string, { readonly stamp: string; readonly rows: Promise<readonly TalliedRow[]> }>()
  #loop: Promise<void> | undefined

  constructor(options: LeagueServiceOptions) {
    this.#options = options
    this.#player = new EpisodePlayer(options)
    this.#asker = new CommissionerAsker(options.services, this.#stop.signal)
    this.#runner = new RoundRunner({
      ...options,
      aftermaths: options.rounds.aftermaths,
      asker: this.#asker,
      enqueueEpisode: (id) => this.#enqueue(EPISODE_QUEUE, { episode: id }, id),
      enqueueRound: (id) => this.#enqueue(ROUND_QUEUE, { round: id }, id),
    })
    const { queue, log, leaseMs = LEASE_MS, concurrency = 1 } = options
    const onFault = (err: unknown): void => log.error({ err }, 'league.job_failed')
    const common = { queue, onFault, leaseMs, poll: { firstMs: 20, longestMs: 500 } }
    const handler = (name: string, handle: JobHandler) => new Map([[name, handle]])
    this.#workers = [
      new JobWorker({
        ...common,
        name: `rounds-${process.pid}`,
        handlers: handler(ROUND_QUEUE, (job, { signal }) => this.#runner.play(job.payload, signal)),
        concurrency: ROUNDS_AT_ONCE,
      }),
      new JobWorker({
        ...common,
        name: `episodes-${process.pid}`,
        handlers: handler(EPISODE_QUEUE, (job, { signal }) => this.#playEpisode(job.payload, signal)),
        concurrency,
      }),
    ]
  }

  /** Starts processing jobs. @param everyMs between two checks for due rounds; undefined: the caller calls `tick` */
  start(everyMs?: number): void {
    for (const worker of this.#workers) worker.start()
    if (everyMs !== undefined) this.#loop ??= this.#tickForever(everyMs)
  }

  async stop(graceMs = 0): Promise<void> {
    this.#stop.abort(new AppError('INTERRUPTED', 'the server is stopping'))
    await Promise.all(this.#workers.map((worker) => worker.stop({ graceMs })))
    await this.#loop
  }

  async #tickForever(everyMs: number): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.tick().catch((err: unknown) => this.#options.log.error({ err }, 'league.tick_failed'))
      await sleep(everyMs, signal).catch(() => undefined)
    }
  }

  /** Proposes rounds of every league that is not paused. @returns the new rounds */
  async tick(): Promise<RoundRecord[]> {
    const made: RoundRecord[] = []
    for (const league of await this.#options.leagues.list()) {
      if (league.isPaused || this.#stop.signal.aborted) continue
      try {
        if (!(await this.#resume(league))) continue
        for (const proposed of await this.#proposals(league)) made.push(...(await this.#create(league, proposed)))
      } catch (err) {
        this.#options.log.error({ league: league.slug, err }, 'league.schedule_failed')
      }
    }
    return made
  }

  /** Brings the divisions of a league in line with its commissioner. @throws AppError MIGRATION_REFUSED, COMMISSIONER_FAILED */
  migrate(league: LeagueRecord, options: Pick<MigrationOptions, 'actor' | 'isDryRun'>): Promise<LeagueMigrationResult> {
    const { leagues } = this.#options
    return migrateLeague(league, { leagues, changes: leagues.divisionChanges, asker: this.#asker, ...options })
  }

  /** Starts a round of a division now, regardless of the schedule. */
  startRound(league: LeagueRecord, divisionId: string): Promise<RoundRecord[]> {
    return this.#create(league, {
      division_id: divisionId,
      round_config: {},
      execution_backend: 'dispatch',
      notes: null,
    })
  }

  async #create(league: LeagueRecord, proposed: ProposedRound): Promise<RoundRecord[]> {
    const round = await this.#options.rounds.create(league.id, proposed)
    if (!round) return []
    await this.#enqueue(ROUND_QUEUE, { round: round.id }, round.id)
    return [round]
  }

  async #enqueue(queue: string, payload: JsonObject, dedupeKey: string): Promise<void> {
    await this.#options.queue.enqueue({ queue, payload, dedupeKey, maxAttempts: ATTEMPTS })
    this.#workers[queue === ROUND_QUEUE ? 0 : 1]?.wake()
  }

  /** Queues what a server left behind that was killed between a round and its job. @returns whether rounds may be proposed */
  async #resume(league: LeagueRecord): Promise<boolean> {
    const unfinished = await this.#options.rounds.unfinished(league.id)
    for (const { id } of unfinished) await this.#enqueue(ROUND_QUEUE, { round: id }, id)
    // Until the commissioner has said what follows a round, members may still move.
    return unfinished.every(({ aftermath }) => aftermath !== 'pending')
  }

  async #proposals(league: LeagueRecord): Promise<readonly ProposedRound[]> {
    const { leagues, rounds, now = Date.now } = this.#options
    const members = await leagues.memberships({ leagueId: league.id, isActive: true })
    const recent = await rounds.list({ leagueId: league.id }, { limit: RECENT })
    const request = {
      type: 'schedule_rounds_request' as const,
      league: toWireLeague(league),
      divisions: (await leagues.divisions(league.id)).map(toWireDivision),
      active_memberships: toWireMemberships(members),
      recent_rounds: recent.entries.map(toRoundSummary),
    }
    const local = await localCommissioner(league.commissioner)
    if (local) return local.scheduleRounds(request, now())
    const answer = answerOf(await this.#asker.ask(league, { request, schema: ScheduleRoundsResponse }))
    // A commissioner of the first protocol cannot schedule, so the baseline does.
    return answer ? answer.rounds.slice(0, MAX_PROPOSALS) : createBaseline().scheduleRounds(request, now())
  }

  async #playEpisode(payload: unknown, signal: AbortSignal): Promise<undefined> {
    const id = await this.#player.play(payload, signal)
    if (id !== undefined) this.#runner.settled(id)
    return undefined
  }

  /** The leaderboard of a division, as its commissioner ranks it. */
  async rankings(divisionId: string, recentRounds = 0): Promise<readonly DivisionRanking[]> {
    return (await this.#ranked(divisionId, recentRounds)).rankings
  }

  /** The leaderboard with an interval for each score, cached until another round is complete. */
  async leaderboard(divisionId: string, recentRounds = 0): Promise<readonly TalliedRow[]> {
    const key = `${divisionId}/${recentRounds}`
    const stamp = await this.#options.rounds.leaderboards.newestCompleted(divisionId)
    const known = this.#boards.get(key)
    if (known?.stamp === stamp) return known.rows
    // Requests that arrive while it is computed wait for the same answer: a large league takes seconds.
    const rows = this.#computeBoard(divisionId, recentRounds)
    if (this.#boards.size >= MAX_BOARDS) this.#boards.clear()
    this.#boards.set(key, { stamp, rows })
    rows.catch(() => {
      if (this.#boards.get(key)?.rows === rows) this.#boards.delete(key)
    })
    return rows
  }

  async #computeBoard(divisionId: string, recentRounds: number): Promise<readonly TalliedRow[]> {
    const { request, rankings } = await this.#ranked(divisionId, recentRounds)
    const played = await this.#options.rounds.leaderboards.recentEpisodes(divisionId, TALLIED_ROUNDS)
    return withIntervals(request, rankings).map((row) => ({ ...row, tally: tallyOf(row.policy_version_ids, played) }))
  }

  async #ranked(divisionId: string, recentRounds: number) {
    const { leagues, rounds } = this.#options
    const division = await leagues.division(divisionId)
    const league = await leagues.get(division.leagueId)
    const names = await leagues.playerNames()
    const found = await rounds.leaderboards.rows(divisionId)
    const summaries = found.rounds.map((round) => toCompletedSummary(round, divisionId))
    const request: RankDivisionRequest = {
      type: 'rank_division_request',
      league: toWireLeague(league),
      division: toWireDivision(division),
      completed_rounds: summaries,
      recent_rounds: summaries.slice(0, recentRounds),
      round_results: found.results.map((result) => toWireResult(result, names)),
    }
    const local = await localCommissioner(league.commissioner)
    const schema = RankDivisionResponse
    const answer = local ? undefined : answerOf(await this.#asker.ask(league, { request, schema }))
    const rankings = answer?.rankings ?? (local ?? createBaseline()).rankDivision(request)
    return { request, rankings }
  }

  /** The commissioner's description of a division; null: none. */
  async describe(divisionId: string): Promise<DivisionDescription | null> {
    const { leagues, rounds, now = Date.now } = this.#options
    const division = await leagues.division(divisionId)
    const league = await leagues.get(division.leagueId)
    const members = await leagues.memberships({ leagueId: league.id, isActive: true })
    const recent = await rounds.list({ divisionId }, { limit: RECENT })
    const local = await localCommissioner(league.commissioner)
    const request = {
      type: 'describe_division_request' as const,
      league: toWireLeague(league),
      division: toWireDivision(division),
      active_memberships: toWireMemberships(members.filter((member) => member.divisionId === divisionId)),
      recent_rounds: recent.entries.map(toRoundSummary),
    }
    if (local) return local.describeDivision(request, now())
    const answer = answerOf(await this.#asker.ask(league, { request, schema: DescribeDivisionResponse }))
    return answer?.description ?? null
  }
}
