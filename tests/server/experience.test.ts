// Experience requests and artefacts of episodes on a real server: a player's uploaded policy plays bots for its owner, and
// its logs and zip are for the owner only.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { ExperienceDetail, ExperiencePage } from '../../src/protocol/experience.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const STAND_INS = join(import.meta.dirname, '..', 'fixtures', 'league-stand-ins')
const folder = mkdtempSync(join(tmpdir(), 'paracosm-experience-'))
const dropsRights = process.getuid?.() === 0 && existsSync('/usr/bin/python3') && existsSync('/usr/bin/setpriv')
const ADMIN = 'the-key-of-the-operator'
const SECRET = 'very-secret-value-4711'
const SMALL = { width: 8, height: 8, max_ticks: 10 }

/** Plays as the stand-in, and leaves a zip. */
const MAIN = `import io, os, urllib.request, zipfile
print("secret", os.environ["API_KEY"])
import agent
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as z:
    z.writestr("trace.txt", "moves")
url = os.environ["COWORLD_PLAYER_ARTIFACT_UPLOAD_URL"]
for body, wanted in ((b"no zip", 422), (packed.getvalue(), 200)):
    try:
        status = urllib.request.urlopen(urllib.request.Request(url, data=body, method="PUT")).status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status == wanted, status
`

type Sent = { token?: string | undefined; body?: unknown; raw?: Buffer; headers?: Record<string, string> }

