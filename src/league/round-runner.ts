// Drives one round through its commissioner, as a job of the store. It may be driven again after a kill: settled episodes
// are not played again, and what follows the round is applied once.
import { randomInt } from 'node:crypto'
import type { MatchServices } from '../evaluation/match.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import { sleep } from '../lib/sleep.ts'
import { type EpisodeFailed, type EpisodeResult, RoundStart, type ScheduledEpisode } from '../protocol/commissioner.ts'
import { LeagueRoundJob } from '../protocol/league.ts'
import type { Aftermaths } from '../store/leagues/aftermaths.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { LeagueRecord, RoundRecord } from '../store/leagues/rows.ts'
import { settleAftermath } from './aftermath.ts'
import type { OpenChannel } from './channel.ts'
import { type CommissionerAsker, isForeign } from './commissioner-asker.ts'
import { localCommissioner, withCommissioner } from './commissioner-link.ts'
import { driveRound, type RoundHost } from './drive-round.ts'
import { faultOfEpisode, withOverrides } from './episode-config.ts'
import { makeRoundStart } from './round-start.ts'
import { drawOf, toSettlement, withPlayers } from './settlements.ts'

export interface RoundRunnerOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly aftermaths: Aftermaths
  readonly asker: CommissionerAsker
  readonly services: Omit<MatchServices, 'signal'>
  readonly log: Log
  /** Queues an episode. */
  readonly enqueueEpisode: (id: string) => Promise<void>
  /** Queues the rounds that follow. */
  readonly enqueueRound: (id: string) => Promise<void>
}

const ignoreAway = (error: unknown): void => {
  if (!(error instanceof AppError) || error.code !== 'COMMISSIONER_FAILED') throw error
}

/** Milliseconds between two polls for an episode that another process plays. */
const LOOK_MS = 300

export class RoundRunner {
  readonly #options: RoundRunnerOptions
  /** Callbacks of callers that wait for an episode of this process. */
  readonly #waiting = new Map<string, () => void>()

  constructor(options: RoundRunnerOptions) {
    this.#options = options
  }

  /** An episode of this process has been settled. */
  settled(episodeId: string): void {
    this.#waiting.get(episodeId)?.()
  }

  async play(payload: unknown, signal: AbortSignal): Promise<undefined> {
    const { leagues, rounds } = this.#options
    const { round: id } = parseWith(LeagueRoundJob, payload, { code: 'STORE_CORRUPT', what: 'A job of a league' })
    const round = await rounds.get(id)
    const league = await leagues.get(round.leagueId)
    if (round.status !== 'completed' && round.status !== 'failed') await this.#drive(round, league, signal)
    await this.#follow(id, league, { signal })
    return undefined
  }

  /** Asks what follows a round, unless that is known. */
  async #follow(
    id: string,
    league: LeagueRecord,
    at: { readonly signal: AbortSignal; readonly open?: OpenChannel },
  ): Promise<void> {
    const round = await this.#options.rounds.get(id)
    if (round.aftermath !== 'pending') return
    for (const next of await settleAftermath(round, league, { ...this.#options, ...at })) {
      await this.#options.enqueueRound(next.id)
    }
  }

  async #drive(round: RoundRecord, league: LeagueRecord, signal: AbortSignal): Promise<void> {
    const { rounds, services, log } = this.#options
    const start = await this.#startOf(round, league)
    const world = await services.worlds.load(league.world)
    const host = this.#host(round, { start, world, league })
    const open = { services, draw: drawOf(round.id), signal }
    try {
      await withCommissioner(league.commissioner, open, async (channel) => {
        const complete = await driveRound({ open: channel, start, host, signal })
        const hasAftermath = isForeign(league.commissioner)
        await rounds.complete(round, withPlayers(complete, start), { hasAftermath })
        // Asked while it runs, so that it need not be started again. One that ends with its round is asked later.
        if (hasAftermath) await this.#follow(round.id, league, { signal, open: channel }).catch(ignoreAway)
      })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // A built-in commissioner would fail in the same way again; a remote one may recover.
      const local = await localCommissioner(league.commissioner)
      if (!local) throw error
      log.error({ league: league.slug, round: round.number, err: error }, 'league.round_failed')
      await rounds.fail(round, error instanceof Error ? error.message : String(error))
    }
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

  #host(
    round: RoundRecord,
    { start, world, league }: { start: RoundStart; world: World; league: LeagueRecord },
  ): RoundHost {
    const members = new Map(start.memberships.map((member) => [member.policy_version_id, member.player_id]))
    const configure = (variant: string, config: object) => {
      const configured = configureWorld(world, variant, { ...league.config, ...config })
      return world.slots(configured.config)
    }
    return {
      refuse: (episode) => faultOfEpisode(withOverrides(episode), { start, members, configure }),
      play: (episode, signal) => this.#settle(round, { episode: withOverrides(episode), members, signal }),
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
    const { rounds, enqueueEpisode } = this.#options
    const seed = episode.seed ?? randomInt(2 ** 31)
    let found = await rounds.episode(round.id, episode, seed)
    const { id } = found
    while (found.status === 'pending') {
      signal.throwIfAborted()
      await enqueueEpisode(id)
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
}
