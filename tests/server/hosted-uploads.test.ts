// Tokens, uploads, secrets and submissions on a real server: the policies of two players qualify, play and are ranked.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { tarOf } from '../../src/testing/tar.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const STAND_INS = join(import.meta.dirname, '..', 'fixtures', 'league-stand-ins')
const folder = mkdtempSync(join(tmpdir(), 'paracosm-uploads-'))
const SECRET = 'very-secret-value-4711'
const PYTHON = '/usr/bin/python3'
/** Root runs programs of players as `nobody`, who must be able to start them. */
const dropsRights = process.getuid?.() === 0 && existsSync(PYTHON) && existsSync('/usr/bin/setpriv')
const ADMIN = 'the-key-of-the-operator'
const started: Server[] = []
after(async () => {
  for (const server of started) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (name: string, runs: boolean): Promise<Server> => {
  const environment = { PATH: dropsRights ? '/usr/bin:/bin' : (process.env.PATH ?? '') }
  const server = await startServer({
    dataDir: join(folder, name),
    ...TEST_SERVER,
    logLevel: 'error',
    version: 'test',
    sessions: { adminKey: ADMIN },
    uploads: runs ? { environment, engine: undefined, engineEnvironment: {}, dropsRights } : undefined,
  })
  started.push(server)
  return server
}

/** A league and two players, written before the server starts. */
async function setUp(name: string) {
  const data = join(folder, name)
  mkdirSync(data, { recursive: true })
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  const spec = { name: 'Open', world: 'paint-arena', config: { width: 8, height: 8, max_ticks: 10 }, policies: [] }
  const leagues = new Leagues(store)
  const league = await makeLeague(leagues, builtInWorlds(), LeagueSpec.parse(spec))
  // Rounds begin once everyone has entered: the next scheduled round is ten minutes away.
  await leagues.setPaused(league.id, true)
  const tokens = new LeagueTokens(store)
  const [alice, bob] = [await tokens.issue('alice', { label: 'laptop' }), await tokens.issue('bob')]
  await store.close()
  return { data, alice, bob }
}

type Sent = { token?: string; body?: unknown; raw?: Buffer; method?: string; headers?: Record<string, string> }
async function call(server: Server, path: string, { token, body, raw, method, headers = {} }: Sent = {}) {
  const answer = await fetch(server.url + path, {
    method: method ?? (body === undefined && raw === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(raw === undefined ? {} : { 'content-type': 'application/gzip' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(raw === undefined ? {} : { body: raw }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, body: isJson ? JSON.parse(text) : text }
}

async function ok(server: Server, path: string, sent: Sent = {}): Promise<any> {
  const { status, body } = await call(server, path, sent)
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
  return body
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 150_000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) assert.fail(`not within 150 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** The stand-in, with a start that prints its environment. */
function archive(main: string): Buffer {
  const source = mkdtempSync(join(folder, 'source-'))
  for (const name of ['player.py', 'websocket.py']) {
    writeFileSync(join(source, name === 'player.py' ? 'agent.py' : name), readFileSync(join(STAND_INS, name)))
  }
  writeFileSync(join(source, 'main.py'), main)
  execFileSync('tar', ['czf', join(source, '..', 'policy.tar.gz'), '-C', source, '.'])
  return readFileSync(join(source, '..', 'policy.tar.gz'))
}

const MAIN = `import os
print("key", os.environ.get("API_KEY"), "home", os.environ["HOME"], sorted(k for k in os.environ if "PARACOSM" in k))
print("user", os.getuid())
import agent
`

const keysOf = (value: object): string[] => Object.keys(value).toSorted()
const POLICY_UPLOAD = ['id', 'name', 'pools', 'submit_error', 'version']

let server: Server
let players: Awaited<ReturnType<typeof setUp>>
before(async () => {
  players = await setUp('main')
  server = await start('main', true)
})

test('tokens: an invalid token is refused everywhere; anonymous callers may only read', async () => {
  for (const headers of [{ 'x-auth-token': 'pct-x' }, { authorization: 'Bearer pct-x' }]) {
    const { status, body } = await call(server, '/v2/leagues', { headers })
    assert.equal(status, 401)
    assert.equal(body.code, 'KEY_REFUSED')
  }
  // Forwarded requests never count as local.
  const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
  assert.equal((await call(server, '/v2/leagues', { headers: elsewhere })).status, 200)
  for (const path of [
    '/v2/league-policy-memberships?active_only=false&champions_only=false&mine=true',
    '/v2/league-submissions?mine=true',
    '/stats/policy-versions?mine=true&name_exact=x&limit=100',
  ]) {
    assert.equal((await call(server, path, { headers: elsewhere })).status, 401, path)
    assert.equal((await call(server, path, { headers: elsewhere, token: players.alice.token })).status, 200, path)
  }
  const body = { league_id: 'league_x', policy_version_id: 'x' }
  assert.equal((await call(server, '/v2/league-submissions', { headers: elsewhere, body })).status, 401)
  assert.equal((await call(server, '/v2/policies/sources', { headers: elsewhere, raw: archive(MAIN) })).status, 401)
})

test('operator: local callers need the admin key only if uploaded programs run on the machine', async () => {
  const body = { world: 'paint-arena', seed: 1, players: ['greedy', 'random'] }
  const mine = '/v2/league-submissions?mine=true'
  for (const [headers, started, listed] of [
    [{}, 403, 401],
    [{ authorization: 'Bearer wrong' }, 403, 401],
    [{ authorization: `Bearer ${ADMIN}` }, 201, 200],
  ] as const) {
    const { status, body: answer } = await call(server, '/api/episodes', { body, headers })
    assert.equal(status, started, JSON.stringify(answer))
    if (status === 403) assert.match(answer.message, /admin key/)
    assert.equal((await call(server, mine, { headers })).status, listed)
  }
  // As coworld clients send it.
  assert.equal((await call(server, mine, { token: ADMIN })).status, 200)
  const { data } = players
  const refused = await runCommand(['serve', '--run-uploads', '--data', data, '--port', '0'])
  assert.equal(refused.status, 2)
  assert.match(refused.err, /--run-uploads needs an admin key[\s\S]*PARACOSM_ADMIN_KEY/)
  assert.equal((await runCommand(['serve', '--uploads-image', 'x', '--data', data])).status, 2)
})

test('tokens: they are issued, listed and revoked on the command line, and stored as hashes', async () => {
  const data = players.data
  const made = await runCommand([
    'league',
    'token',
    'issue',
    'carol',
    '--label',
    'ci',
    '--days',
    '3',
    '--data',
    data,
    '--json',
  ])
  assert.equal(made.status, 0, made.err)
  const token = JSON.parse(made.out)
  assert.match(token.token, /^pct-[\w-]{43}$/)
  await ok(server, '/v2/league-submissions?mine=true', { token: token.token })
  const list = await runCommand(['league', 'token', 'list', '--data', data])
  assert.match(list.out, /carol +ci +\S+ +valid until/)
  assert.ok(!list.out.includes(token.token))
  assert.ok(lies('carol', data) && !lies(token.token, data))
  const revoked = await runCommand(['league', 'token', 'revoke', token.id, '--data', data])
  assert.equal(revoked.status, 0, revoked.err)
  assert.equal((await call(server, '/v2/league-submissions?mine=true', { token: token.token })).status, 401)
  assert.equal((await runCommand(['league', 'token', 'revoke', 'x', '--data', data])).status, 2)
  assert.equal((await runCommand(['league', 'token', 'issue', 'player_x', '--data', data])).status, 2)
})

/** Whether a text lies anywhere below a folder; looked for by another process, since closing the database here drops its locks. */
function lies(text: string, path: string): boolean {
  return spawnSync('grep', ['-rqaF', text, path]).status === 0
}

test('uploads: invalid archives and requests are refused with the reason', async () => {
  const token = players.alice.token
  for (const [raw, code] of [
    [tarOf([{ path: '../x', data: 'x' }]), 'UPLOAD_INVALID'],
    [Buffer.from('nothing'), 'UPLOAD_INVALID'],
    [Buffer.alloc(17 * 1024 * 1024), 'BODY_TOO_LARGE'],
  ] as const) {
    const { status, body } = await call(server, '/v2/policies/sources', { token, raw })
    assert.equal(body.code, code)
    assert.ok(status === 422 || status === 413)
  }
  assert.deepEqual(
    readdirSync(join(players.data, 'blobs'), { recursive: true }).filter((name) => String(name).endsWith('.tar')),
    [],
  )
  assert.equal((await call(server, '/v2/policies/sources', { token, body: {} })).status, 415)
  const source = await ok(server, '/v2/policies/sources', { token, raw: tarOf([{ path: 'odd.txt', data: 'x' }]) })
  assert.deepEqual(keysOf(source), ['created_at', 'files', 'hash', 'id', 'size_bytes', 'start'])
  assert.equal(source.start, null)
  const complete = (body: object, by = token) => call(server, '/stats/policies/source/complete', { token: by, body })
  assert.match((await complete({ name: 'odd', source_id: source.id })).body.message, /"run" is missing/)
  assert.equal((await complete({ name: 'odd', source_id: source.id }, players.bob.token)).body.code, 'NOT_YOURS')
  assert.equal((await complete({ name: 'odd', source_id: 'src_x' })).status, 404)
  for (const env of [{ PATH: 'x' }, { 'A-B': 'x' }, { '': 'x' }, { COGAME_X: 'x' }, { A: 'x'.repeat(20_000) }]) {
    const { status, body } = await complete({ name: 'odd', source_id: source.id, run: ['sh'], policy_secret_env: env })
    assert.equal(status, 422)
    assert.ok(!JSON.stringify(body).includes('xxxxx'))
  }
  assert.equal((await complete({ name: 'a:b', source_id: source.id, run: ['sh'] })).status, 422)
})

test('uploads: two players upload, submit, qualify, play and are ranked; every rank is recomputed', {
  timeout: 240_000,
}, async () => {
  const [league] = await ok(server, '/v2/leagues')
  const versions: Record<string, any> = {}
  for (const name of ['alice', 'bob'] as const) {
    const { token } = players[name]
    const source = await ok(server, '/v2/policies/sources', { token, raw: archive(MAIN) })
    assert.deepEqual(source.start, ['python3', 'main.py'])
    const again = await ok(server, '/v2/policies/sources', { token, raw: archive(MAIN) })
    assert.equal(again.hash === source.hash, again.id === source.id)
    const body = { name: 'painter', source_id: source.id, policy_secret_env: { API_KEY: SECRET } }
    const made = await ok(server, '/stats/policies/source/complete', { token, body })
    assert.deepEqual(keysOf(made), POLICY_UPLOAD)
    assert.deepEqual([made.name, made.version], ['painter', 1])
    versions[name] = made
  }
  const second = await ok(server, '/stats/policies/source/complete', {
    token: players.alice.token,
    body: {
      name: 'crasher',
      source_id: (
        await ok(server, '/v2/policies/sources', {
          token: players.alice.token,
          raw: archive('print("key 4711"); raise SystemExit(3)'),
        })
      ).id,
    },
  })
  const own = await ok(server, '/stats/policy-versions?mine=true&name_exact=painter&limit=100', {
    token: players.alice.token,
  })
  assert.deepEqual(
    own.entries.map(({ id }: any) => id),
    [versions.alice.id],
  )
  // A player cannot submit the policy of another.
  const stolen = { league_id: league.id, policy_version_id: versions.bob.id }
  assert.equal(
    (await call(server, '/v2/league-submissions', { token: players.alice.token, body: stolen })).body.code,
    'NOT_YOURS',
  )
  for (const [who, id] of [
    ['alice', versions.alice.id],
    ['bob', versions.bob.id],
    ['alice', second.id],
  ] as const) {
    const { token } = players[who]
    const body = { league_id: league.id, policy_version_id: id }
    const made = await ok(server, '/v2/league-submissions', { token, body })
    assert.deepEqual(keysOf(made), ['id', 'league_policy_membership_id', 'notes', 'status'])
    assert.match(made.status, /^(pending|processing)$/)
    assert.equal((await call(server, '/v2/league-submissions', { token, body })).status, 409)
  }
  const rows = await until('every submission has ended', async () => {
    const found = await ok(server, '/v2/league-submissions?mine=false')
    return found.every(({ status }: any) => status === 'placed' || status === 'failed') ? found : undefined
  })
  assert.deepEqual(keysOf(rows[0]), [
    'created_at',
    'id',
    'league',
    'league_policy_membership_id',
    'notes',
    'player',
    'policy_version',
    'status',
  ])
  const failed = rows.filter(({ status }: any) => status === 'failed')
  assert.deepEqual(
    failed.map(({ policy_version: { id } }: any) => id),
    [second.id],
  )
  assert.match(failed[0].notes, /The trial failed: crasher ended with 3\nLast output:\nkey 4711/)
  const mine = await ok(server, '/v2/league-submissions?mine=true', { token: players.bob.token })
  assert.deepEqual(
    mine.map(({ player }: any) => player.name),
    ['bob'],
  )
  // Not with openStore: closing a file that this process has open elsewhere would release the locks of its server.
  const db = new DatabaseSync(join(players.data, 'paracosm.sqlite'), { timeout: 5000 })
  db.exec('update leagues set is_paused = 0')
  db.close()
  const board = await until('a leaderboard with both', async () => {
    const divisions = await ok(server, `/v2/divisions?league_id=${league.id}`)
    const { id } = divisions.find(({ name }: any) => name === 'Competition')
    const found = await ok(server, `/v2/divisions/${id}/leaderboard?include_recent_rounds=3`)
    if (found.length !== 2) return undefined
    // Clients of the contract keep and print unknown fields, so additional fields are sent only on request.
    const entry = ['avg_score', 'player_id', 'player_name', 'recent_rounds', 'rounds_played']
    assert.deepEqual(keysOf(found[0]), entry)
    const [row] = await ok(server, `/v2/divisions/${id}/leaderboard?with_details=true`)
    assert.deepEqual(keysOf(row), [...entry, 'interval', 'policy_version_ids', 'recent_matches'].toSorted())
    return found
  })
  assert.deepEqual(board.map(({ player_name }: any) => player_name).toSorted(), ['alice', 'bob'])
  await checkLogs()
  const types = (await ok(server, `/v2/competition-events?limit=100&league_id=${league.id}`)).map(
    (each: any) => each.event_type,
  )
  for (const type of ['submission_created', 'submission_placed', 'submission_failed', 'membership_moved'])
    assert.ok(types.includes(type), type)
  const verified = await runCommand(['league', 'verify', 'open', '--data', players.data])
  assert.equal(verified.status, 0, verified.err)
})

/** Logs belong to their owner, have secrets replaced, and show nothing of the server's environment. */
async function checkLogs(): Promise<void> {
  const episodes = await ok(server, '/v2/episode-requests?limit=100&offset=0')
  const episode = episodes.find(({ status, participants }: any) => status === 'completed' && participants.length === 2)
  const names = await ok(server, `/jobs/${episode.job_id}/policy-logs`)
  assert.deepEqual(names, ['policy_agent_0.txt', 'policy_agent_1.txt'])
  const slot = episode.assignments.findIndex((at: number) => episode.participants[at].player_name === 'alice')
  const path = `/jobs/${episode.job_id}/policy-logs/${slot}`
  const log = await ok(server, path, { token: players.alice.token })
  assert.match(log, /^key \[secret\] home \/.*paracosm-policy-\S+ \[\]\n/)
  assert.match(log, dropsRights ? /\nuser 65534\n/ : /\nuser \d+\n/)
  assert.equal((await call(server, path, { token: players.bob.token })).body.code, 'NOT_YOURS')
  assert.equal((await call(server, `/jobs/${episode.job_id}/policy-logs/9`, { token: players.bob.token })).status, 404)
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('paracosm-policy-') && log.includes(name)),
    [],
  )
}

test('coworld commands: a policy is uploaded and submitted, episodes are shown and replays downloaded', async () => {
  const cli = async (who: 'alice' | 'bob', ...args: string[]) => {
    const env = { COWORLD_TOKEN: players[who].token }
    return runCommand(['coworld', ...args, '--server', server.url], { env })
  }
  const source = join(folder, 'source-cli')
  mkdirSync(source)
  writeFileSync(join(source, 'player.sh'), 'exit 0\n')
  const upload = ['upload-policy', source, '--name', 'größe', '--run', 'sh', '--run', 'player.sh']
  const made = await cli('alice', ...upload, '--secret-env', 'TOKEN=a=b', '--use-bedrock')
  assert.equal(made.out, 'Upload complete: größe:v1\n', made.err)
  assert.equal(JSON.parse((await cli('alice', ...upload, '--json')).out).version, 2)
  assert.equal((await cli('alice', ...upload, '--secret-env', 'oops')).status, 2)
  assert.equal((await cli('alice', 'upload-policy', join(folder, 'none'), '--name', 'x')).status, 2)
  const [league] = await ok(server, '/v2/leagues')
  assert.equal((await cli('bob', 'submit', 'größe', '--league', league.id)).status, 1)
  assert.equal((await cli('alice', 'submit', 'größe:x', '--league', league.id)).status, 2)
  const submitted = await cli('alice', 'submit', 'größe:v1', '--league', league.id)
  assert.match(
    submitted.out,
    /^Submitting größe:v1\.\.\.\nSubmitted to league\nLeague: league_\S+\nSubmission: sub_\S+\nStatus: (pending|processing)\n[\s\S]*Placement runs later/,
  )
  assert.match(
    (await cli('alice', 'submissions', '--mine')).out,
    /^ID +Status +Player +Policy +League +Membership\nsub_\S+ +\w+ +alice +größe:v1 +Open/,
  )
  // Non-ASCII is escaped in the one document of --json.
  assert.match((await cli('alice', 'submissions', '--mine', '--json')).out, /"label": "gr\\u00f6\\u00dfe:v1"/)
  const anonymous = await runCommand(['coworld', 'submissions', '--mine', '--server', server.url], {
    env: { COWORLD_TOKEN: 'pct-no' },
  })
  assert.equal(anonymous.status, 1)
  assert.match(anonymous.err, /Not authenticated/)

  await checkBundles(cli)
  const [episode] = JSON.parse((await cli('bob', 'episodes', '--mine', '--with-replay', '--limit', '1', '--json')).out)
  assert.match(
    (await cli('bob', 'episodes', episode.id)).out,
    /^Episode request: ereq_\S+\nStatus: completed\nPool: pool_\S+\n[\s\S]*Replay: http/,
  )
  assert.match(
    (await cli('bob', 'episode-stats', episode.id)).out,
    /^Episode stats: ereq_\S+\nSteps: 10\nPosition +Policy +Agents +Avg Reward\n0 +painter:v1/,
  )
  assert.deepEqual(JSON.parse((await cli('bob', 'episode-results', episode.id)).out).scores.length, 2)
  const results = join(folder, 'results.json')
  await cli('bob', 'episode-results', episode.id, '--output', results)
  assert.ok(JSON.parse(readFileSync(results, 'utf8')).scores)
  assert.match((await cli('bob', 'episode-logs', episode.id)).out, /^Agent +Filename\n0 +policy_agent_0.txt/)
  const slot = episode.assignments.findIndex((at: number) => episode.participants[at].player_name === 'bob')
  assert.match((await cli('bob', 'episode-logs', episode.id, '--agent', String(slot))).out, /^key \[secret\]/)
  if (slot === 1) assert.equal((await cli('bob', 'episode-logs', episode.id, '--mine', '--agent', '0')).status, 1)
  await cli('bob', 'episode-logs', episode.id, '--mine', '--download-dir', join(folder, 'logs'))
  assert.ok(readdirSync(join(folder, 'logs')).includes(`${episode.id}-policy_agent_${slot}.txt`))
  assert.match(
    (await cli('bob', 'replays', '--limit', '2')).out,
    /^Episode Request +Coworld +Replay URI +Local Command\nereq_\S+ +cow_paint-arena +http\S+ +coworld replay cow_paint-arena http/,
  )
  const index = JSON.parse(
    (await cli('bob', 'replays', '--limit', '2', '--download-dir', join(folder, 'replays'), '--json')).out,
  )
  assert.deepEqual(index, JSON.parse(readFileSync(join(folder, 'replays', 'index.json'), 'utf8')))
  assert.ok(JSON.parse(readFileSync(index[0].local_path, 'utf8')).frames.length > 0)
  assert.match((await cli('bob', 'pools', '--limit', '2')).out, /^ID +Label +Type +Status +Round +Coworld\npool_/)
  assert.match((await cli('bob', 'pools', episode.pool_id)).out, /Seed +Player +Policy\n0 +/)
  assert.equal((await cli('bob', 'pools', '--limit', '1001')).status, 2)
})

/** A bundle has the logs of the caller's own policies only, and the words of `include` that the caller may have. */
async function checkBundles(
  cli: (who: 'alice' | 'bob', ...args: string[]) => ReturnType<typeof runCommand>,
): Promise<void> {
  const found = await ok(server, '/v2/episode-requests?limit=100&offset=0')
  const { id, assignments, participants } = found.find(
    (each: any) => each.status === 'completed' && each.participants.length === 2,
  )
  const slot = assignments.findIndex((at: number) => participants[at].player_name === 'bob')
  const zip = join(folder, 'bundle.zip')
  const made = await cli('bob', 'bundle', id, '-o', zip)
  assert.equal(made.status, 0, made.err)
  const script = 'import json,sys,zipfile; print(zipfile.ZipFile(sys.argv[1]).read("manifest.json").decode())'
  const read = () => JSON.parse(spawnSync('python3', ['-c', script, zip], { encoding: 'utf8' }).stdout)
  const manifest = read()
  assert.equal(manifest.ereq_id, id)
  assert.deepEqual(manifest.include, ['results', 'replay', 'game_logs', 'player_logs'])
  assert.deepEqual(manifest.files.player_logs, { [slot]: `logs/policy_agent_${slot}.log` })
  const bundle = `${server.url}/v2/episode-requests/${id}/bundle?include=`
  writeFileSync(zip, Buffer.from(await (await fetch(`${bundle}results,player_logs`)).arrayBuffer()))
  assert.deepEqual(read().include, ['results'])
  assert.equal((await fetch(`${bundle}x`)).status, 422)
}

test('secrets: they are encrypted at rest, listed by name for their owner, and deleted for good', async () => {
  assert.ok(lies('API_KEY', players.data) && !lies(SECRET, players.data))
  const own = await ok(server, '/stats/policy-versions?mine=true&name_exact=painter&limit=100', {
    token: players.alice.token,
  })
  const path = `/v2/policy-versions/${own.entries[0].id}/secrets`
  assert.deepEqual(await ok(server, path, { token: players.alice.token }), { names: ['API_KEY'] })
  assert.equal((await call(server, path, { token: players.bob.token })).body.code, 'NOT_YOURS')
  assert.equal((await call(server, path, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status, 401)
  const gone = await ok(server, `${path}/API_KEY`, { token: players.alice.token, method: 'DELETE' })
  assert.deepEqual(gone, { names: [] })
  assert.equal((await call(server, `${path}/API_KEY`, { token: players.alice.token, method: 'DELETE' })).status, 404)
})

test('uploads: a server without --run-uploads keeps submissions, and one with it processes them', {
  timeout: 240_000,
}, async () => {
  const { alice } = await setUp('later')
  const first = await start('later', false)
  const source = await ok(first, '/v2/policies/sources', { token: alice.token, raw: archive(MAIN) })
  const body = { name: 'painter', source_id: source.id }
  const made = await ok(first, '/stats/policies/source/complete', { token: alice.token, body })
  const [league] = await ok(first, '/v2/leagues')
  const submission = await ok(first, '/v2/league-submissions', {
    token: alice.token,
    body: { league_id: league.id, policy_version_id: made.id },
  })
  assert.equal(submission.status, 'pending')
  assert.match(submission.notes, /--run-uploads/)
  assert.equal((await call(first, '/v2/league-submissions?mine=true')).status, 200)
  await started.pop()?.close()
  const next = await start('later', true)
  await until('it is placed', async () => {
    const [row] = await ok(next, '/v2/league-submissions?mine=true', { token: alice.token })
    return row.status === 'placed' ? row : undefined
  })
})
