// Memberships, submissions with wishes, divisions and secrets of packages on a real server, by players and the operator.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { MembershipDetail } from '../../src/protocol/hosted.ts'
import { CoworldSecret, LeagueMigration } from '../../src/protocol/hosted-later.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-memberships-'))
const data = join(folder, 'data')
const SECRET = 'the-value-of-a-secret-4711'
const BOT = { kind: 'bot', name: 'greedy', bot: 'greedy' } as const

let server: Server
const tokens = { alice: '', bob: '' }
const versions: string[] = []
let leagueId = ''

before(async () => {
  mkdirSync(data)
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  const leagues = new Leagues(store)
  const issued = new LeagueTokens(store)
  const [alice, bob] = [await issued.issue('alice'), await issued.issue('bob')]
  Object.assign(tokens, { alice: alice.token, bob: bob.token })
  const spec = LeagueSpec.parse({ name: 'Cup', world: 'paint-arena', divisions: [{ name: 'Daily', level: 1 }] })
  const league = await makeLeague(leagues, builtInWorlds(), spec)
  leagueId = `league_${league.id}`
  await leagues.setPaused(league.id, true)
  for (const name of ['painter', 'painter', 'rival']) {
    versions.push((await leagues.addPolicyVersion(name, { ...BOT, name }, alice.playerId)).id)
  }
  const manifest = JSON.stringify({ game: { name: 'my_game' } })
  const certification = { status: 'trusted' as const, notes: null, checks: [] }
  await new Coworlds(store).add({
    playerId: alice.playerId,
    name: 'my_game',
    version: '1.0.0',
    hash: 'sha256:0',
    bytes: 1,
    manifest,
    certification,
  })
  await store.close()
  server = await startServer({
    dataDir: data,
    ...TEST_SERVER,
    logLevel: 'error',
    version: 'test',
  })
})
after(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly token?: string
  readonly body?: unknown
  readonly raw?: Uint8Array<ArrayBuffer>
  readonly method?: string
  readonly isRemote?: boolean
}

async function call(path: string, { token, body, raw, method, isRemote }: Sent = {}) {
  const hasBody = body !== undefined || raw !== undefined
  const answer = await fetch(server.url + path, {
    method: method ?? (hasBody ? 'POST' : 'GET'),
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isRemote ? { 'x-forwarded-for': '203.0.113.7' } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(raw === undefined ? {} : { body: raw }),
  })
  const text = await answer.text()
  return { status: answer.status, text, body: text === '' ? undefined : JSON.parse(text) }
}

const as = (token: string, ...args: string[]) =>
  runCommand(['coworld', ...args, '--server', server.url], { env: { COWORLD_TOKEN: token } })

async function submit(policy: string, ...flags: string[]): Promise<any> {
  const { status, out, err } = await as(tokens.alice, 'submit', policy, '--league', leagueId, '--json', ...flags)
  assert.equal(status, 0, err)
  return JSON.parse(out)
}

const memberOf = async (id: string) =>
  (await call('/v2/league-policy-memberships?active_only=false&champions_only=false&mine=false&limit=100')).body.find(
    (each: any) => each.id === id,
  )

test('submissions: wishes are checked, kept, shown to their player only, and decide who is champion', async () => {
  const first = await submit('painter:v1', '--preference', 'maps=["small",2]', '--preference', 'note=fast')
  assert.equal((await memberOf(first.league_policy_membership_id)).is_champion, true)
  const rival = await submit('rival', '--auto-champion', 'lineage')
  assert.equal((await memberOf(rival.league_policy_membership_id)).is_champion, false)
  const second = await submit('painter:v2', '--auto-champion', 'lineage')
  assert.equal((await memberOf(second.league_policy_membership_id)).is_champion, true)
  assert.equal((await memberOf(first.league_policy_membership_id)).is_champion, false)
  const list = '/v2/league-submissions?mine=true&with_details=true'
  const own = (await call(list, { token: tokens.alice })).body.find((each: any) => each.id === first.id)
  assert.deepEqual([own.auto_champion, own.preferences], ['always', { maps: ['small', 2], note: 'fast' }])
  assert.deepEqual((await call(list, { token: tokens.bob })).body, [])
  for (const path of ['/v2/league-submissions?mine=false&with_details=true', '/v2/competition-events?limit=100']) {
    assert.ok(!(await call(path)).text.includes('"small"'), path)
  }
  const [plain] = (await call('/v2/league-submissions?mine=true', { token: tokens.alice })).body
  assert.ok(!('preferences' in plain) && !('auto_champion' in plain))
  const body = { league_id: leagueId, policy_version_id: versions[0] }
  for (const wish of [{ auto_champion: 'maybe' }, { preferences: [] }, { preferences: { a: 'x'.repeat(16_400) } }]) {
    const { status } = await call('/v2/league-submissions', { token: tokens.alice, body: { ...body, ...wish } })
    assert.equal(status, 422, JSON.stringify(wish).slice(0, 60))
  }
  assert.equal((await as(tokens.alice, 'submit', 'rival', '--league', leagueId, '--preference', 'x')).status, 2)
})

