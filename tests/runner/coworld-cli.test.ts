// `paracosm coworld …` as a user runs it: separate processes, exit statuses, text and JSON.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CERTIFY_CHECKS, EXTRA_CHECKS } from '../../src/runner/checks.ts'
import { processesWith, skipReason, writeStandIn } from './stand-ins.ts'

const root = new URL('../../', import.meta.url).pathname
const bin = join(root, 'bin/paracosm')
const fixture = (name: string) => join(root, 'tests/fixtures/coworld-manifests', name)

function paracosm(...args: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'cwd '))
  const { status, stdout, stderr } = spawnSync(bin, ['coworld', ...args], { cwd, encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr, cwd }
}

/** Starts a command, waits for a line, passes it on, then interrupts. */
async function interrupted(
  args: readonly string[],
  wanted: RegExp,
  then: (output: string) => Promise<void>,
  times = 1,
) {
  const child = spawn(bin, ['coworld', ...args], { cwd: mkdtempSync(join(tmpdir(), 'cwd ')) })
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      if (wanted.test(stdout)) resolve()
    })
    child.once('exit', () => reject(new Error(`ended early: ${stdout}${stderr}`)))
  })
  await then(stdout)
  for (let each = 0; each < times; each += 1) child.kill('SIGINT')
  return { status: await exited, stdout, stderr }
}

test('coworld validate: a valid manifest is printed as text, JSON and in both forms', () => {
  const path = fixture('paintarena-shared.json')
  assert.match(paracosm('validate', path).stdout, /^Valid: paintarena \S+, 2 slots, variants: default\n$/)
  const { status, stdout } = paracosm('validate', path, '--json')
  assert.equal(status, 0)
  assert.deepEqual([JSON.parse(stdout).ok, JSON.parse(stdout).slots], [true, 2])
  const form = (name: string) => JSON.parse(paracosm('validate', path, '--form', name).stdout)
  assert.equal('optimizer' in form('request'), false)
  assert.deepEqual(form('upload').optimizer, [])
})

test('coworld validate: an invalid manifest exits with 2 and names layer, path and fix, also as JSON', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'mixed ')), 'coworld_manifest.json')
  const older = JSON.parse(readFileSync(fixture('paintarena-0.1.0.json'), 'utf8'))
  writeFileSync(path, JSON.stringify({ ...older, tags: ['a', 'b', 'c'] }))
  const { status, stderr } = paracosm('validate', path)
  assert.equal(status, 2)
  assert.match(stderr, /MANIFEST_INVALID: .*: schema: \$\.tags: unknown key\n {2}fix: .*later generation/)
  const json = paracosm('validate', fixture('persephones_escape.json'), '--json')
  assert.equal(json.status, 2)
  assert.equal(JSON.parse(json.stdout).error.details.layer, 'schema')
  assert.equal(paracosm('validate', 'absent.json').status, 2)
})

test('coworld validate: a later manifest is valid, and its upload form is unchanged', () => {
  const path = fixture('paintarena-newer.json')
  const json = JSON.parse(paracosm('check', path, '--json').stdout)
  assert.deepEqual([json.ok, json.generation], [true, 'later'])
  assert.deepEqual(
    JSON.parse(paracosm('validate', path, '--form', 'upload').stdout),
    JSON.parse(readFileSync(path, 'utf8')),
  )
})

test('coworld schema: prints draft 2020-12 schemas', () => {
  for (const document of ['manifest', 'request']) {
    const { status, stdout } = paracosm('schema', document)
    assert.equal(status, 0)
    assert.equal(JSON.parse(stdout).$schema, 'https://json-schema.org/draft/2020-12/schema')
  }
  assert.equal(paracosm('schema', 'moon').status, 2)
})

