// Experience requests that play an uploaded package on a real server, with a stand-in for the container engine: players of
// the package and policies as images, what is kept of an episode and who may have it, faults of games, and a kill.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ExperienceDetail } from '../../src/protocol/experience.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { OWN_PLAYER, type SeededPackages, seedPackages } from '../../src/testing/hosted-packages.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { createStandInEngine, type StandInEngine } from '../../src/testing/stand-in-engine.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-package-requests-'))
// Runs of other tests have their folders elsewhere.
process.env.TMPDIR = folder
const PATH = '/v2/experience-requests'
const ADMIN = 'the-key-of-the-operator'
const SECRET = 'very-secret-value-4711'
const COUNTERS = [{ player: { bot: 'counter' } }, { player: { bot: 'counter' } }]
let machine: StandInEngine
let seeded: SeededPackages
let server: Server

const serve = (dataDir: string, hasEngine: boolean): Promise<Server> =>
  startServer({
    dataDir,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: 'test',
    sessions: { adminKey: ADMIN },
    uploads: hasEngine
      ? {
          environment: { PATH: process.env.PATH ?? '' },
          engine: machine.command,
          engineEnvironment: machine.engine.environment,
          containers: machine.engine,
        }
      : undefined,
  })

before(async () => {
  machine = await createStandInEngine(folder)
  seeded = await seedPackages(join(folder, 'main'), ['none', 'dies-early', 'dies-later', 'leaves-link', 'cancelled'])
  server = await serve(join(folder, 'main'), true)
})
after(async () => {
  await server.close()
  const left = machine.left()
  machine.clear()
  assert.deepEqual(left, [])
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly url?: string
}
const call = (path: string, { token, body, url = server.url }: Sent = {}): Promise<Response> =>
  fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? { authorization: `Bearer ${ADMIN}` } : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
async function ok(path: string, sent: Sent = {}): Promise<any> {
  const answer = await call(path, sent)
  const text = await answer.text()
  assert.equal(answer.status, 200, `${path}: ${text}`)
  return JSON.parse(text)
}
async function refused(path: string, sent: Sent = {}): Promise<[number, string]> {
  const answer = await call(path, sent)
  return [answer.status, ((await answer.json()) as { code: string }).code]
}
const create = async (body: unknown, sent: Sent = {}): Promise<ExperienceDetail> =>
  ExperienceDetail.parse(await ok(PATH, { token: seeded.alice, ...sent, body }))
const over = (id: string, sent: Sent = {}): Promise<ExperienceDetail> =>
  eventually('the request has ended', async () => {
    const found = ExperienceDetail.parse(await ok(`${PATH}/${id}`, { token: seeded.alice, ...sent }))
    return found.completed_at === null ? undefined : found
  })
/** The folders of runs. */
const folders = (): string[] => readdirSync(folder).filter((name) => name.startsWith('paracosm-game-'))

test('package requests: the players of a package play it, and results, replay and logs are kept', async () => {
  const made = await create({ target: { coworld_id: seeded.coworlds.none }, roster: COUNTERS, num_episodes: 2 })
  assert.deepEqual([made.coworld_id, made.coworld_name, made.coworld_version], [seeded.coworlds.none, 'count', '0.1.0'])
  const { status, completed_count: completed, error, episodes } = await over(made.id)
  assert.deepEqual([status, completed, error], ['completed', 2, null])
  const [episode] = episodes
  assert.ok(episode)
  assert.equal(episode.coworld_id, seeded.coworlds.none)
  const { scores } = await ok(`/v2/episode-requests/${episode.id}/artifacts/results`)
  assert.deepEqual(
    episode.scores.map(({ score }) => score),
    scores,
  )
  assert.ok(scores.every((score: number) => score >= 3))
  const replay = await call(new URL(episode.replay_url ?? '').pathname)
  assert.equal(replay.headers.get('content-type'), 'application/octet-stream')
  assert.ok(((await replay.json()) as { frames: unknown[] }).frames.length >= 6)
  const log = await (await call(`/v2/episode-requests/${episode.id}/artifacts/logs`)).text()
  assert.match(log, /slot 0: counter:v1 \(bot\)\n/)
  const zip = Buffer.from(await (await call(`/v2/episode-requests/${episode.id}/bundle`)).arrayBuffer()).toString(
    'latin1',
  )
  for (const name of ['results.json', 'replay', 'logs/game.log']) assert.ok(zip.includes(name), name)
  assert.deepEqual([folders(), machine.left()], [[], []])
})

test('package requests: the replay is shown by the game itself', async () => {
  const made = await create({ target: { coworld_id: seeded.coworlds.none }, roster: COUNTERS })
  const [episode] = (await over(made.id)).episodes
  const body = { coworld_id: seeded.coworlds.none, replay_uri: episode?.replay_url }
  const { viewer_url: viewer } = await ok('/v2/coworlds/replays/session', { token: seeded.bob, body })
  assert.match(await (await fetch(viewer)).text(), /<title>count</)
})

test('package requests: a policy that is an image plays with its secrets, and nobody else sees them', async () => {
  const [, image] = /paracosm\/([^:]+):/.exec(seeded.reference) ?? []
  const policy = { name: 'boxed', container_image_id: `img_${image}`, run: OWN_PLAYER }
  const secrets = { policy_secret_env: { API_KEY: SECRET, DOCKER_HOST: 'tcp://nowhere' } }
  await ok('/stats/policies/docker-img/complete', { body: { ...policy, ...secrets } })
  const roster = [{ player: { policy_ref: 'boxed' }, slot: 1 }, { player: { bot: 'counter' } }]
  const made = await create({ target: { coworld_id: 'count' }, roster }, { token: undefined })
  const { status, episodes } = await over(made.id, { token: undefined })
  assert.equal(status, 'completed')
  const path = `/v2/episode-requests/${episodes[0]?.id}`
  const own = await (await call(`${path}/policy-logs/1`)).text()
  assert.equal(own, 'key [secret]\n')
  assert.equal((await call(`${path}/policy-artifact/1`)).status, 200)
  assert.deepEqual(await refused(`${path}/policy-logs/1`, { token: seeded.bob }), [403, 'NOT_YOURS'])
  assert.equal((await (await call(`${path}/policy-logs/0`)).text()).trim(), 'key undefined')
})

test('package requests: an episode whose game fails says why, without tokens and paths, and which class it is', async () => {
  const failed = async (fault: string) => {
    const made = await create({ target: { coworld_id: seeded.coworlds[fault] }, roster: COUNTERS })
    const { status, episodes } = await over(made.id)
    const [episode] = episodes
    assert.deepEqual([status, episode?.replay_url, episode?.scores], ['failed', null, []])
    return [episode?.error_type, episode?.error ?? '']
  }
  const [early, why] = await failed('dies-early')
  assert.equal(early, 'game_unhealthy')
  assert.match(String(why), /no counting today$/)
  const [later, broke] = await failed('dies-later')
  assert.equal(later, 'game_unhealthy')
  assert.match(String(broke), /slot [01] with \[token\] broke the game$/)
  // A link would be followed on this machine.
  assert.deepEqual(await failed('leaves-link'), ['replay_missing', 'the game exited without writing a replay'])
})

test('package requests: what cannot be played is refused before anything starts', async () => {
  const target = { coworld_id: seeded.coworlds.none }
  const token = seeded.alice
  const ask = (body: object) => refused(PATH, { token, body: { target, roster: COUNTERS, ...body } })
  assert.deepEqual(await ask({ target: { coworld_id: 'cow_nobody' } }), [404, 'UNKNOWN_UPLOAD'])
  assert.deepEqual(await ask({ target: { ...target, variant_id: 'x' } }), [404, 'UNKNOWN_VARIANT'])
  assert.deepEqual(await ask({ roster: COUNTERS.slice(1) }), [422, 'VALIDATION_ERROR'])
  assert.deepEqual(await ask({ roster: [...COUNTERS.slice(1), { player: { bot: 'greedy' } }] }), [404, 'UNKNOWN_BOT'])
  assert.deepEqual(await ask({ roster: [...COUNTERS.slice(1), { player: { random: true } }] }), [
    422,
    'VALIDATION_ERROR',
  ])
  assert.deepEqual(await ask({ game_config_overrides: { target: 'far' } }), [422, 'CONFIG_INVALID'])
})

test('package requests: a request that is cancelled ends its containers, and the package can be removed again', async () => {
  // The viewer of a replay is still open.
  const viewers = folders().length
  const before = machine.left().length
  const body = { target: { coworld_id: 'count-cancelled' }, roster: COUNTERS }
  // It would last for hours.
  const made = await create({ ...body, game_config_overrides: { target: 1_000_000 }, num_episodes: 2 })
  await eventually('the game runs', () => (machine.left().length > before + 2 ? true : undefined))
  const headers = { authorization: `Bearer ${ADMIN}` }
  const path = `${server.url}/v2/coworlds/${made.coworld_id}`
  const kept = await fetch(path, { method: 'DELETE', headers })
  assert.deepEqual([kept.status, ((await kept.json()) as { code: string }).code], [409, 'STILL_USED'])
  const ended = await ok(`${PATH}/${made.id}/cancel`, { token: seeded.alice, body: {} })
  assert.deepEqual([ended.status, ended.cancelled_count], ['cancelled', 2])
  await eventually('its containers are gone', () => (machine.left().length <= before ? true : undefined))
  await eventually('its folder is gone', () => (folders().length <= viewers ? true : undefined))
  assert.equal((await fetch(path, { method: 'DELETE', headers })).status, 200)
})

test('package requests: after a kill the episode is played again, once, and nothing is left of the first run', async () => {
  const data = join(folder, 'killed')
  mkdirSync(data)
  // The first engine still has the viewer of a replay.
  const own = await createStandInEngine(data)
  const packages = await seedPackages(data)
  const start = () =>
    startServerProcess(data, ['--run-uploads'], {
      env: { PARACOSM_CONTAINER_ENGINE: own.command, PARACOSM_ADMIN_KEY: ADMIN },
    })
  const first = await start()
  const sent = { token: packages.alice, url: first.url }
  // Long enough for the kill.
  const body = {
    target: { coworld_id: packages.coworlds.none },
    roster: COUNTERS,
    game_config_overrides: { target: 200 },
  }
  const made = await create(body, sent)
  await eventually('the game runs', () => (own.left().length > 2 ? true : undefined))
  await first.crash()
  await eventually('nothing is left', () => (own.left().length === 0 ? true : undefined))
  const plain = await serve(data, false)
  try {
    const found = ExperienceDetail.parse(await ok(`${PATH}/${made.id}`, { ...sent, url: plain.url }))
    assert.match(found.notice ?? '', /--run-uploads/)
  } finally {
    await plain.close()
  }
  const next = await start()
  try {
    const ended = await over(made.id, { ...sent, url: next.url })
    assert.deepEqual([ended.status, ended.completed_count, ended.failed_count], ['completed', 1, 0])
    const shown = await runCommand(['coworld', 'xp-request', 'show', made.id, '--server', next.url], {
      env: { COWORLD_TOKEN: packages.alice },
    })
    assert.match(shown.out, /Status: completed\n[\s\S]*Episodes: 1 of 1\n/)
  } finally {
    await next.stop()
  }
})