async function call(server: Server, path: string, { token, body, raw, headers = {} }: Sent = {}) {
  return fetch(server.url + path, {
    method: body === undefined && raw === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(raw === undefined ? {} : { 'content-type': 'application/gzip' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(raw === undefined ? {} : { body: new Uint8Array(raw) }),
  })
}

async function ok(server: Server, path: string, sent: Sent = {}): Promise<any> {
  const answer = await call(server, path, sent)
  const text = await answer.text()
  assert.equal(answer.status, 200, `${path}: ${text}`)
  return JSON.parse(text)
}

async function refused(server: Server, path: string, sent: Sent = {}): Promise<[number, string]> {
  const answer = await call(server, path, sent)
  return [answer.status, ((await answer.json()) as { code: string }).code]
}

function archive(main = MAIN): Buffer {
  const source = mkdtempSync(join(folder, 'source-'))
  for (const name of ['player.py', 'websocket.py']) {
    writeFileSync(join(source, name === 'player.py' ? 'agent.py' : name), readFileSync(join(STAND_INS, name)))
  }
  writeFileSync(join(source, 'main.py'), main)
  execFileSync('tar', ['czf', join(source, '..', 'policy.tar.gz'), '-C', source, '.'])
  return readFileSync(join(source, '..', 'policy.tar.gz'))
}

const start = (runsUploads: boolean): Promise<Server> =>
  startServer({
    dataDir: join(folder, 'data'),
    ...TEST_SERVER,
    logLevel: 'error',
    version: 'test',
    sessions: { adminKey: ADMIN },
    uploads: runsUploads
      ? {
          environment: { PATH: dropsRights ? '/usr/bin:/bin' : (process.env.PATH ?? '') },
          engine: undefined,
          engineEnvironment: {},
          dropsRights,
        }
      : undefined,
  })

let server: Server
let alice: string
let bob: string
let league: string
let painter: { readonly id: string; readonly version: number }
before(async () => {
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  const leagues = new Leagues(store)
  const policies = ['greedy', 'sweep', 'random'].map((bot) => ({ kind: 'bot', name: bot, bot }))
  const divisions = [{ name: 'Open', level: 1 }]
  const spec = LeagueSpec.parse({ name: 'Open', world: 'paint-arena', config: SMALL, policies, divisions })
  const made = await makeLeague(leagues, builtInWorlds(), spec)
  league = `league_${made.id}`
  await leagues.setPaused(made.id, true)
  const tokens = new LeagueTokens(store)
  alice = (await tokens.issue('alice')).token
  bob = (await tokens.issue('bob')).token
  await store.close()
  server = await start(true)
  const source = await ok(server, '/v2/policies/sources', { token: alice, raw: archive() })
  const body = { name: 'painter', source_id: source.id, policy_secret_env: { API_KEY: SECRET } }
  painter = await ok(server, '/stats/policies/source/complete', { token: alice, body })
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const PATH = '/v2/experience-requests'
const BOTS = { target: { world: 'paint-arena' }, roster: [{ player: { bot: 'greedy' } }, { player: { bot: 'sweep' } }] }
const cli = (token: string, ...args: string[]) =>
  runCommand(['coworld', ...args, '--server', server.url], { env: { COWORLD_TOKEN: token } })

test('experience requests: an uploaded policy plays as its owner asks, and only the owner gets its log and zip', async () => {
  const roster = [{ player: { policy_ref: 'painter:v1' } }, { player: { bot: 'greedy' } }]
  const target = { coworld_id: 'cow_paint-arena' }
  const body = { target, roster, num_episodes: 2, game_config_overrides: SMALL, notes: 'first', seed: 3 }
  const made = ExperienceDetail.parse(await ok(server, PATH, { token: alice, body }))
  assert.match(made.id, /^xreq_[0-9a-f-]{36}$/)
  assert.deepEqual([made.requester, made.episode_count, made.status, made.notes], ['alice', 2, 'pending', 'first'])
  const over = await eventually('the request has ended', async () => {
    const found = await ok(server, `${PATH}/${made.id}`, { token: alice })
    return found.completed_at === null ? undefined : found
  })
  assert.deepEqual([over.status, over.completed_count, over.error], ['completed', 2, null])
  const [first, second] = over.episodes
  assert.deepEqual([first.seed, second.seed], [3, 4])
  // The players change places.
  assert.deepEqual(first.policy_version_ids, second.policy_version_ids.toReversed())
  assert.equal(first.policy_version_ids[0], painter.id)
  const path = `/v2/episode-requests/${first.id}`
  const own = [
    { position: 0, policy_version_id: painter.id, policy_name: 'painter', has_log: true, has_artifact: true },
  ]
  assert.deepEqual(await ok(server, `${path}/policy-artifacts`, { token: alice }), own)
  assert.deepEqual(await ok(server, `${path}/policy-artifacts`, { token: bob }), [])
  for (const each of [`${path}/${painter.id}`, path, `/jobs/${first.job_id}`]) {
    assert.equal(await (await call(server, `${each}/policy-logs/0`, { token: alice })).text(), 'secret [secret]\n')
    assert.deepEqual(await refused(server, `${each}/policy-logs/0`, { token: bob }), [403, 'NOT_YOURS'])
    assert.deepEqual(await refused(server, `${each}/policy-artifact/0`, { token: bob }), [403, 'NOT_YOURS'])
    assert.deepEqual(await refused(server, `${each}/policy-artifact/0`), [401, 'KEY_REFUSED'])
  }
  const other = `${path}/${first.policy_version_ids[1]}/policy-logs/0`
  assert.deepEqual(await refused(server, other, { token: alice }), [404, 'UNKNOWN_EPISODE'])
  const zip = await call(server, `${path}/policy-artifact/0`, { token: ADMIN })
  const bytes = Buffer.from(await zip.arrayBuffer())
  assert.equal(zip.headers.get('content-type'), 'application/zip')
  assert.equal(Number(zip.headers.get('content-length')), bytes.length)
  const tail = await call(server, `${path}/policy-artifact/0`, { token: alice, headers: { range: 'bytes=-22' } })
  assert.deepEqual(Buffer.from(await tail.arrayBuffer()), bytes.subarray(-22))
  const names = async (where: string, token?: string): Promise<string> => {
    const file = join(folder, 'some.zip')
    writeFileSync(file, Buffer.from(await (await call(server, `${path}${where}`, { token })).arrayBuffer()))
    const script =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist())'
    return execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }).trim()
  }
  const shared = 'manifest.json results.json replay.json logs/game.log'
  const whole = `${shared} logs/policy_agent_0.log artifacts/policy_artifact_0.zip`
  assert.equal(await names('/bundle', alice), whole)
  assert.equal(await names('/bundle', bob), shared)
  assert.equal(await names('/bundle'), shared)
  assert.equal(await names('/artifacts/debug', alice), 'game.stdout.log policy_agent_0.log')
  assert.equal(await names('/artifacts/debug', bob), 'game.stdout.log')
  // Lists of league episodes and leaderboards do not have them; their pages do.
  assert.deepEqual(await ok(server, '/v2/episode-requests?limit=10&offset=0'), [])
  assert.equal((await ok(server, path)).requester_user_id, over.requester_user_id)
  assert.equal((await fetch(`${server.url}/api/episodes/league-${first.episode_id}`)).status, 200)
})

test('experience requests: others neither see nor cancel them, and may not use a policy that competes nowhere', async () => {
  const { id } = await ok(server, PATH, { token: alice, body: BOTS })
  for (const where of ['', '/episodes']) {
    assert.deepEqual(await refused(server, `${PATH}/${id}${where}`, { token: bob }), [403, 'NOT_YOURS'])
  }
  assert.deepEqual(await refused(server, `${PATH}/${id}/cancel`, { token: bob, body: {} }), [403, 'NOT_YOURS'])
  assert.deepEqual(await refused(server, PATH), [401, 'KEY_REFUSED'])
  assert.deepEqual(await refused(server, PATH, { body: BOTS }), [401, 'KEY_REFUSED'])
  const own = ExperiencePage.parse(await ok(server, `${PATH}?mine=true&limit=50&offset=0`, { token: bob }))
  assert.deepEqual(own, { entries: [], total_count: 0, limit: 50, offset: 0 })
  const all = ExperiencePage.parse(await ok(server, PATH, { token: ADMIN }))
  assert.ok(all.entries.some((each) => each.id === id))
  const roster = [{ player: { policy_ref: painter.id } }, { player: { bot: 'greedy' } }]
  const body = { ...BOTS, roster }
  assert.deepEqual(await refused(server, PATH, { token: bob, body }), [403, 'NOT_YOURS'])
  assert.deepEqual(await refused(server, `${PATH}/xreq_nothing`, { token: bob }), [404, 'UNKNOWN_EPISODE'])
})

test('experience requests: mistakes are named before anything is played', async () => {
  const { roster } = BOTS
  const target = { world: 'paint-arena' }
  for (const [body, status, code] of [
    [{ ...BOTS, roster: roster.slice(1) }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, roster: roster.map((each) => ({ ...each, slot: 1 })) }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, roster: roster.map((each, slot) => ({ ...each, slot: slot + 1 })) }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, roster: [{ player: { bot: 'nobody' } }, roster[1]] }, 404, 'UNKNOWN_BOT'],
    [{ ...BOTS, roster: [{ player: { bot: 'greedy', random: true } }, roster[1]] }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, roster: [{ player: { top_n: 2 } }, roster[1]] }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, roster: [{ player: { policy_ref: 'no-such' } }, roster[1]] }, 404, 'UNKNOWN_PLAYER'],
    [{ ...BOTS, num_episodes: 101 }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, rotate_seats: true }, 422, 'VALIDATION_ERROR'],
    [{ ...BOTS, game_config_overrides: { width: -1 } }, 422, 'CONFIG_INVALID'],
    [{ target: {}, roster }, 422, 'VALIDATION_ERROR'],
    [{ target: { ...target, league_id: league }, roster }, 422, 'VALIDATION_ERROR'],
    [{ target: { league_id: 'league_x' }, roster }, 404, 'UNKNOWN_LEAGUE'],
    [{ target: { coworld_id: 'cow_x' }, roster }, 404, 'UNKNOWN_UPLOAD'],
    [{ target: { world: '../worlds/evil.ts' }, roster }, 404, 'UNKNOWN_UPLOAD'],
    [{ target: { ...target, variant_id: 'x' }, roster }, 404, 'UNKNOWN_VARIANT'],
  ] as const) {
    assert.deepEqual(await refused(server, PATH, { token: bob, body }), [status, code], JSON.stringify(body))
  }
  assert.equal((await ok(server, PATH, { token: bob })).total_count, 0)
})

