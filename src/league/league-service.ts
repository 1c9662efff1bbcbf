// Runs leagues: proposes rounds when they are due, drives each through its commissioner, and plays its episodes. Rounds
// and episodes are jobs of the store, so killing the server or a commissioner loses no settled result.
import { randomInt } from 'node:crypto'
import type { z } from 'zod'
import type { MatchServices } from '../evaluation/match.ts'
import type { BlobStore } from '../host/blobs.ts'
import { type JobHandler, JobWorker } from '../host/jobs.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { sleep } from '../lib/sleep.ts'
import { type EpisodeFailed, type EpisodeResult, RoundStart, type ScheduledEpisode } from '../protocol/commissioner.ts'
import {
  type CommissionerRequest,
  DescribeDivisionResponse,
  type DivisionDescription,
  type DivisionRanking,
  type ProposedRound,
  type RankDivisionRequest,
  RankDivisionResponse,
  ScheduleRoundsResponse,
} from '../protocol/commissioner-requests.ts'
import { LeagueRoundJob } from '../protocol/league.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { LeagueRecord, RoundRecord } from '../store/leagues/rows.ts'
import { askCommissioner } from './ask.ts'
import { createBaseline } from './commissioner/baseline.ts'
import type { Draw } from './commissioner/commissioner.ts'
import { localCommissioner, withCommissioner } from './commissioner-link.ts'
import { driveRound, type RoundHost } from './drive-round.ts'
import { EpisodePlayer } from './episode-player.ts'
import { type RankedRow, withIntervals } from './intervals.ts'
import {
  makeRoundStart,
  toCompletedSummary,
  toRoundSummary,
  toWireDivision,
  toWireLeague,
  toWireMemberships,
} from './round-start.ts'
import { drawOf, toSettlement, withPlayers } from './settlements.ts'
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
  /** Handlers of other queues of episodes, which share the worker: their priority decides what is played first. */
  readonly otherEpisodes?: ReadonlyMap<string, JobHandler>
  /** Milliseconds after which another server may take the jobs of a killed one; default 10,000. */
  readonly leaseMs?: number
}

const ROUND_QUEUE = 'league-round'
const EPISODE_QUEUE = 'league-episode'
const LEASE_MS = 10_000
/** Concurrent rounds: they wait for episodes most of the time. */
const ROUNDS_AT_ONCE = 8
/** Maximum attempts of a round or episode: servers and commissioners may be killed many times. */
const ATTEMPTS = 200
/** Milliseconds between two polls for an episode that another process plays. */
const LOOK_MS = 300
/** Recent rounds that schedules and leaderboards read. */
const RECENT = 200
/** Maximum number of cached leaderboards. */
const MAX_BOARDS = 1000

export class LeagueService {
  readonly #options: LeagueServiceOptions
  readonly #workers: readonly JobWorker[]
  readonly #player: EpisodePlayer
  /** Callbacks of callers that wait for an episode of this process. */
  readonly #waiting = new Map<string, () => void>()
  readonly #stop = new AbortController()
  /** Requests that remote commissioners do not support, by league. */
  readonly #unknown = new Set<string>()
  /** Leaderboards by division, cached until another round is complete. */
  readonly #boards = new Map<string, { readonly stamp: string; readonly rows: Promise<readonly TalliedRow[]> }>()
  #loop: Promise<void> | undefined

