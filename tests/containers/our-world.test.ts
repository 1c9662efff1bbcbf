// A built-in world in containers, started as its manifest says.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createManifest } from '../../src/adapters/coworld/manifest.ts'
import { certify } from '../../src/runner/certify.ts'
import { createContainerRuntime } from '../../src/runner/container-runtime.ts'
import { loadWorld } from '../../src/testing/built-in-worlds.ts'
import { buildPackageImage, skipReason, testEngine } from './engine.ts'

test('containers: paint-arena certifies when it is started as its manifest says', { skip: skipReason }, async () => {
  const { engine, leftBehind } = await testEngine()
  const image = buildPackageImage(engine)
  const text = JSON.stringify(createManifest(await loadWorld('paint-arena'), { version: '0.0.0' }))
  const folder = mkdtempSync(join(tmpdir(), 'paint-arena '))
  const manifestPath = join(folder, 'coworld_manifest.json')
  writeFileSync(manifestPath, text.replaceAll('"paracosm:0.0.0"', JSON.stringify(image)))
  const runtime = createContainerRuntime({ engine })
  const report = await certify({ manifestPath, runtime, timeoutMs: 60_000, cwd: folder })
  const rest = report.checks.filter((check) => check.outcome !== 'passed').map((check) => check.id)
  assert.deepEqual(rest, ['determinism'], JSON.stringify(report.checks, undefined, 1))
  assert.deepEqual(leftBehind(), [])
})