test('memberships: their player and the operator retire them and name champions; everybody sees who did, and why', async () => {
  const { body: members } = await call(
    '/v2/league-policy-memberships?active_only=true&champions_only=false&mine=false&limit=100',
  )
  const [rival, champion, old] = [
    members.find((each: any) => each.policy_version.policy.name === 'rival'),
    members.find((each: any) => each.is_champion),
    members.find((each: any) => each.policy_version.version === 1 && each.policy_version.policy.name === 'painter'),
  ]
  const path = `/v2/league-policy-memberships/${rival.id}/champion`
  assert.equal((await call(path, { method: 'POST', isRemote: true })).status, 401)
  const refused = await call(path, { token: tokens.bob, body: {} })
  assert.deepEqual([refused.status, refused.body.code], [403, 'NOT_YOURS'])
  const named = await as(tokens.alice, 'champion', rival.id, '--reason', 'it leads', '--json')
  assert.equal(named.status, 0, named.err)
  assert.equal(JSON.parse(named.out).is_champion, true)
  assert.equal((await memberOf(champion.id)).is_champion, false)
  // No body at all, by the operator.
  const retired = MembershipDetail.parse(
    (await call(`/v2/league-policy-memberships/${old.id}/retire`, { method: 'POST' })).body,
  )
  assert.deepEqual([retired.is_active, retired.status, retired.substatus], [false, 'disqualified', 'inactive'])
  assert.ok(retired.end_time)
  const shown = await as(tokens.alice, 'retire-membership', rival.id, '--reason', 'plays badly')
  assert.match(
    shown.out,
    /^Membership: lpm_\S+\nPolicy: rival:v1\nLeague: Cup\nDivision: Daily\nActive: no\nChampion: no\n/,
  )
  const again = await call(`/v2/league-policy-memberships/${rival.id}/retire`, { token: tokens.alice, body: {} })
  assert.deepEqual([again.status, again.body.code], [409, 'MEMBERSHIP_ENDED'])
  assert.equal((await call('/v2/league-policy-memberships/lpm_x/retire', { method: 'POST' })).status, 404)
  const { body: events } = await call('/v2/competition-events?limit=100&event_type=membership_ended')
  assert.deepEqual(
    events.map(({ summary, payload }: any) => [summary, payload.actor === 'operator']),
    [
      ['plays badly', false],
      ['Retired by the operator', true],
    ],
  )
  // Its policy may come back as a new member.
  await submit('rival')
})

test('divisions: the operator migrates a league over HTTP and in the terminal, with another commissioner', async () => {
  const path = `/v2/leagues/${leagueId}/migrate`
  assert.equal((await call(path, { token: tokens.alice, body: {} })).status, 403)
  assert.equal((await call(path, { method: 'POST', isRemote: true })).status, 401)
  const [daily] = (await call(`/v2/divisions?league_id=${leagueId}`)).body
  const dry = LeagueMigration.parse((await call(path, { body: { dry_run: true } })).body)
  assert.deepEqual(dry.renamed, [{ id: daily.id, from: 'Daily', to: 'Competition' }])
  assert.deepEqual(
    dry.created.map(({ name }) => name),
    ['Qualifiers'],
  )
  assert.equal((await call(`/v2/divisions?league_id=${leagueId}`)).body.length, 1)
  const done = LeagueMigration.parse((await call(path, { method: 'POST' })).body)
  assert.deepEqual([done.dry_run, done.renamed], [false, dry.renamed])
  const file = join(folder, 'league.yaml')
  writeFileSync(
    file,
    'commissioner:\n  type: ruleset\n  ruleset:\n    divisions:\n      top: { name: Top, previous_name: Competition, level: 3 }\n',
  )
  const migrate = (...flags: string[]) => runCommand(['league', 'migrate', 'cup', '--data', data, ...flags])
  const trial = await migrate('--file', file, '--dry-run')
  assert.equal(
    trial.out,
    'Renamed: Competition to Top\nArchived: Qualifiers\nNothing was changed: this was a dry run.\n',
  )
  const { status, out, err } = await migrate('--file', file, '--json')
  assert.equal(status, 0, err)
  assert.deepEqual(JSON.parse(out).archived, [{ id: done.created[0]?.id, name: 'Qualifiers' }])
  assert.equal((await migrate()).out, 'The league has the divisions that its commissioner wants.\n')
  const [top, ...others] = (await call(`/v2/divisions?league_id=${leagueId}`)).body
  assert.deepEqual([top.id, top.name, others.length], [daily.id, 'Top', 0])
  assert.equal((await migrate('--file', join(folder, 'none.yaml'))).status, 2)
})