test('coworld certify: it prints the output of the contract on standard output and each check on standard error', {
  skip: skipReason,
}, () => {
  const { manifest } = writeStandIn()
  const { status, stdout, stderr, cwd } = paracosm('certify', manifest, '--runtime', 'process')
  assert.equal(status, 0, stderr)
  const [certified, artifacts, results, replay, logs, end] = stdout.split('\n')
  assert.equal(certified, `Certified ${manifest}`)
  const folder = artifacts?.replace('Artifacts: ', '') ?? ''
  assert.ok(folder.startsWith(join(cwd, 'tmp/coworld-cert-')), folder)
  assert.deepEqual(
    [results, replay, logs, end],
    [`Results: ${folder}/results.json`, `Replay: ${folder}/replay.json`, `Logs: ${folder}/logs`, ''],
  )
  assert.match(stderr, /^ok {3}1 package: /)
  assert.match(stderr, /^skip \+ determinism: /m)
  assert.ok(stderr.includes(`Report: ${folder}/certification.html`), stderr)
  const page = readFileSync(join(folder, 'certification.html'), 'utf8')
  assert.match(page, /<meta name="viewport"/)
  assert.match(page, /prefers-color-scheme: dark/)
  assert.equal(/<script|<link|src=|href=|@import|url\(/.test(page), false, 'the page is one file')
  for (const id of [...CERTIFY_CHECKS, ...EXTRA_CHECKS]) assert.ok(page.includes(`</span> ${id} <small>`), id)
})

test('coworld certify: a failed check exits with 1 and is reported in text and JSON', { skip: skipReason }, () => {
  const { manifest } = writeStandIn({ gameFault: 'dies-early' })
  const text = paracosm('certify', manifest, '--runtime', 'process')
  assert.equal(text.status, 1)
  assert.equal(text.stdout, '')
  assert.match(
    text.stderr,
    /^FAIL 5 episode: the game exited before it was healthy, with status 3.*the arena caught fire.*fix: /ms,
  )
  const json = paracosm('certify', manifest, '--runtime', 'process', '--json', '--basic')
  assert.equal(json.status, 1)
  const report = JSON.parse(json.stdout)
  assert.equal(report.certified, false)
  assert.deepEqual(report.checks.map((check: { outcome: string }) => check.outcome).slice(0, 6), [
    'passed',
    'passed',
    'passed',
    'passed',
    'failed',
    'skipped',
  ])
  assert.equal(report.checks[4].steps.at(-1).id, 'clean-up')
})

test('coworld certify: wrong usage exits with 2', () => {
  const path = fixture('paintarena-0.1.0.json')
  assert.equal(paracosm('certify', path, '--timeout-seconds', '0').status, 2)
  assert.equal(paracosm('certify', path, '--runtime', 'hope').status, 2)
  assert.equal(paracosm('certify', 'absent.json', '--runtime', 'process').status, 2)
  assert.equal(paracosm('certify').status, 2)
})

test('coworld certify: without an engine the error says what to do', () => {
  const { status, stderr } = spawnSync(bin, ['coworld', 'certify', fixture('paintarena-0.1.0.json')], {
    encoding: 'utf8',
    env: { ...process.env, PARACOSM_CONTAINER_ENGINE: '/nowhere/engine' },
  })
  assert.equal(status, 2)
  assert.match(
    stderr,
    /ENGINE_MISSING: no container engine answers \(\/nowhere\/engine: .*\n {2}fix: .*--runtime process/,
  )
})

test('coworld run-episode: it plays, prints its artefacts, and accepts variants and output folders', {
  skip: skipReason,
}, () => {
  const { manifest, folder } = writeStandIn()
  const out = join(folder, 'the results')
  const text = paracosm(
    'run-episode',
    manifest,
    '--runtime',
    'process',
    '--output-dir',
    out,
    '--variant',
    'default',
    '--verify-replay',
  )
  assert.equal(text.status, 0, text.stderr)
  assert.equal(
    text.stdout,
    `Artifacts: ${out}\nResults: ${out}/results.json\nReplay: ${out}/replay.json\nLogs: ${out}/logs\n`,
  )
  assert.equal(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).ticks, 30)
  const json = paracosm('run-episode', manifest, '--runtime', 'process', '--json')
  assert.equal(JSON.parse(json.stdout).results.ticks, 5)
  assert.ok(existsSync(join(json.cwd, 'coworld-episode-results/logs/policy_agent_1.txt')))
})

test('coworld run-episode: argv without an image, or a wrong number of images, is wrong usage', {
  skip: skipReason,
}, () => {
  const { manifest } = writeStandIn()
  const alone = paracosm('run-episode', manifest, '--runtime', 'process', '--run', 'python')
  assert.equal(alone.status, 2)
  assert.match(alone.stderr, /--run requires an image/)
  const three = paracosm('run-episode', manifest, 'a', 'b', 'c', '--runtime', 'process')
  assert.equal(three.status, 2)
  assert.match(three.stderr, /expected 1 or 2 images/)
  assert.equal(paracosm('run-episode', manifest, '--runtime', 'process', '--variant', 'moon').status, 2)
})

test('coworld run-episode: a given argv replaces that of every slot and keeps the manifest’s environment', {
  skip: skipReason,
}, () => {
  const { manifest, folder } = writeStandIn({ playerFault: 'exits-with-5' })
  const python = JSON.parse(readFileSync(manifest, 'utf8')).player[0].run[0]
  const out = join(folder, 'out')
  const { status, stderr } = paracosm(
    'run-episode',
    manifest,
    'any-image',
    '--run',
    python,
    '--run',
    'player.py',
    '--runtime',
    'process',
    '-o',
    out,
  )
  assert.equal(status, 1)
  assert.match(stderr, /player 0 exited with status 5/)
})

test('coworld play: prints links, waits for the game, then the results', { skip: skipReason }, () => {
  const { manifest } = writeStandIn({ gameConfig: { player_connect_timeout_seconds: 0.3 } })
  const { status, stdout, stderr } = paracosm('play', manifest, '--runtime', 'process')
  assert.equal(status, 0, stderr)
  const link = 'http://127\\.0\\.0\\.1:\\d+/clients'
  const expected = [
    'Artifacts: .*/tmp/coworld-play-\\w+',
    'Player clients:',
    `  0: ${link}/player\\?slot=0&token=[\\w-]{22}`,
    `  1: ${link}/player\\?slot=1&token=[\\w-]{22}`,
    `Global client: ${link}/global`,
    `Admin client: ${link}/admin`,
    'Waiting for the game container to exit\\.\\.\\.',
    'Results: .*/results\\.json',
    'Replay: .*/replay\\.json',
    'Logs: .*/logs',
  ]
  assert.match(stdout, new RegExp(`^${expected.join('\\n')}\\n$`))
})

test('coworld play: an interrupt ends the game and exits with 1', { skip: skipReason }, async () => {
  const { manifest, mark } = writeStandIn()
  const wanted = /Waiting for the game/
  const { status, stderr } = await interrupted(['play', manifest, '--runtime', 'process'], wanted, async () => {
    assert.equal(processesWith(mark).length, 1)
  })
  assert.equal(status, 1)
  assert.match(stderr, /INTERRUPTED/)
  assert.deepEqual(processesWith(mark), [])
})

test('coworld play: two interrupts in a row leave nothing behind', { skip: skipReason }, async () => {
  const { manifest, mark } = writeStandIn()
  await interrupted(['play', manifest, '--runtime', 'process', '--json'], /"event":"ready"/, async () => undefined, 2)
  assert.deepEqual(processesWith(mark), [])
})

test('coworld replay: it opens a replay of a game and serves its page until it is interrupted', {
  skip: skipReason,
}, async () => {
  const { manifest, mark, folder } = writeStandIn()
  const out = join(folder, 'an episode')
  assert.equal(paracosm('run-episode', manifest, '--runtime', 'process', '-o', out).status, 0)
  const args = ['replay', manifest, join(out, 'replay.json'), '--runtime', 'process']
  const { stdout, status } = await interrupted(args, /Waiting for the replay container/, async (output) => {
    const url = /Replay client: (\S+)/.exec(output)?.[1] ?? ''
    assert.equal((await fetch(url)).status, 200)
    assert.match(url, /clients\/replay\?uri=file%3A%2F%2F%2F/)
  })
  assert.match(stdout, /^Artifacts: .*coworld-replay-.*\nReplay file: .*\/an episode\/replay\.json\nReplay client: /)
  assert.equal(status, 1)
  assert.deepEqual(processesWith(mark), [])
  assert.equal(paracosm('replay', manifest, join(out, 'absent.json'), '--runtime', 'process').status, 2)
})