test('experience requests: the command line asks a league for its champions, waits, lists, and cancels', async () => {
  const waited = await cli(
    bob,
    ...['xp-request', 'create', '--league', league, '--player', 'bot:random@1', '--player', 'top:2'],
    ...['--episodes', '3', '--notes', 'champions', '--wait', '--game-config', '{"max_ticks":12}'],
  )
  assert.equal(waited.status, 0, waited.err)
  assert.match(waited.out, /^Experience request: xreq_\S+\nStatus: completed\nCoworld: cow_paint-arena\n/)
  assert.match(waited.out, /\nEpisodes: 3 of 3\nNotes: champions\n/)
  const [, id = ''] = /(xreq_\S+)/.exec(waited.out) ?? []
  const episodes = JSON.parse((await cli(bob, 'xp-request', 'episodes', id, '--json')).out)
  assert.deepEqual(
    episodes.map((each: any) => each.participants.map(({ label }: any) => label)[1]),
    ['random:v1', 'random:v1', 'random:v1'],
  )
  assert.equal((await ok(server, `/v2/episode-requests/${episodes[0].id}/episode-stats`)).steps, 12)
  // Nothing of it counts: the league has played no round.
  const [division] = await ok(server, `/v2/divisions?league_id=${league}`)
  assert.deepEqual(await ok(server, `/v2/divisions/${division.id}/leaderboard?include_recent_rounds=3`), [])
  const file = join(folder, 'request.json')
  writeFileSync(
    file,
    JSON.stringify({ ...BOTS, num_episodes: 100, game_config_overrides: { width: 40, height: 40, max_ticks: 10_000 } }),
  )
  const big = JSON.parse((await cli(bob, 'xp-request', 'create', file, '--json')).out)
  const cancelled = await cli(bob, 'xp-request', 'cancel', big.id)
  assert.match(cancelled.out, /Status: cancelled\n[\s\S]*\d+ cancelled/)
  const again = await cli(bob, 'xp-request', 'cancel', big.id)
  assert.equal(again.status, 1)
  assert.match(again.err, /has ended: nothing is left to cancel \(EPISODE_OVER\)\n {2}fix: Make a new one with:/)
  const listed = await cli(bob, 'xp-request', 'list')
  assert.match(listed.out, /^ID +Status +Coworld +Episodes +Notes +Created\nxreq_\S+ +cancelled/)
  assert.match((await cli(bob, 'xp-request', 'get', id)).out, /Status: completed/)
  for (const args of [['create'], ['create', file, '--player', 'x'], ['create', '--player', 'x']]) {
    assert.equal((await cli(bob, 'xp-request', ...args)).status, 2, args.join(' '))
  }
  const log = await cli(bob, 'episode-logs', episodes[0].id, '--game')
  assert.match(log.out, /slot 1: random:v1 \(bot\)/)
})

