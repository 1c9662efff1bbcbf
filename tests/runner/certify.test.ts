// The certifier against the Python stand-ins, intact and with defects that the fourteen steps do not detect.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CertifyOptions, certify } from '../../src/runner/certify.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'
import { processesWith, type StandIn, type StandInOptions, skipReason, writeStandIn } from './stand-ins.ts'

const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))
const runtime = createProcessRuntime({ environment })

async function certifyStandIn(standIn: StandIn, options: Partial<CertifyOptions> = {}) {
  const report = await certify({
    manifestPath: standIn.manifest,
    runtime,
    timeoutMs: 60_000,
    workspace: join(standIn.folder, 'a workspace'),
    cwd: '/',
    ...options,
  })
  assert.deepEqual(processesWith(standIn.mark), [], 'a process was left behind')
  return { report, outcomes: Object.fromEntries(report.checks.map((check) => [check.id, check.outcome])) }
}

const ALL = {
  package: 'passed',
  images: 'passed',
  workspace: 'passed',
  request: 'passed',
  episode: 'passed',
  results: 'passed',
  replay: 'passed',
  'bad-token-every-slot': 'passed',
  'late-viewer': 'passed',
  reconnection: 'passed',
  frames: 'passed',
  determinism: 'skipped',
}

test('certify: a complete package passes every check', { skip: skipReason }, async () => {
  const { report, outcomes } = await certifyStandIn(writeStandIn())
  assert.deepEqual(outcomes, ALL, JSON.stringify(report.checks))
  assert.equal(report.certified, true)
  assert.deepEqual(
    report.checks.map((check) => check.number),
    [1, 2, 3, 4, 5, 6, 7, null, null, null, null, null],
  )
  assert.equal(report.checks[4]?.steps?.length, 14)
  assert.deepEqual(Object.keys(report.episodeRequest ?? {}), ['manifest', 'game_config', 'players'])
  assert.equal(report.results?.ticks, 5)
})

test('certify: without extras only the numbered checks run', { skip: skipReason }, async () => {
  const { outcomes } = await certifyStandIn(writeStandIn(), { beyond: false })
  const skipped = {
    'bad-token-every-slot': 'skipped',
    'late-viewer': 'skipped',
    reconnection: 'skipped',
    frames: 'skipped',
  }
  assert.deepEqual(outcomes, { ...ALL, ...skipped })
})

const FAILED: readonly (readonly [string, StandInOptions, string, RegExp])[] = [
  [
    'a manifest that breaks a rule',
    { edit: (m) => m.certification.players.pop() },
    'package',
    /cross: \$\.certification\.players/,
  ],
  [
    'a game program that is not there',
    {
      edit: (m) => {
        m.game.runnable.run = ['absent']
      },
    },
    'images',
    /^Cogame runnable\.image: program "absent"/,
  ],
  [
    'a player program that is not there',
    {
      edit: (m) => {
        m.player[0].run = ['absent']
      },
    },
    'images',
    /^Certification players\[0\]\.image/,
  ],
  ['an episode that fails', { gameFault: 'exits-with-4' }, 'episode', /exited with status 4/],
  [
    'results that are no object',
    {
      gameFault: 'results-list',
      edit: (m) => {
        m.game.results_schema = {}
      },
    },
    'results',
    /is not a JSON object/,
  ],
]
for (const [name, options, id, reason] of FAILED) {
  test(`certify: ${name} fails the check ${id} and skips the rest`, { skip: skipReason }, async () => {
    const { report } = await certifyStandIn(writeStandIn(options))
    const index = report.checks.findIndex((check) => check.outcome === 'failed')
    assert.equal(report.checks[index]?.id, id, JSON.stringify(report.checks))
    assert.match(report.checks[index]?.reason ?? '', reason)
    assert.ok((report.checks[index]?.hint ?? '').length > 10)
    assert.ok(report.checks.slice(0, index).every((check) => check.outcome === 'passed'))
    assert.ok(report.checks.slice(index + 1).every((check) => check.outcome === 'skipped'))
    assert.equal(report.checks.length, 12)
    assert.equal(report.certified, false)
  })
}

const BEYOND: readonly (readonly [string, StandInOptions, string, RegExp])[] = [
  [
    'slot 1 lets a bad token in',
    { gameFault: 'opens-slot-1' },
    'bad-token-every-slot',
    /slot 1 with a bad token: bad player token was accepted/,
  ],
  [
    'a late viewer sees nothing',
    { gameFault: 'late-viewer-silent', gameConfig: { max_ticks: 700 } },
    'late-viewer',
    /no message within 10 s/,
  ],
  [
    'a player cannot come back',
    { gameFault: 'no-reconnection' },
    'reconnection',
    /slot 0 could not connect a second time: handshake answered HTTP 409/,
  ],
]
for (const [name, options, id, reason] of BEYOND) {
  test(`certify: a package is not certified when ${name}, though the numbered checks pass`, {
    skip: skipReason,
  }, async () => {
    const { report, outcomes } = await certifyStandIn(writeStandIn(options))
    assert.deepEqual(outcomes, { ...ALL, [id]: 'failed' }, JSON.stringify(report.checks))
    assert.match(report.checks.find((check) => check.id === id)?.reason ?? '', reason)
    assert.equal(report.certified, false)
  })
}

test('certify: the determinism result of the caller is reported and counts', { skip: skipReason }, async () => {
  const determinism = () => Promise.resolve({ outcome: 'failed', reason: 'step 7 differs' } as const)
  const { report } = await certifyStandIn(writeStandIn(), { determinism })
  assert.deepEqual(report.checks.at(-1), {
    number: null,
    id: 'determinism',
    outcome: 'failed',
    reason: 'step 7 differs',
  })
  assert.equal(report.certified, false)
})

test('certify: an interrupt while the game is started a second time leaves nothing behind', {
  skip: skipReason,
}, async () => {
  const standIn = writeStandIn()
  const abort = new AbortController()
  const onCheck = (check: { id: string }) => {
    if (check.id === 'late-viewer') setTimeout(() => abort.abort(), 30)
  }
  await assert.rejects(certifyStandIn(standIn, { signal: abort.signal, onCheck }), { code: 'INTERRUPTED' })
  assert.deepEqual(processesWith(standIn.mark), [])
})

test('certify: a missing manifest is a usage error, not a failed check', async () => {
  const manifestPath = join(mkdtempSync(join(tmpdir(), 'none-')), 'absent.json')
  await assert.rejects(certify({ manifestPath, runtime, timeoutMs: 1000, cwd: '/' }), { code: 'FILE_UNREADABLE' })
  writeFileSync(manifestPath, '{')
  const report = await certify({ manifestPath, runtime, timeoutMs: 1000, cwd: '/' })
  assert.deepEqual([report.certified, report.checks[0]?.outcome], [false, 'failed'])
})