  constructor(options: LeagueServiceOptions) {
    this.#options = options
    this.#player = new EpisodePlayer(options)
    const { queue, log, leaseMs = LEASE_MS, concurrency = 1 } = options
    const onFault = (err: unknown): void => log.error({ err }, 'league.job_failed')
    const common = { queue, onFault, leaseMs, poll: { firstMs: 20, longestMs: 500 } }
    const handler = (name: string, handle: JobHandler) => new Map([[name, handle]])
    this.#workers = [
      new JobWorker({
        ...common,
        name: `rounds-${process.pid}`,
        handlers: handler(ROUND_QUEUE, (job, { signal }) => this.#playRound(job.payload, signal)),
        concurrency: ROUNDS_AT_ONCE,
      }),
      new JobWorker({
        ...common,
        name: `episodes-${process.pid}`,
        handlers: new Map([
          ...handler(EPISODE_QUEUE, (job, { signal }) => this.#playEpisode(job.payload, signal)),
          ...(options.otherEpisodes ?? []),
        ]),
        concurrency,
      }),
    ]
  }

  /** Starts processing jobs. @param everyMs between two checks for due rounds; undefined: the caller calls `tick` */
  start(everyMs?: number): void {
    for (const worker of this.#workers) worker.start()
    if (everyMs !== undefined) this.#loop ??= this.#tickForever(everyMs)
  }

  /** Looks for episodes to play now. */
  wakeEpisodes(): void {
    this.#workers[1]?.wake()
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
        for (const proposed of await this.#proposals(league)) made.push(...(await this.#create(league, proposed)))
      } catch (err) {
        this.#options.log.error({ league: league.slug, err }, 'league.schedule_failed')
      }
    }
    return made
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
    const { rounds, queue } = this.#options
    const round = await rounds.create(league.id, proposed)
    if (!round) return []
    await queue.enqueue({
      queue: ROUND_QUEUE,
      payload: { round: round.id },
      dedupeKey: round.id,
      maxAttempts: ATTEMPTS,
    })
    this.#workers[0]?.wake()
    return [round]
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
    const answer = await this.#ask(league, request, ScheduleRoundsResponse)
    // A commissioner of the first protocol cannot schedule, so the baseline does.
    return answer ? answer.rounds : createBaseline().scheduleRounds(request, now())
  }

  /** Asks a remote commissioner; undefined: it does not support such requests. */
  async #ask<T>(league: LeagueRecord, request: CommissionerRequest, schema: z.ZodType<T>): Promise<T | undefined> {
    const key = `${league.id}/${request.type}`
    if (this.#unknown.has(key)) return undefined
    const answer = await this.#converse(league, (open) => askCommissioner(open, request, schema))
    if (answer === undefined) this.#unknown.add(key)
    return answer
  }

  #converse<T>(
    league: LeagueRecord,
    work: Parameters<typeof withCommissioner<T>>[2],
    draw: Draw = randomInt,
  ): Promise<T> {
    const { services } = this.#options
    return withCommissioner(league.commissioner, { services, draw, signal: this.#stop.signal }, work)
  }

  /** Drives a round. It may be driven again after a kill: settled episodes are not played again. */
  async #playRound(payload: unknown, signal: AbortSignal): Promise<undefined> {
    const { leagues, rounds, services, log } = this.#options
    const { round: id } = parseWith(LeagueRoundJob, payload, { code: 'STORE_CORRUPT', what: 'A job of a league' })
    const round = await rounds.get(id)
    if (round.status === 'completed' || round.status === 'failed') return undefined
    const league = await leagues.get(round.leagueId)
    const start = await this.#startOf(round, league)
    const open = { services, draw: drawOf(round.id), signal }
    try {
      const complete = await withCommissioner(league.commissioner, open, (channel) =>
        driveRound({ open: channel, start, host: this.#host(round, start), signal }),
      )
      await rounds.complete(round, withPlayers(complete, start))
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // A built-in commissioner would fail in the same way again; a remote one may recover.
      const local = await localCommissioner(league.commissioner)
      if (!local) throw error
      log.error({ league: league.slug, round: round.number, err: error }, 'league.round_failed')
      await rounds.fail(round, error instanceof Error ? error.message : String(error))
    }
    return undefined
  }

  /** The start message for the commissioner, identical every time. */
  async #startOf(round: RoundRecord, league: LeagueRecord): Promise<RoundStart> {
    const { leagues, rounds, services } = this.#options
    const what = { code: 'STORE_CORRUPT', what: 'The start of a round' } as const
    if (round.start !== null) return parseWith(RoundStart, round.start, what)
    const made = await makeRoundStart(round, league, { leagues, rounds, worlds: services.worlds })
    await rounds.begin(round.id, made)
    return made
  }

  #host(round: RoundRecord, start: RoundStart): RoundHost {
    const members = new Map(start.memberships.map((member) => [member.policy_version_id, member.player_id]))
    return {
      refuse: ({ variant_id: variant, policy_version_ids: ids, game_config: config }: ScheduledEpisode) => {
        const found = start.variants.find(({ id }) => id === variant)
        if (!found) return `there is no variant ${variant}`
        const stranger = ids.find((id) => !members.has(id))
        if (stranger !== undefined) return `no member has the policy version ${stranger}`
        const { num_agents: slots } = config ?? found.game_config
        return typeof slots === 'number' && slots !== ids.length
          ? `${variant} has ${slots} slots, not ${ids.length}`
          : undefined
      },
      play: (episode: ScheduledEpisode, signal: AbortSignal) => this.#settle(round, { episode, members, signal }),
    }
  }

  async #settle(
    round: RoundRecord,
    {
      episode,
      members,
      signal,
    }: { episode: ScheduledEpisode; members: ReadonlyMap<string, string | null>; signal: AbortSignal },
  ): Promise<EpisodeResult | EpisodeFailed> {
    const { rounds, queue } = this.#options
    const seed = episode.seed ?? randomInt(2 ** 31)
    let found = await rounds.episode(round.id, episode, seed)
    const { id } = found
    while (found.status === 'pending') {
      signal.throwIfAborted()
      const job = { queue: EPISODE_QUEUE, payload: { episode: id }, dedupeKey: id, maxAttempts: ATTEMPTS }
      await queue.enqueue(job)
      this.#workers[1]?.wake()
      await this.#await(id, signal)
      found = (await rounds.findEpisode(id)) ?? found
    }
    return toSettlement(found, members)
  }

  /** Waits until this process has played the episode, or until it is time to check whether another process has. */
  async #await(id: string, signal: AbortSignal): Promise<void> {
    const late = sleep(LOOK_MS, signal).catch(() => undefined)
    await Promise.race([late, new Promise<void>((resolve) => this.#waiting.set(id, resolve))])
    this.#waiting.delete(id)
  }

  async #playEpisode(payload: unknown, signal: AbortSignal): Promise<undefined> {
    const id = await this.#player.play(payload, signal)
    if (id !== undefined) this.#waiting.get(id)?.()
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
      round_results: found.results.map((result) => ({
        round_id: result.roundId,
        policy_version_id: result.policyVersionId,
        player_id: result.playerId,
        player_name: result.playerId === null ? null : (names.get(result.playerId) ?? null),
        rank: result.rank,
        score: result.score,
        result_metadata: result.metadata,
      })),
    }
    const local = await localCommissioner(league.commissioner)
    const answer = local ? undefined : await this.#ask(league, request, RankDivisionResponse)
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
    const answer = await this.#ask(league, request, DescribeDivisionResponse)
    return answer?.description ?? null
  }
}
