// Games of the generation after 0.1.0 under the runner and the certifier: a stand-in in the style of Liar Liar.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppError } from '../../src/kernel/errors.ts'
import { certify } from '../../src/runner/certify.ts'
import { loadManifest } from '../../src/runner/manifest.ts'
import { runPackage } from '../../src/runner/play.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'

const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))
const runtime = createProcessRuntime({ environment })
const fixtures = new URL('../fixtures/', import.meta.url).pathname

interface Made {
  readonly folder: string
  readonly manifest: string
}

/** The manifest of Liar Liar, with the stand-in's programs. */
function writePackage(fault?: string, edit: (manifest: ReturnType<typeof JSON.parse>) => void = () => undefined): Made {
  const folder = mkdtempSync(join(tmpdir(), 'a later game '))
  const manifest = JSON.parse(readFileSync(join(fixtures, 'coworld-manifests/liarliar.json'), 'utf8'))
  manifest.game.runnable.run = [process.execPath, join(fixtures, 'coworld-later/game.mjs')]
  if (fault !== undefined) manifest.game.runnable.env = { FAULT: fault }
  manifest.player[0].run = [process.execPath, join(fixtures, 'coworld-later/player.mjs')]
  edit(manifest)
  const path = join(folder, 'coworld_manifest.json')
  writeFileSync(path, JSON.stringify(manifest))
  return { folder, manifest: path }
}

async function certifyPackage({ folder, manifest }: Made) {
  const workspace = join(folder, 'w')
  const report = await certify({ manifestPath: manifest, runtime, timeoutMs: 60_000, workspace, cwd: folder })
  return { report, outcomes: Object.fromEntries(report.checks.map(({ id, outcome }) => [id, outcome])) }
}

async function failureOf({ folder, manifest }: Made): Promise<AppError> {
  const workspace = join(folder, 'w')
  const loaded = await loadManifest(manifest)
  const given = { package: loaded, runtime, workspace, cwd: folder, timeoutMs: 60_000, verifyReplay: true }
  try {
    await runPackage(given)
  } catch (error) {
    assert.ok(error instanceof AppError, String(error))
    return error
  }
  assert.fail('the episode did not fail')
}

test('later games: a game in the style of Liar Liar, with newer routes and variables, is certified', async () => {
  const made = writePackage()
  const { report } = await certifyPackage(made)
  const rest = report.checks.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id)
  assert.deepEqual([report.certified, rest], [true, ['determinism']], JSON.stringify(report.checks, undefined, 1))
  const steps = report.checks.find(({ id }) => id === 'episode')?.steps ?? []
  assert.match(steps.find(({ id }) => id === 'player-page')?.reason ?? '', /GET \/client\/player answered 2xx/)
  for (let slot = 0; slot < 6; slot++) {
    assert.equal(readFileSync(join(made.folder, `w/artifacts/${slot}/policy_artifact_${slot}.zip`), 'utf8'), 'PK')
  }
})

test('later games: a replay named `replay` is opened and counts', async () => {
  const { report } = await certifyPackage(writePackage('raw-replay'))
  assert.equal(report.certified, true, JSON.stringify(report.checks, undefined, 1))
  assert.match(report.checks.find(({ id }) => id === 'replay')?.reason ?? '', /w\/replay$/)
})

const RETURNS: readonly (readonly [string, string, string, RegExp])[] = [
  ['throws out who comes back', 'throws-out', 'reconnection', /slot 0 was disconnected after it reconnected: .* 1008/],
  ['forgets who came back', 'forgets', 'reconnection', /nothing more|received nothing/],
  ['sends text that is no JSON', 'not-json', 'frames', /text that is not JSON: "hello there"/],
  ['sends binary frames', 'binary', 'frames', /a binary frame/],
]
for (const [what, fault, id, reason] of RETURNS) {
  test(`certify: a game that ${what} is not certified`, async () => {
    // The players ignore what they cannot read, so that the certified episode itself succeeds.
    const made = writePackage(fault, (manifest) => {
      const tolerant = join(fixtures, 'coworld-later/tolerant-player.mjs')
      manifest.player[0].run = [process.execPath, tolerant]
    })
    const { report, outcomes } = await certifyPackage(made)
    assert.equal(outcomes[id], 'failed', JSON.stringify(report.checks, undefined, 1))
    assert.match(report.checks.find((check) => check.id === id)?.reason ?? '', reason)
    assert.equal(report.certified, false)
  })
}

test('later games: a game that reports a failed player ends the episode as a player error', async () => {
  const error = await failureOf(writePackage('blames'))
  assert.match(error.message, /the game says that player 2 failed: player 2 sent nothing that could be read/)
  assert.deepEqual([error.details?.error_type, error.details?.failed_policy_index], ['player_error', 2])
})

test('later games: a roster of a later manifest says how many seats a variant has', async () => {
  const made = writePackage(undefined, (manifest) => {
    const { tokens, players } = manifest.game.config_schema.properties
    Object.assign(tokens, { minItems: 2, maxItems: 8 })
    Object.assign(players, { minItems: 2, maxItems: 8 })
    for (const list of Object.values(manifest.game.results_schema.properties) as {
      minItems?: number
      maxItems?: number
    }[]) {
      delete list.minItems
      delete list.maxItems
    }
    manifest.tags = ['hidden-information', 'talk', 'bombs']
    for (const variant of manifest.variants) delete variant.parent_id
    manifest.game.runnable.source_url = 'https://example.org/source'
    manifest.player[0].resources = { requests: { cpu: '500m', memory: '1Gi' } }
    manifest.game.episode_timeout_minutes = 10
    manifest.reporter = ['metta/default@1.0']
    manifest.variants[0].game_config.players.splice(2)
  })
  const loaded = await loadManifest(made.manifest)
  assert.deepEqual([loaded.generation, loaded.slots], ['later', 6])
  const run = await runPackage({
    package: loaded,
    runtime,
    variant: 'default-5m',
    workspace: join(made.folder, 'w'),
    cwd: made.folder,
    timeoutMs: 60_000,
    verifyReplay: true,
  })
  assert.equal(JSON.parse(readFileSync(run.workspace.results, 'utf8')).scores.length, 2)
})

const TYPES: readonly (readonly [string, string, (manifest: ReturnType<typeof JSON.parse>) => void])[] = [
  ['a game that dies', 'game_unhealthy', (m) => (m.game.runnable.run = [process.execPath, '-e', 'process.exit(3)'])],
  [
    'a player that dies',
    'player_error',
    (m) => (m.player[0].run = [process.execPath, join(fixtures, 'coworld-later/early-player.mjs')]),
  ],
]
for (const [what, type, edit] of TYPES) {
  test(`later games: ${what} is an error of the type ${type}`, async () => {
    assert.equal((await failureOf(writePackage(undefined, edit))).details?.error_type, type)
  })
}
