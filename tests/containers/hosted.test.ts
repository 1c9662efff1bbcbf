// Packages and policies as images, with a real container engine: uploaded, certified by the server, downloaded, and played in
// a league.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
import { seedPackages } from '../../src/testing/hosted-packages.ts'
import { startServerProcess } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { buildImage, environment, skipReason, type TestEngine, testEngine, writePackage } from './engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-hosted-'))
const SECRET = 'a-secret-of-4711'
let machine: TestEngine
let image: string
let server: Server
let token: string

before(async () => {
  if (skipReason) return
  machine = await testEngine()
  image = buildImage(machine.engine)
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  const leagues = new Leagues(store)
  const spec = {
    name: 'Images',
    world: 'paint-arena',
    config: { width: 6, height: 6, max_ticks: 10 },
    policies: [{ kind: 'bot', name: 'greedy', bot: 'greedy' }],
  }
  const league = await makeLeague(leagues, builtInWorlds(), LeagueSpec.parse(spec))
  await leagues.setPaused(league.id, true)
  token = (await new LeagueTokens(store).issue('alice')).token
  await store.close()
  server = await startServer({
    dataDir: folder,
    ...TEST_SERVER,
    logLevel: 'error',
    version: 'test',
    uploads: {
      environment: { PATH: environment.PATH ?? '' },
      engine: machine.command,
      engineEnvironment: environment,
      containers: machine.engine,
    },
  })
})
after(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const cli = (name: string, ...args: readonly string[]) =>
  runCommand(['coworld', name, ...args, '--server', server.url], {
    cwd: folder,
    env: { COWORLD_TOKEN: token, PARACOSM_CONTAINER_ENGINE: machine.command },
  })
const read = async (path: string): Promise<any> => {
  const answer = await fetch(server.url + path, { headers: { 'x-auth-token': token } })
  assert.equal(answer.status, 200, path)
  return answer.headers.get('content-type')?.includes('json') ? answer.json() : answer.text()
}
const ask = (...args: string[]) =>
  execFileSync(machine.engine.argv[0], [...machine.engine.argv.slice(1), ...args], { encoding: 'utf8' })

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 150_000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) assert.fail(`not within 150 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

test('hosted: a package is certified here, pushed, certified by the server, accepted, and downloaded', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const path = writePackage(image, (manifest) => {
    const run = ['/bin/node', '-e', GRADER]
    manifest.grader = [{ type: 'grader', id: 'size', name: 'size', description: 'Bytes of the bundle.', image, run }]
  })
  const { name, version } = JSON.parse(readFileSync(path, 'utf8')).game
  const made = await cli('upload-coworld', path)
  assert.equal(made.status, 0, made.err)
  assert.match(
    made.out,
    new RegExp(
      `^Upload complete: ${name}:${version}\nCoworld: cow_\\S+\nManifest hash: sha256:\\w+\nSize: \\d+ bytes\nCanonical: yes\n$`,
    ),
  )
  const [, id] = /Coworld: (\S+)/.exec(made.out) ?? []
  const { status, checks } = await read(`/v2/coworlds/${id}/certification`)
  assert.equal(status, 'passed')
  assert.deepEqual(
    checks.slice(0, 7).map((each: any) => [each.number, each.outcome]),
    [1, 2, 3, 4, 5, 6, 7].map((number) => [number, 'passed']),
  )
  const target = join(dirname(path), 'downloaded')
  const done = await cli('download', name, '--output-dir', target)
  assert.equal(done.status, 0, done.err)
  const { images } = JSON.parse(readFileSync(join(target, 'coworld_images.json'), 'utf8'))
  for (const { local_image: tag } of images) {
    // The same configuration has the same id everywhere.
    assert.equal(
      ask('image', 'inspect', '--format', '{{.Id}}', tag),
      ask('image', 'inspect', '--format', '{{.Id}}', image),
    )
    ask('rmi', tag)
  }
  assert.deepEqual(machine.leftBehind(), [])
})

test('hosted: a package that fails its certification on the server is refused with the check', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const [known] = await read('/v2/container_images')
  const manifest = JSON.parse(readFileSync(writePackage(known.id), 'utf8'))
  manifest.game.version = '9.9'
  manifest.game.runnable.env = { FAULT: 'dies-early' }
  const answer = await fetch(`${server.url}/v2/coworlds/upload`, {
    method: 'POST',
    headers: { 'x-auth-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ manifest }),
  })
  const body: any = await answer.json()
  assert.deepEqual([answer.status, body.code], [422, 'CERTIFICATION_FAILED'], JSON.stringify(body))
  assert.match(body.message, /is not certified: episode: /)
  const { status } = await read(`/v2/coworlds/${body.details.coworld_id}/certification`)
  assert.equal(status, 'failed')
  const { canonical } = (await read('/v2/coworlds')).find((each: any) => each.version !== '9.9')
  assert.equal(canonical, true)
})

const GRADER = `const { readFileSync, writeFileSync } = require('node:fs')
const bundle = readFileSync(new URL(process.env.COGAME_EPISODE_BUNDLE_URI))
console.log('a zip', bundle.readUInt32LE(0) === 0x04034b50)
writeFileSync(new URL(process.env.COGAME_GRADE_URI), JSON.stringify({ grader_id: 'size', score: bundle.length }))`

test('hosted: people play an accepted package in a container, its replay is shown in another, and nothing is left', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const post = async (path: string, body?: object): Promise<any> => {
    const headers = { 'x-auth-token': token, ...(body ? { 'content-type': 'application/json' } : {}) }
    const init = { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    const answer = await fetch(server.url + path, init)
    const made: any = await answer.json()
    assert.equal(answer.status, 200, JSON.stringify(made))
    return made
  }
  const sessions = '/v2/coworlds/play/session'
  const [{ id: coworld }] = (await read('/v2/coworlds')).filter((each: any) => each.canonical)
  const { session_id: id } = await post(sessions, { coworld_id: coworld })
  const guest: any = await (await fetch(`${server.url}${sessions}/${id}/join`, { method: 'POST' })).json()
  const joined = [guest, await post(`${sessions}/${id}/join`)]
  const socketOf = (page: string): string => page.replace('http', 'ws').replace(/\/clients\/(player|replay)/, '/$1')
  for (const { player_url: page } of joined) {
    const socket = new WebSocket(socketOf(page))
    socket.onopen = () => {
      for (let count = 0; count < 20; count++) socket.send('{}')
    }
  }
  const state = await until('the game has ended', async () => {
    const found = await read(`${sessions}/${id}`)
    return found.status === 'ended' ? found : undefined
  })
  assert.deepEqual([state.reason, await (await fetch(state.results_url)).json()], [null, { scores: [20, 20] }])
  const { viewer_url: viewer } = await post('/v2/coworlds/replays/session', {
    coworld_id: coworld,
    replay_uri: state.replay_url,
  })
  const shown = await new Promise<string>((resolve, reject) => {
    const socket = new WebSocket(socketOf(viewer))
    socket.onmessage = ({ data }) => resolve(String(data))
    socket.onclose = ({ code, reason }) => reject(new Error(`${code} ${reason}`))
  })
  assert.equal(JSON.parse(shown).frames.length, 40)
  const [, run = ''] = /rv_([0-9a-f]{16})/.exec(viewer) ?? []
  assert.deepEqual(
    machine.leftBehind().filter((name) => !name.includes(run)),
    [],
  )
})

test('hosted: kill -9 of the server during a game leaves no container and no network, and the next server says so', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const data = join(folder, 'killed')
  const { coworlds, reference, alice } = await seedPackages(data, ['none'], ['/bin/node', '/app/game.mjs'])
  ask('tag', image, reference)
  const env = { PARACOSM_CONTAINER_ENGINE: machine.command, PARACOSM_ADMIN_KEY: 'a key of tests' }
  const first = await startServerProcess(data, ['--run-uploads'], { env })
  const post = async (path: string, body?: object): Promise<any> => {
    const headers = { 'x-auth-token': alice, ...(body ? { 'content-type': 'application/json' } : {}) }
    const init = { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    return (await fetch(`${first.url}/v2/coworlds/play/session${path}`, init)).json()
  }
  const { session_id: id } = await post('', { coworld_id: coworlds.none })
  await post(`/${id}/join`)
  await fetch(`${first.url}/v2/coworlds/play/session/${id}/join`, { method: 'POST' })
  const stateAt = async (url: string): Promise<any> => (await fetch(`${url}/v2/coworlds/play/session/${id}`)).json()
  await until('the game is on', async () => ((await stateAt(first.url)).status === 'playing' ? true : undefined))
  const before = machine.leftBehind().length
  await first.crash()
  // A viewer of the other test may still be open.
  await until('its container and network are gone', async () =>
    machine.leftBehind().some((name) => name.includes('hosted-game')) || machine.leftBehind().length > before - 2
      ? undefined
      : true,
  )
  const next = await startServerProcess(data, ['--run-uploads'], { env })
  const { status, reason } = await stateAt(next.url)
  await next.stop()
  ask('rmi', reference)
  assert.deepEqual([status, reason], ['ended', 'the server stopped during the game'])
})

const PLAYER = `console.log('key', process.env.API_KEY, Object.keys(process.env).filter((k) => k.includes('PARACOSM')).join())
const socket = new WebSocket(process.env.COGAMES_ENGINE_WS_URL)
socket.onmessage = ({ data }) => {
  if (JSON.parse(data).type === 'final') {
    const upload = process.env.COWORLD_PLAYER_ARTIFACT_UPLOAD_URL
    const zip = Buffer.from('504b0506' + '00'.repeat(18), 'hex')
    // A file where the game is a package, else an address.
    if (upload?.startsWith('file:')) require('node:fs').writeFileSync(new URL(upload), zip)
    else if (upload) fetch(upload, { method: 'PUT', body: zip })
    socket.close()
  } else socket.send('{"move":"right"}')
}`

test('hosted: a policy uploaded as an image is tried, qualifies, and plays rounds with its secrets', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const run = ['/bin/node', '-e', PLAYER].flatMap((word) => [`--run=${word}`])
  const made = await cli('upload-policy', image, '--name', 'boxed', ...run, '--secret-env', `API_KEY=${SECRET}`)
  assert.equal(made.out, 'Upload complete: boxed:v1\n', made.err)
  assert.match(made.err, /the server has it/, 'the package has the same image')
  const [league] = await read('/v2/leagues')
  const submitted = await cli('submit', 'boxed', '--league', league.id)
  assert.equal(submitted.status, 0, submitted.err)
  const [submission] = await until('the submission has ended', async () => {
    const found = await read('/v2/league-submissions?mine=true')
    return found.every(({ status }: any) => status === 'placed' || status === 'failed') ? found : undefined
  })
  assert.equal(submission.status, 'placed', submission.notes)
  pause(0)
  const episode = await until('a completed episode of a round', async () => {
    const found = await read('/v2/episode-requests?limit=100&offset=0')
    return found.find(
      ({ status, participants }: any) =>
        status === 'completed' && participants.some((each: any) => each.policy_name === 'boxed'),
    )
  })
  const slot = episode.assignments.findIndex((at: number) => episode.participants[at].policy_name === 'boxed')
  const log = await read(`/jobs/${episode.job_id}/policy-logs/${slot}`)
  assert.match(log, /^key \[secret\] \n/)
  assert.equal(episode.scores.length > 0, true)
  pause(1)
  await until('no container of a policy is left', async () =>
    ask('ps', '--all', '--format', '{{.Names}}').includes('paracosm-policy-') ? undefined : true,
  )
})

test('hosted: an experience request plays the image, which leaves a zip, and a grader of the package scores an episode', {
  skip: skipReason,
  timeout: 300_000,
}, async () => {
  const before = new Set(machine.leftBehind())
  const small = JSON.stringify({ width: 6, height: 6, max_ticks: 10 })
  const players = ['--player', 'boxed:v1', '--player', 'bot:greedy']
  const asked = ['create', '--coworld', 'cow_paint-arena', ...players, '--game-config', small, '--wait', '--json']
  const played = await cli('xp-request', ...asked)
  assert.equal(played.status, 0, played.err + played.out)
  const { id, status, completed_count: count } = JSON.parse(played.out)
  assert.deepEqual([status, count], ['completed', 1], played.out)
  const [episode] = await read(`/v2/experience-requests/${id}/episodes`)
  const [own] = await read(`/v2/episode-requests/${episode.id}/policy-artifacts`)
  assert.deepEqual([own.policy_name, own.has_log, own.has_artifact], ['boxed', true, true])
  const coworld = (await read('/v2/coworlds')).find((each: any) => each.canonical)
  const graded = await cli(
    'episode-report',
    'create',
    episode.id,
    '--coworld',
    coworld.id,
    '--role',
    'grader',
    '--wait',
  )
  assert.equal(graded.status, 0, graded.err + graded.out)
  assert.match(graded.out, /^Report: rep_\S+\nStatus: completed\n[\s\S]*\nRole: grader size\nScore: \d{3,}\n/)
  const [, report = ''] = /(rep_\S+)/.exec(graded.out) ?? []
  assert.match((await cli('episode-report', 'show', report)).out, /Log:\n[\s\S]*a zip true\n$/)
  const file = join(folder, 'grade.json')
  assert.equal((await cli('episode-report', 'download', report, '-o', file)).status, 0)
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).grader_id, 'size')
  assert.match(
    (await cli('episode-report', 'list', episode.id)).out,
    /^ID +Status +Role +Score +Created\nrep_\S+ +completed/,
  )
  const wrong = await cli('episode-report', 'create', episode.id, '--coworld', coworld.id, '--role', 'diagnoser')
  assert.match(wrong.err, /the package has no diagnoser/)
  const both = ['--player', 'boxed:v1@1', '--player', 'bot:counter']
  // The policy answers once.
  const packaged = ['--coworld', coworld.name, ...both, '--game-config', '{"target":1}', '--wait', '--json']
  const counted = await cli('xp-request', 'create', ...packaged)
  assert.equal(counted.status, 0, counted.err + counted.out)
  const [match] = await read(`/v2/experience-requests/${JSON.parse(counted.out).id}/episodes`)
  assert.equal(match.status, 'completed', match.error)
  assert.match(await read(`/v2/episode-requests/${match.id}/policy-logs/1`), /^key \[secret\] \n/)
  // Viewers of replays that other tests have opened may still run.
  assert.deepEqual(
    machine.leftBehind().filter((name) => !before.has(name)),
    [],
  )
})

/** Not with openStore: closing a file that this process has open elsewhere would release the locks of its server. */
function pause(value: 0 | 1): void {
  const db = new DatabaseSync(join(folder, 'paracosm.sqlite'), { timeout: 5000 })
  db.exec(`update leagues set is_paused = ${value}`)
  db.close()
}