test('secrets: the owner of a package stores, lists and deletes them, and no value comes back', async () => {
  const at = (name: string, coworld = 'my-game') => `/v2/coworlds/secrets/${coworld}/${name}`
  const put = (path: string, value: Uint8Array<ArrayBuffer>, more: Sent = {}) =>
    call(path, { method: 'PUT', raw: value, token: tokens.alice, ...more })
  const stored = await put(at('api_key'), new TextEncoder().encode(SECRET))
  assert.equal(stored.status, 200, stored.text)
  const secret = CoworldSecret.parse(stored.body)
  assert.deepEqual([secret.coworld_name, secret.secret_name, secret.size_bytes], ['my_game', 'api_key', SECRET.length])
  const file = join(folder, 'key.txt')
  writeFileSync(file, `${SECRET}-2`)
  const placed = await as(tokens.alice, 'secret', 'put', secret.coworld_id, 'second', file)
  assert.equal(placed.status, 0, placed.err)
  assert.match(
    placed.out,
    /^Stored: second\nCoworld: my_game\nSize: 28 bytes\nReference: secret:\/\/coworld\/my_game\/second\n$/,
  )
  const listed = await as(tokens.alice, 'secret', 'list', 'my_game', '--json')
  assert.deepEqual(
    JSON.parse(listed.out).map(({ secret_name: name }: any) => name),
    ['api_key', 'second'],
  )
  assert.match(
    (await as(tokens.alice, 'secret', 'list', 'my-game')).out,
    /^Name +Coworld +Size +Updated\napi_key +my_game +26 B/,
  )
  const piped = await runCommand(['coworld', 'secret', 'put', 'my_game', 'second', '-', '--server', server.url], {
    env: { COWORLD_TOKEN: tokens.alice },
    input: 'from a pipe',
  })
  assert.match(piped.out, /^Stored: second\nCoworld: my_game\nSize: 11 bytes\n/, piped.err)
  const typed = { method: 'PUT', body: { key: SECRET }, token: tokens.alice }
  assert.equal((await call(at('typed'), typed)).body.size_bytes, JSON.stringify(typed.body).length)
  assert.equal((await call(at('typed'), { method: 'DELETE', token: tokens.alice })).status, 200)
  // Its limits, and who may use it.
  assert.equal((await put(at('large'), new Uint8Array(1024 * 1024).fill(7))).status, 200)
  for (const [path, value, more, status] of [
    [at('large'), new Uint8Array(1024 * 1024 + 1), {}, 413],
    [at('empty'), new Uint8Array(), {}, 422],
    [at('%2e%2e%2fup'), new Uint8Array(1), {}, 422],
    [at('x', 'nothing'), new Uint8Array(1), {}, 404],
    [at('x', 'cow_nothing'), new Uint8Array(1), {}, 404],
    [at('x'), new Uint8Array(1), { token: tokens.bob }, 403],
  ] as const) {
    assert.equal((await put(path, value, more)).status, status, path)
  }
  const anonymous = { method: 'PUT', raw: new Uint8Array(1), isRemote: true }
  assert.equal((await call(at('x'), anonymous)).status, 401)
  assert.equal((await call('/v2/coworlds/secrets/my-game', { token: tokens.bob })).status, 403)
  assert.equal((await call('/v2/coworlds/secrets/my-game')).body.length, 3, 'the operator')
  const deleted = await as(tokens.alice, 'secret', 'delete', 'my-game', 'second', '--json')
  assert.equal(JSON.parse(deleted.out).secret_name, 'second')
  assert.equal((await call(at('second'), { method: 'DELETE', token: tokens.alice })).status, 404)
  for (const { out, err } of [placed, listed, deleted]) assert.ok(!`${out}${err}`.includes(SECRET))
  // Looked for by another process, since closing the database here drops its locks.
  assert.equal(spawnSync('grep', ['-r', '-l', '-a', SECRET, data], { encoding: 'utf8' }).stdout, '')
})
