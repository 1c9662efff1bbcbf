// The runner with real containers: an image from nothing, played, certified, broken and interrupted.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { AppError } from '../../src/kernel/errors.ts'
import { type RunTraces, sweepRun } from '../../src/league/hosted/leash.ts'
import { preparePlayers } from '../../src/league/uploads/programs.ts'
import { certify } from '../../src/runner/certify.ts'
import type { Engine } from '../../src/runner/container-engine.ts'
import { askEngine } from '../../src/runner/container-engine.ts'
import { createContainerRuntime } from '../../src/runner/container-runtime.ts'
import { loadManifest } from '../../src/runner/manifest.ts'
import { runPackage } from '../../src/runner/play.ts'
import type { RunEvent } from '../../src/runner/run-events.ts'
import type { RunStep } from '../../src/runner/run-steps.ts'
import { MemoryBlobs } from '../../src/testing/memory-blobs.ts'
import { tarOf } from '../../src/testing/tar.ts'
import { until } from '../../src/testing/until.ts'
import { buildImage, environment, skipReason, type TestEngine, testEngine, writePackage } from './engine.ts'

let engine: Engine
let machine: TestEngine
let image: string
before(async () => {
  if (skipReason) return
  machine = await testEngine()
  engine = machine.engine
  image = buildImage(engine)
})

async function run(
  manifest: string,
  options: { signal?: AbortSignal; onEvent?: (event: RunEvent) => void; memoryMb?: number } = {},
) {
  const { memoryMb, ...rest } = options
  const workspace = join(dirname(manifest), 'an episode')
  const attempt = runPackage({
    package: await loadManifest(manifest),
    runtime: createContainerRuntime({ engine, ...(memoryMb === undefined ? {} : { memoryMb }) }),
    workspace,
    cwd: '/',
    timeoutMs: 60_000,
    verifyReplay: false,
    ...rest,
  })
  const outcome = await attempt.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  assert.deepEqual(machine.leftBehind(), [], 'something was left behind')
  return { ...outcome, workspace }
}

test('containers: a package certifies with every check passed and nothing left behind', {
  skip: skipReason,
}, async () => {
  const manifestPath = writePackage(image)
  const report = await certify({
    manifestPath,
    runtime: createContainerRuntime({ engine }),
    timeoutMs: 60_000,
    cwd: dirname(manifestPath),
  })
  const outcomes = report.checks.map((check) => [check.number, check.id, check.outcome])
  assert.deepEqual(
    outcomes,
    [
      [1, 'package', 'passed'],
      [2, 'images', 'passed'],
      [3, 'workspace', 'passed'],
      [4, 'request', 'passed'],
      [5, 'episode', 'passed'],
      [6, 'results', 'passed'],
      [7, 'replay', 'passed'],
      [null, 'bad-token-every-slot', 'passed'],
      [null, 'late-viewer', 'passed'],
      [null, 'reconnection', 'passed'],
      [null, 'frames', 'passed'],
      [null, 'determinism', 'skipped'],
    ],
    JSON.stringify(report.checks, undefined, 1),
  )
  assert.match(report.workspace?.folder ?? '', /tmp\/coworld-cert-/)
  assert.deepEqual(machine.leftBehind(), [])
})

test('containers: no capabilities, no new privileges, a read-only root, and only the listed variables', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.player[0].env = { OWN: 'a value, with = and blanks' }
  })
  const { error, workspace } = await run(manifest)
  assert.equal(error, undefined)
  const facts = JSON.parse(readFileSync(join(workspace, 'logs/policy_agent_1.txt'), 'utf8').split('\n')[0] ?? '')
  assert.match(facts.capabilities, /^0+$/)
  assert.equal(facts.noNewPrivileges, '1')
  assert.equal(facts.canWriteRoot, false)
  assert.equal(facts.canWriteTmp, true)
  assert.equal(facts.env.OWN, 'a value, with = and blanks')
  assert.equal(facts.env.COWORLD_PLAYER_ARTIFACT_UPLOAD_URL, 'file:///coworld-artifact/policy_artifact_1.zip')
  assert.equal(readFileSync(join(workspace, 'artifacts/1/policy_artifact_1.zip'), 'utf8'), 'PK')
  assert.match(
    facts.env.COGAMES_ENGINE_WS_URL,
    /^ws:\/\/coworld-game-[0-9a-f]{16}:8080\/player\?slot=1&token=[\w-]{22}$/,
  )
  const known =
    /^(OWN|COGAMES_ENGINE_WS_URL|COWORLD_PLAYER_WS_URL|COWORLD_PLAYER_ARTIFACT_UPLOAD_URL|PATH|HOME|HOSTNAME|TERM|container)$/
  assert.deepEqual(
    Object.keys(facts.env).filter((name) => !known.test(name)),
    [],
  )
})

