// Evaluations and leagues: episodes per minute and core, a leaderboard over a million results, rounds without their
// episodes.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FolderBlobs } from '../src/host/folder-blobs.ts'
import { builtInWorlds } from '../src/host/world-registry.ts'
import { localChannel } from '../src/league/channel.ts'
import { createBaseline } from '../src/league/commissioner/baseline.ts'
import { driveRound } from '../src/league/drive-round.ts'
import { LeagueService } from '../src/league/league-service.ts'
import { makeLeague } from '../src/league/make-league.ts'
import { RoundStart } from '../src/protocol/commissioner.ts'
import { LeagueSpec } from '../src/protocol/league.ts'
import { JobQueue } from '../src/store/jobs/job-queue.ts'
import { Leagues } from '../src/store/leagues/leagues.ts'
import { Rounds } from '../src/store/leagues/rounds.ts'
import { openStore, storeInFolder } from '../src/store/store.ts'
import { LAUNCHER } from '../src/testing/cli.ts'
import { measureFloorScaling } from './floor.ts'
import type { Row } from './measure.ts'

export const name = 'evaluation'

const EPISODES = 48_000

/**
 * Episodes per minute of the command, from its start to its report.
 * @param cores how many the command may use; its disk threads use a part of a second core otherwise
 */
function evaluate(folder: string, workers: number, cores: number): number {
  const args = [
    'eval',
    'paint-arena',
    'greedy',
    'sweep',
    '--set',
    'width=12',
    '--set',
    'height=8',
    '--set',
    'max_ticks=100',
  ]
  const began = performance.now()
  const { status, stderr } = spawnSync(
    'taskset',
    [
      '-c',
      cores === 1 ? '0' : `0-${cores - 1}`,
      LAUNCHER,
      ...args,
      '--episodes',
      String(EPISODES),
      '--workers',
      String(workers),
      '--json',
      '--data',
      join(folder, `workers-${workers}-${cores}`),
    ],
    { maxBuffer: 1e8 },
  )
  if (status !== 0) throw new Error(String(stderr))
  return (EPISODES / (performance.now() - began)) * 60_000
}

const ROUNDS = 10_000
const POLICIES = 100

async function leaderboard(folder: string, report: (row: Row) => void): Promise<void> {
  const data = join(folder, 'league')
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'thread' }))
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const worlds = builtInWorlds()
  const policies = Array.from({ length: POLICIES }, (_, index) => ({
    kind: 'bot' as const,
    name: `p${index}`,
    bot: 'greedy',
  }))
  const league = await makeLeague(
    leagues,
    worlds,
    LeagueSpec.parse({ name: 'Large', world: 'paint-arena', policies, commissioner: { type: 'baseline' } }),
  )
  const division = (await leagues.divisions(league.id)).find(({ type }) => type === 'competition')!
  const members = await leagues.memberships({ leagueId: league.id })
  fill(join(folder, 'paracosm.sqlite'), { league: league.id, division: division.id, members })
  const service = new LeagueService({
    leagues,
    rounds,
    queue: new JobQueue(store),
    blobs: new FolderBlobs(data),
    services: { worlds, environment: {}, engine: undefined, models: undefined },
    log: { info: () => undefined, error: () => undefined },
  })
  const time = async (): Promise<number> => {
    const began = performance.now()
    const rows = await service.leaderboard(division.id)
    if (rows.length !== POLICIES) throw new Error(`${rows.length} rows`)
    return performance.now() - began
  }
  const what = `leaderboard with intervals over ${(ROUNDS * POLICIES).toLocaleString('en-US')} results`
  report({ what: `${what}, cold`, value: await time(), unit: 'ms', note: 'goal 5,000' })
  report({ what: `${what}, warm`, value: await time(), unit: 'ms', note: 'goal 50' })
  await store.close()
}