test('experience requests: a policy that fails is named with its slot, and what it printed is for its owner', async () => {
  const raw = archive('import sys\nprint("no such file")\nsys.exit(3)\n')
  const source = await ok(server, '/v2/policies/sources', { token: bob, raw })
  await ok(server, '/stats/policies/source/complete', { token: bob, body: { name: 'broken', source_id: source.id } })
  const asked = ['--coworld', 'cow_paint-arena', '--player', 'bot:greedy', '--player', 'broken', '--wait', '--json']
  const { status, out, err } = await cli(bob, 'xp-request', 'create', ...asked)
  assert.equal(status, 1, err)
  const request = JSON.parse(out)
  assert.deepEqual([request.status, request.failed_count], ['failed', 1])
  assert.match(request.error, /^broken ended with 3$/)
  const [episode] = await ok(server, `${PATH}/${request.id}/episodes`, { token: bob })
  assert.deepEqual([episode.error_type, episode.failed_policy_index], ['player_error', 1])
  const path = `/v2/episode-requests/${episode.id}`
  assert.deepEqual(await ok(server, `${path}/artifacts/error_info`), {
    error_type: 'player_error',
    failed_policy_index: 1,
    message: episode.error,
  })
  assert.equal(await (await call(server, `${path}/policy-logs/1`, { token: bob })).text(), 'no such file\n')
  assert.match(await (await call(server, `${path}/artifacts/logs`)).text(), /\n\S+Z failed: broken ended with 3\n$/)
})

test('experience requests: a player has five open requests at most', async () => {
  const slow = { ...BOTS, num_episodes: 50, game_config_overrides: { width: 40, height: 40, max_ticks: 10_000 } }
  const made: string[] = []
  for (let each = 0; each < 5; each++) made.push((await ok(server, PATH, { token: bob, body: slow })).id)
  assert.deepEqual(await refused(server, PATH, { token: bob, body: slow }), [429, 'RATE_LIMITED'])
  for (const id of made) await ok(server, `${PATH}/${id}/cancel`, { token: bob, body: {} })
  const { id } = await ok(server, PATH, { token: bob, body: BOTS })
  await eventually('the last request has ended', async () => {
    const found = await ok(server, `${PATH}/${id}`, { token: bob })
    return found.status === 'completed' ? found : undefined
  })
})

test('experience requests: uploaded policies wait for a server that runs them, and bots do not', async () => {
  await server.close()
  server = await start(false)
  const roster = [{ player: { policy_ref: 'painter' } }, { player: { bot: 'greedy' } }]
  const body = { ...BOTS, roster, game_config_overrides: SMALL }
  const waits = await ok(server, PATH, { token: alice, body })
  assert.match(waits.notice, /paracosm serve --run-uploads/)
  const plays = await ok(server, PATH, { token: alice, body: { ...BOTS, game_config_overrides: SMALL } })
  const ended = (id: string) =>
    eventually('the request has ended', async () => {
      const found = await ok(server, `${PATH}/${id}`, { token: alice })
      return found.completed_at === null ? undefined : found
    })
  assert.deepEqual([plays.notice, (await ended(plays.id)).status], [null, 'completed'])
  assert.equal((await ok(server, `${PATH}/${waits.id}`, { token: alice })).status, 'pending')
  const report = { coworld_id: 'cow_x', role: 'grader' }
  const [{ id }] = await ok(server, `${PATH}/${plays.id}/episodes`, { token: alice })
  const refusal = await refused(server, `/v2/episode-requests/${id}/reports`, { token: alice, body: report })
  assert.deepEqual(refusal, [422, 'ROLE_UNSUPPORTED'])
  await server.close()
  server = await start(true)
  assert.deepEqual([(await ended(waits.id)).status, (await ended(waits.id)).notice], ['completed', null])
})