test('containers: the workspace is opened to the game only while it runs', { skip: skipReason }, async () => {
  const { error, workspace } = await run(writePackage(image))
  assert.equal(error, undefined)
  assert.equal(statSync(workspace).mode & 0o022, 0)
  assert.equal(statSync(join(workspace, 'config.json')).mode & 0o077, 0)
})

test('containers: an image that must write to its root gets a writable root on the second start', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.game.runnable.env = { FAULT: 'needs-root' }
  })
  const { value, error, workspace } = await run(manifest)
  assert.equal(error, undefined)
  assert.ok(value)
  assert.match(readFileSync(join(workspace, 'logs/game.stderr.log'), 'utf8'), /EROFS/)
})

test('containers: a game can neither reach nor replace the logs and the artefacts of its run', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.game.runnable.env = { FAULT: 'takes-logs' }
  })
  const { error, workspace } = await run(manifest)
  assert.equal(error, undefined)
  for (const name of ['logs', 'artifacts']) assert.ok(lstatSync(join(workspace, name)).isDirectory(), name)
  assert.match(readFileSync(join(workspace, 'logs/policy_agent_0.txt'), 'utf8'), /^\{"env":/)
  assert.match(readFileSync(join(workspace, 'logs/game.stderr.log'), 'utf8'), /^logs E\w+\nartifacts E\w+$/m)
  assert.equal(readFileSync(join(workspace, 'artifacts/0/policy_artifact_0.zip'), 'utf8'), 'PK')
})

test('containers: a player that exceeds its memory is killed, and the episode reports it', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.player.push({ ...document.player[0], id: 'glutton', env: { FAULT: 'eats-memory' } })
    document.certification.players[0].player_id = 'glutton'
  })
  const ended: RunEvent[] = []
  const abort = new AbortController()
  const onEvent = (event: RunEvent) => {
    if (event.kind !== 'player-exited') return
    ended.push(event)
    abort.abort()
  }
  await run(manifest, { memoryMb: 192, signal: abort.signal, onEvent })
  const [first] = ended
  assert.ok(first?.kind === 'player-exited')
  assert.deepEqual([first.slot, first.status, first.isEarly], [0, 137, true])
})

test('containers: a game that dies before it is healthy is reported with the end of its log', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.game.runnable.env = { FAULT: 'dies-early' }
  })
  const { error } = await run(manifest)
  assert.ok(error instanceof AppError)
  assert.match(error.message, /exited before it was healthy, with status 9.*no counting today/s)
})

test('containers: an unavailable image fails the image check with its label', { skip: skipReason }, async () => {
  const manifestPath = writePackage(image, (document) => {
    document.player[0].image = 'localhost/paracosm-absent:1'
  })
  const report = await certify({ manifestPath, runtime: createContainerRuntime({ engine }), timeoutMs: 5000, cwd: '/' })
  const failed = report.checks.find((check) => check.outcome === 'failed')
  assert.deepEqual([failed?.number, failed?.id], [2, 'images'])
  assert.match(failed?.reason ?? '', /^Certification players\[0\]\.image: image "localhost\/paracosm-absent:1"/)
})

test('containers: an image name that looks like an option of the engine starts nothing', {
  skip: skipReason,
}, async () => {
  const manifest = writePackage(image, (document) => {
    document.game.runnable.image = '--privileged'
  })
  const { error } = await run(manifest)
  assert.ok(error instanceof AppError)
  assert.equal(error.code, 'IMAGE_MISSING')
})

for (const phase of ['start-game', 'health', 'start-players', 'game-exit'] satisfies RunStep[]) {
  test(`containers: an interrupt during ${phase} leaves no container and no network`, {
    skip: skipReason,
  }, async () => {
    const abort = new AbortController()
    const onEvent = (event: RunEvent) => {
      if (event.kind === 'step-started' && event.id === phase) setImmediate(() => abort.abort())
    }
    const { error } = await run(writePackage(image), { signal: abort.signal, onEvent })
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, 'INTERRUPTED')
  })
}