function fill(
  path: string,
  {
    league,
    division,
    members,
  }: { league: string; division: string; members: readonly { policyVersionId: string; playerId: string | null }[] },
): void {
  const db = new DatabaseSync(path)
  db.exec('begin')
  const round = db.prepare(
    `insert into league_rounds
      (round_id, league_id, division_id, round_number, status, backend, round_config, round_start, created_at, started_at, completed_at)
      values (?, ?, ?, ?, 'completed', 'dispatch', '{}', '{}', ?, ?, ?)`,
  )
  const result = db.prepare(
    `insert into league_results (round_id, division_id, policy_version_id, player_id, rank, score, metadata)
      values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const metadata = '{"seed_order":0,"completed_episode_count":1,"ranked_score_count":1}'
  for (let number = 1; number <= ROUNDS; number++) {
    const id = randomUUID()
    const at = 1_700_000_000_000 + number * 60_000
    round.run(id, league, division, number, at, at, at)
    for (const [index, { policyVersionId, playerId }] of members.entries()) {
      const rank = ((index * 37 + number * 11) % POLICIES) + 1
      result.run(id, division, policyVersionId, playerId, rank, POLICIES - rank, metadata)
    }
  }
  db.exec('commit')
  db.close()
}

async function simulate(report: (row: Row) => void): Promise<void> {
  const [leagueId, division] = [randomUUID(), randomUUID()]
  const ids = Array.from({ length: POLICIES }, () => randomUUID())
  const began = performance.now()
  let draws = 1
  const draw = (bound: number): number => {
    draws = (Math.imul(draws, 1103515245) + 12345) >>> 0
    return Math.floor((draws / 2 ** 32) * bound)
  }
  const memberships = ids.map((id) => ({
    id: randomUUID(),
    league_id: leagueId,
    division_id: division,
    policy_version_id: id,
    is_champion: true,
    status: 'competing',
    substatus: 'active',
  }))
  let episodes = 0
  for (let number = 1; number <= ROUNDS; number++) {
    const start = RoundStart.parse({
      type: 'round_start',
      round_id: randomUUID(),
      round_number: number,
      league: { id: leagueId },
      divisions: [{ id: division, name: 'Main', level: 1, type: 'competition' }],
      memberships,
      recent_results: [],
      variants: [{ id: 'v', name: 'V', game_config: { num_agents: 2 } }],
    })
    await driveRound({
      open: localChannel(createBaseline(), draw),
      start,
      signal: new AbortController().signal,
      host: {
        refuse: () => undefined,
        play: ({ request_id, policy_version_ids }) => {
          episodes++
          const scores = policy_version_ids.map((id) => ({ policy_version_id: id, player_id: null, score: draw(100) }))
          return Promise.resolve({ type: 'episode_result', request_id, scores, game_results: null })
        },
      },
    })
  }
  const seconds = (performance.now() - began) / 1000
  const what = `${ROUNDS.toLocaleString('en-US')} rounds of ${POLICIES} policies through the protocol (${episodes.toLocaleString('en-US')} episodes)`
  report({ what, value: seconds, unit: 's', note: 'goal 600' })
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  const one = evaluate(folder, 1, 2)
  report({
    what: 'paint-arena 12 x 8, 100 steps, journalled, 1 worker',
    value: one,
    unit: 'evaluations/min',
    note: 'goal 2,000',
  })
  const alone = evaluate(folder, 1, 1)
  report({ what: 'the same, 1 worker, on 1 core', value: alone, unit: 'evaluations/min' })
  const two = evaluate(folder, 2, 2)
  report({ what: 'the same, 2 workers, on 2 cores', value: two, unit: 'evaluations/min' })
  report({ what: 'scaling from 1 core to 2', value: two / alone, unit: 'times', note: 'goal 1.8' })
  report({
    what: 'floor: scaling of a minimal loop from 1 process to 2',
    value: await measureFloorScaling(),
    unit: 'times',
  })
  await leaderboard(folder, report)
  await simulate(report)
  rmSync(folder, { recursive: true, force: true })
}
