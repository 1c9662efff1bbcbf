// Leagues of this server: the service that plays them, and a demo league of the shipped bots that keeps playing.
import type { BlobStore } from '../host/blobs.ts'
import type { Log } from '../host/log.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { LeagueService } from '../league/league-service.ts'
import { makeLeague } from '../league/make-league.ts'
import { sleep } from '../lib/sleep.ts'
import { LeagueSpec } from '../protocol/league.ts'
import { JobQueue } from '../store/jobs/job-queue.ts'
import { Leagues } from '../store/leagues/leagues.ts'
import { Rounds } from '../store/leagues/rounds.ts'
import type { Store } from '../store/store.ts'

export interface LeagueServices {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly service: LeagueService
  close(): Promise<void>
}

/** Milliseconds between checks for due rounds, and between prunings. */
const TICK_MS = 5000
const PRUNE_MS = 10 * 60_000
/** Completed rounds of the demo league to keep, with their journals: about 4 MB. */
const KEPT_ROUNDS = 200
const DEMO_SLUG = 'demo-league'

/** Small matches: a round takes a fraction of a second of one core each minute. */
const DEMO = LeagueSpec.parse({
  name: 'Demo League',
  world: 'paint-arena',
  config: { width: 12, height: 8, max_ticks: 100 },
  commissioner: {
    type: 'ruleset',
    ruleset: {
      schedule_interval_minutes: 1,
      scoring: { round_score: 'rank', leaderboard: { type: 'ewma', half_life_hours: 2 } },
      defaults: { seating: 'shuffled_window', min_entries_to_start: 2, stage: { episodes: 6 } },
      divisions: {
        qualifiers: {
          match: { type: 'staging' },
          entrants: 'qualifying',
          min_entries_to_start: 1,
          stages: [
            {
              id: 'crash_check',
              schedule: { label: 'Crash check', self_play: true, attempts: 2 },
              on_round_complete: [
                {
                  id: 'passed_crash_check',
                  criteria: { completed_episodes_gt: 0 },
                  actions: [{ division: 'competition', status: 'competing', substatus: 'champion' }],
                },
                {
                  id: 'failed_crash_check',
                  criteria: 'otherwise',
                  actions: [{ status: 'disqualified', substatus: 'inactive' }],
                },
              ],
            },
          ],
        },
        competition: { match: { type: 'competition' }, entrants: 'champions' },
      },
    },
  },
  policies: ['greedy', 'sweep', 'random'].map((bot) => ({ kind: 'bot', name: bot, bot })),
})

export function openLeagueServices(parts: {
  readonly store: Store
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly log: Log
  readonly hasDemo: boolean
}): LeagueServices {
  const { store, blobs, worlds, log } = parts
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const service = new LeagueService({
    leagues,
    rounds,
    blobs,
    log,
    queue: new JobQueue(store),
    // Programs and containers play only in leagues that the command line runs: the server never starts programs named
    // over HTTP.
    services: { worlds, environment: {}, engine: undefined, models: undefined },
  })
  const stop = new AbortController()
  const demo = runDemo({ ...parts, leagues, rounds, signal: stop.signal }).catch((err: unknown) => {
    if (!stop.signal.aborted) log.error({ err }, 'league.demo_failed')
  })
  service.start(TICK_MS)
  return {
    leagues,
    rounds,
    service,
    async close() {
      stop.abort()
      await service.stop()
      await demo
    },
  }
}

/** Creates the demo league once, pauses it if it is disabled, and removes its old rounds from time to time. */
async function runDemo(parts: {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly hasDemo: boolean
  readonly signal: AbortSignal
}): Promise<void> {
  const { leagues, rounds, blobs, worlds, hasDemo, signal } = parts
  const known = (await leagues.list()).find(({ slug }) => slug === DEMO_SLUG)
  if (!known && !hasDemo) return
  const league = known ?? (await makeLeague(leagues, worlds, DEMO))
  await leagues.setPaused(league.id, !hasDemo)
  while (!signal.aborted) {
    for (const journal of await rounds.prune(league.id, KEPT_ROUNDS)) await blobs.delete(journal)
    await sleep(PRUNE_MS, signal).catch(() => undefined)
  }
}