test('containers: two interrupts in a row leave nothing behind', { skip: skipReason }, async () => {
  const bin = new URL('../../bin/paracosm', import.meta.url).pathname
  const manifest = writePackage(image)
  const child = spawn(bin, ['coworld', 'play', manifest, '--output-dir', join(dirname(manifest), 'w')], {
    env: { ...process.env, PARACOSM_CONTAINER_ENGINE: machine.command },
  })
  let output = ''
  let interrupts = 0
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (!output.includes('Waiting for') || interrupts > 0) return
    interrupts = 2
    assert.equal(machine.leftBehind().length, 2, 'a container and a network while it runs')
    child.kill('SIGINT')
    child.kill('SIGINT')
  })
  const status = await new Promise((resolve) => child.once('exit', resolve))
  assert.ok(status === 130 || status === 1, String(status))
  assert.equal(interrupts, 2, output)
  assert.deepEqual(machine.leftBehind(), [])
})

test('containers: uploaded source runs without capabilities and sees only its own secrets', {
  skip: skipReason,
}, async () => {
  const blobs = new MemoryBlobs()
  const script = `import { writeFileSync, readFileSync } from 'node:fs'
    const refused = (work) => { try { work(); return false } catch { return true } }
    console.log(JSON.stringify({
      key: process.env.API_KEY, home: process.env.HOME, folder: process.cwd(), address: process.env.COWORLD_PLAYER_WS_URL,
      inherited: Object.keys(process.env).filter((name) => name.startsWith('PARACOSM')),
      root: refused(() => writeFileSync('/outside', 'x')), host: refused(() => readFileSync('/etc/hostname-of-the-host')),
      rights: readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s*(\\w+)/)[1] }))`
  await blobs.put('sources/a.tar', tarOf([{ path: 'agent.mjs', data: script }]))
  const source = { kind: 'source' as const, name: 'a', blob: 'sources/a.tar', run: ['/bin/node', 'agent.mjs'] }
  const version = { id: 'v', policyId: 'p', name: 'a', version: 1, playerId: null, player: source, createdAt: 0 }
  await using prepared = await preparePlayers([version], {
    blobs,
    secrets: { open: async () => ({ API_KEY: 'sesame-4711' }) },
    environment: {},
    engine: machine.command,
    engineEnvironment: environment,
    sourceImage: image,
  })
  const [player] = prepared.players
  assert.ok(player?.kind === 'command')
  assert.ok(!player.command.includes('sesame'))
  const ran = spawnSync('/bin/sh', ['-c', player.command], {
    env: { ...environment, PARACOSM_ADMIN_KEY: 'not for players', COWORLD_PLAYER_WS_URL: 'ws://127.0.0.1:1/player' },
    encoding: 'utf8',
  })
  assert.equal(ran.status, 0, ran.stderr)
  assert.deepEqual(JSON.parse(ran.stdout), {
    key: 'sesame-4711',
    home: '/tmp',
    folder: '/policy',
    address: 'ws://127.0.0.1:1/player',
    inherited: [],
    root: true,
    host: true,
    rights: '0000000000000000',
  })
})

test('containers: the policies of a match carry the run that their leash holds, and go with it', {
  skip: skipReason,
}, async () => {
  const blobs = new MemoryBlobs()
  await blobs.put('sources/b.tar', tarOf([{ path: 'agent.mjs', data: 'setTimeout(() => undefined, 600_000)' }]))
  const source = { kind: 'source' as const, name: 'b', blob: 'sources/b.tar', run: ['/bin/node', 'agent.mjs'] }
  const version = { id: 'v', policyId: 'p', name: 'b', version: 1, playerId: null, player: source, createdAt: 0 }
  const held: RunTraces[] = []
  let released = 0
  const prepared = await preparePlayers([version], {
    blobs,
    secrets: { open: async () => ({}) },
    environment: {},
    engine: machine.command,
    engineEnvironment: environment,
    sourceImage: image,
    leash(traces) {
      held.push(traces)
      return { release: () => void released++ }
    },
  })
  const [player] = prepared.players
  const [traces] = held
  assert.ok(player?.kind === 'command' && traces)
  const child = spawn('/bin/sh', ['-c', player.command], { env: environment, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const found = async (): Promise<string> =>
    (await askEngine(engine, ['ps', '--all', '--quiet', '--filter', `label=paracosm.run=${traces.runId}`], 60_000))
      .stdout
  await until('the policy runs', async () => ((await found()) === '' ? undefined : true))
  // What the leash does when the server dies.
  await sweepRun(engine, traces)
  await ended
  assert.equal(await found(), '')
  assert.equal(released, 0)
  await prepared[Symbol.asyncDispose]()
  assert.equal(released, 1)
})
