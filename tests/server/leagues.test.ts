// The hosted API of leagues on a real server with its demo league: objects, paging, filters, errors.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedLeague,
  HostedMembership,
  LadderEntry,
  LeaderboardEntry,
  PolicyVersionPage,
  PoolDetail,
  RoundDetail,
  RoundPage,
} from '../../src/protocol/hosted.ts'
import { ReadEpisode, ReadEpisodeStats, ReadPoolDetail, ReadRoundDetail } from '../../src/protocol/hosted-read.ts'
import { startServer } from '../../src/server/app.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-league-api-'))
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  hasLeague: true,
  logLevel: 'error',
  version: 'test',
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const get = async (path: string): Promise<any> => {
  const answer = await fetch(`${server.url}${path}`)
  const body = await answer.text()
  assert.equal(answer.status, 200, `${path}: ${body}`)
  return JSON.parse(body)
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) assert.fail(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

test('leagues api: the demo league qualifies its bots, and all objects match the contract', async () => {
  const [league] = HostedLeague.array().parse(await get('/v2/leagues'))
  assert.match(league!.id, /^league_[0-9a-f-]{36}$/)
  assert.equal((await get('/v2/games'))[0].id, league!.game.id)
  assert.equal((await get(`/v2/leagues?game_id=game_nothing`)).length, 0)
  assert.deepEqual(await get(`/v2/leagues/${league!.id}`), league)
  const page = await until('a completed round', async () => {
    const found = RoundPage.parse(await get('/v2/rounds?limit=25&offset=0&status=completed'))
    return found.total_count > 0 ? found : undefined
  })
  const [round] = page.entries
  const detail = RoundDetail.parse(await get(`/v2/rounds/${round!.id}`))
  assert.equal(detail.results.length, 3)
  const pool = PoolDetail.parse(await get(`/v2/pools/${detail.pools[0]!.id}`))
  assert.equal(pool.entries.length, 3)
  assert.equal((await get(`/v2/pools?limit=10&offset=0&round_id=${round!.id}`)).length, 1)
  const episodes = HostedEpisode.array().parse(await get(`/v2/episode-requests?limit=200&offset=0&pool_id=${pool.id}`))
  assert.equal(episodes.length, 6)
  assert.ok(episodes.every(({ assignments, scores }) => assignments.length === 2 && scores.length === 2))
  const [episode] = episodes
  assert.deepEqual(await get(`/v2/episode-requests/${episode!.id}`), episode)
  const results = await get(`/jobs/${episode!.job_id}/artifacts/results`)
  assert.deepEqual(
    results.scores,
    episode!.scores.map(({ score }) => score),
  )
  const journal = await fetch(`${server.url}/jobs/${episode!.job_id}/artifacts/journal`)
  assert.match(await journal.text(), /^\{"paracosm":"journal"/)
  assert.deepEqual(await get(`/jobs/${episode!.job_id}/policy-logs`), [])
  ReadPoolDetail.parse(await get(`/v2/pools/${pool.id}`))
  ReadRoundDetail.parse(await get(`/v2/rounds/${round!.id}`))
  ReadEpisode.parse(episode)
  const stats = ReadEpisodeStats.parse(await get(`/jobs/${episode!.job_id}/episode-stats`))
  assert.equal(stats.steps, 100)
  const replay = await get(new URL(episode!.replay_url!).pathname)
  assert.equal(replay.frames.length, 100)
  const members = HostedMembership.array().parse(
    await get('/v2/league-policy-memberships?active_only=true&champions_only=true&mine=false'),
  )
  assert.equal(members.length, 3)
  const ladder = LadderEntry.array().parse(await get(`/v2/leagues/${league!.id}/division-ladder`))
  assert.deepEqual(
    ladder.map(({ name, member_count }) => [name, member_count]),
    [
      ['Competition', 3],
      ['Qualifiers', 0],
    ],
  )
  const events = CompetitionEvent.array().parse(
    await get(`/v2/competition-events?limit=50&league_id=${league!.id}&event_type=membership_moved`),
  )
  assert.deepEqual(
    events.map(({ payload }) => payload.actor),
    ['commissioner', 'commissioner', 'commissioner'],
  )
  const divisions = HostedDivision.array().parse(await get(`/v2/divisions?league_id=${league!.id}`))
  const competition = divisions.find(({ name }) => name === 'Competition')!
  const described = HostedDivision.parse(await get(`/v2/divisions/${competition.id}`))
  assert.match(described.commissioner_description?.round_schedule ?? '', /every minute/)
  LeaderboardEntry.array().parse(await get(`/v2/divisions/${competition.id}/leaderboard?include_recent_rounds=3`))
  // Clients of the contract keep and print unknown fields, so none are sent.
  const [member] = await get('/v2/league-policy-memberships')
  assert.deepEqual(Object.keys(member).toSorted(), [
    'created_at',
    'division',
    'end_time',
    'id',
    'is_active',
    'is_champion',
    'league',
    'player',
    'policy_version',
    'start_time',
  ])
  const versions = PolicyVersionPage.parse(await get('/stats/policy-versions?mine=true&name_exact=greedy&limit=100'))
  assert.deepEqual(
    versions.entries.map(({ name, version }) => [name, version]),
    [['greedy', 1]],
  )
  const again = await fetch(`${server.url}/v2/league-submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ league_id: league!.id, policy_version_id: versions.entries[0]!.id }),
  })
  assert.equal(again.status, 409)
})

test('coworld commands: they print tables and JSON of a live server', async () => {
  const [league] = await get('/v2/leagues')
  const [round] = (await get('/v2/rounds?limit=1&offset=0&status=completed')).entries
  const division = round.division.id
  for (const [args, pattern] of [
    [['leagues'], /^ID +Name +Game +Public +Created\nleague_\S+ +Demo League +paint-arena +yes/],
    [['leagues', league.id], /^League: league_\S+\nName: Demo League/],
    [['divisions', '--league', league.id], /Qualifiers +-99/],
    [['divisions', division], /Round schedule: A round every minute/],
    [['results', league.id], /Competition/],
    [['results', round.id], /^Rank +Player +Policy +Score\n1 +\w+ +\w+:v1 +\d+\.\d{4}/],
    [['rounds', '--status', 'completed'], /Rows 1-\d+ of \d+/],
    [['rounds', round.id], /Number: 1\n/],
    [['memberships', '--champions-only'], /greedy:v1/],
    [['events', '--limit', '3'], /Headline/],
    [['episodes', '--round', round.id, '--policy', 'greedy', '--limit', '2'], /greedy:v1/],
  ] as const) {
    const { status, out, err } = await runCommand(['coworld', ...args, '--server', server.url])
    assert.equal(status, 0, `${args.join(' ')}: ${err}`)
    assert.match(out, pattern)
  }
  const json = await runCommand([
    'coworld',
    'episodes',
    '--division',
    division,
    '--limit',
    '1',
    '--json',
    '--server',
    server.url,
  ])
  assert.equal(JSON.parse(json.out).length, 1)
  const strange = await runCommand(['coworld', 'results', 'x', '--server', server.url])
  assert.equal(strange.status, 2)
  const missing = await runCommand(['coworld', 'rounds', 'round_x', '--server', server.url])
  assert.equal(missing.status, 1)
  const gone = await runCommand(['coworld', 'episodes', '--policy', 'nobody', '--server', server.url])
  assert.notEqual(gone.status, 0)
})

test('artefacts of an episode: below /v2/episode-requests as below /jobs, with ranges, a log of the game, and a bundle', async () => {
  const [round] = RoundPage.parse(await get('/v2/rounds?limit=1&offset=0&status=completed')).entries
  const [episode] = await get(`/v2/episode-requests?limit=5&offset=0&pool_id=${round!.id.replace('round', 'pool')}`)
  const [job, path] = [`/jobs/${episode.job_id}`, `/v2/episode-requests/${episode.id}`]
  for (const same of [
    '/artifacts/results',
    '/episode-stats',
    '/artifacts/replay',
    '/policy-logs',
    '/policy-artifact',
  ]) {
    assert.deepEqual(await get(`${path}${same}`), await get(`${job}${same}`), same)
  }
  assert.deepEqual(await get(`${path}/artifacts/stats`), await get(`${job}/episode-stats`))
  assert.deepEqual(await get(`${path}/policy-artifacts`), [])
  const journal = await fetch(`${server.url}${path}/artifacts/journal`)
  const text = await journal.text()
  const part = await fetch(`${server.url}${path}/artifacts/journal`, { headers: { range: 'bytes=10-29' } })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), `bytes 10-29/${Buffer.byteLength(text)}`)
  assert.equal(await part.text(), text.slice(10, 30))
  const log = await (await fetch(`${server.url}${path}/artifacts/logs`)).text()
  const lines = log.trimEnd().split('\n')
  assert.match(lines[0]!, new RegExp(`^\\S+Z episode ${episode.id}, seed ${episode.seed}$`))
  assert.match(lines[1]!, /^slot 0: \w+:v1 \(bot\)$/)
  assert.match(log, /\n\S+Z paint-arena 1\.\S+, variant .+\nconfig \{/)
  assert.match(lines.at(-2)!, /^step 100: ends: /)
  assert.match(lines.at(-1)!, /^\S+Z completed, scores \[\d+,\d+\]$/)
  const zip = join(folder, 'bundle.zip')
  const names = async (where: string): Promise<string[]> => {
    const answer = await fetch(`${server.url}${path}${where}`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/zip')
    writeFileSync(zip, Buffer.from(await answer.arrayBuffer()))
    const script =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist())'
    return execFileSync('python3', ['-c', script, zip], { encoding: 'utf8' }).trim().split(' ')
  }
  assert.deepEqual(await names('/bundle'), ['manifest.json', 'results.json', 'replay.json', 'logs/game.log'])
  assert.deepEqual(await names('/bundle?include=results,player_logs,player_artifact'), [
    'manifest.json',
    'results.json',
  ])
  assert.deepEqual(await names('/artifacts/debug'), ['game.stdout.log'])
  for (const [gone, status] of [
    ['/artifacts/error_info', 404],
    ['/artifacts/error-info', 404],
    ['/artifacts/nothing', 422],
    ['/policy-logs/0', 404],
    [`/${episode.policy_version_ids[0]}/policy-logs/0`, 404],
    [`/${episode.policy_version_ids[0]}/policy-artifact/0`, 404],
    ['/x/policy-logs/0', 422],
  ] as const) {
    const answer = await fetch(`${server.url}${path}${gone}`)
    assert.equal(answer.status, status, gone)
    await answer.arrayBuffer()
  }
  const cli = await runCommand(['coworld', 'episode-logs', episode.id, '--game', '--server', server.url])
  assert.equal(cli.out.trimEnd(), log.trimEnd())
})

test('leagues api: unknown ids are 404 with a problem', async () => {
  for (const path of [
    '/v2/leagues/league_x',
    '/v2/divisions/div_x',
    '/v2/rounds/round_x',
    '/v2/pools/pool_x',
    '/v2/episode-requests/x',
    '/v2/divisions/x/leaderboard',
  ]) {
    const answer = await fetch(`${server.url}${path}`)
    assert.equal(answer.status, 404, path)
    assert.match(((await answer.json()) as { code: string }).code, /^UNKNOWN_/)
  }
  assert.equal((await fetch(`${server.url}/v2/rounds?limit=0`)).status, 422)
})
