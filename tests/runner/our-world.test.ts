// Our programs with external ones under the process runtime: our game with the Python player, and the reverse.
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createManifest } from '../../src/adapters/coworld/manifest.ts'
import { certify } from '../../src/runner/certify.ts'
import { loadManifest } from '../../src/runner/manifest.ts'
import { runPackage } from '../../src/runner/play.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'
import { loadWorld } from '../../src/testing/built-in-worlds.ts'
import { python, skipReason, writeStandIn } from './stand-ins.ts'

const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))
const runtime = createProcessRuntime({ environment })
const ours = async () =>
  JSON.parse(JSON.stringify(createManifest(await loadWorld('paint-arena'), { version: '0.0.0' })))

test('our world: paint-arena certifies when it is started as its manifest says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paint arena '))
  const manifestPath = join(folder, 'coworld_manifest.json')
  writeFileSync(manifestPath, JSON.stringify(await ours()))
  const report = await certify({ manifestPath, runtime, timeoutMs: 60_000, cwd: folder })
  const rest = report.checks.filter((check) => check.outcome !== 'passed').map((check) => check.id)
  assert.deepEqual(rest, ['determinism'], JSON.stringify(report.checks, undefined, 1))
})

test('our world: a Python player written from the contract plays our game', { skip: skipReason }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paint arena '))
  copyFileSync(new URL('../fixtures/coworld-python/player.py', import.meta.url), join(folder, 'player.py'))
  const manifest = await ours()
  manifest.player[0].run = [python, 'player.py']
  writeFileSync(join(folder, 'm.json'), JSON.stringify(manifest))
  const loaded = await loadManifest(join(folder, 'm.json'))
  const run = await runPackage({
    package: loaded,
    runtime,
    workspace: join(folder, 'w'),
    cwd: folder,
    timeoutMs: 60_000,
    verifyReplay: true,
  })
  const { scores } = JSON.parse(readFileSync(run.workspace.results, 'utf8'))
  assert.ok(
    scores.every((score: number) => score > 1),
    JSON.stringify(scores),
  )
})

test('our world: our player plays a Python game written from the contract', { skip: skipReason }, async () => {
  const standIn = writeStandIn({
    gameConfig: { max_ticks: 60, tick_rate: 60 },
    edit(manifest) {
      manifest.player[0].run = ['paracosm', 'player', 'paint-arena', 'greedy']
    },
  })
  const workspace = join(standIn.folder, 'w')
  const run = await runPackage({
    package: await standIn.load(),
    runtime,
    workspace,
    cwd: '/',
    timeoutMs: 60_000,
    verifyReplay: true,
  })
  const { scores } = JSON.parse(readFileSync(run.workspace.results, 'utf8'))
  assert.ok(
    scores.every((score: number) => score > 1),
    JSON.stringify(scores),
  )
})

test('our world: a shell command finds this package as `paracosm`, wherever it is installed', {
  skip: skipReason,
}, async () => {
  const standIn = writeStandIn({
    gameConfig: { max_ticks: 30, tick_rate: 60 },
    edit(manifest) {
      manifest.player[0].run = ['sh', '-c', 'exec paracosm player paint-arena greedy']
    },
  })
  const bare = createProcessRuntime({ environment: { PATH: '/usr/bin:/bin' } })
  const run = await runPackage({
    package: await standIn.load(),
    runtime: bare,
    workspace: join(standIn.folder, 'w'),
    cwd: standIn.folder,
    timeoutMs: 60_000,
    verifyReplay: false,
  })
  assert.ok(JSON.parse(readFileSync(run.workspace.results, 'utf8')).scores.length > 0)
})
