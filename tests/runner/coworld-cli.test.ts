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

test('coworld run-episode: several episodes count their seeds up, players get secrets, and one that fails stops no other', {
  skip: skipReason,
}, () => {
  const { manifest, folder } = writeStandIn({
    gameConfig: { seed: 7, player_connect_timeout_seconds: 6 },
    edit(written) {
      written.game.config_schema.properties.seed = { type: 'integer' }
      const argv = written.player[0].run.join(' ')
      const script = `echo "key $API_KEY"; exec ${argv}`
      written.player[0].run = ['/bin/sh', '-c', script]
    },
  })
  const out = join(folder, 'many')
  const args = [
    'run-episode',
    manifest,
    '--runtime',
    'process',
    '--episodes',
    '2',
    '-o',
    out,
    '--secret-env',
    'API_KEY=a=b',
  ]
  const text = paracosm(...args)
  assert.equal(text.status, 0, text.stderr)
  assert.match(
    text.stdout,
    /^Episode 1\/2: scores \d+, \d+ \(.*episode-0001\)\nEpisode 2\/2: .*episode-0002\)\nMean scores by slot: [\d.]+, [\d.]+\nEpisodes: 2 played, 0 failed\n$/,
  )
  const configOf = (number: string) => JSON.parse(readFileSync(join(out, `episode-${number}/config.json`), 'utf8'))
  assert.deepEqual([configOf('0001').seed, configOf('0002').seed], [7, 8])
  assert.match(readFileSync(join(out, 'episode-0002/logs/policy_agent_1.txt'), 'utf8'), /^key a=b\n/)
  assert.ok(
    !text.stdout.includes('a=b') && !readFileSync(join(out, 'episode-0001/config.json'), 'utf8').includes('a=b'),
  )
  const failing = paracosm(...args, '--json', '--run', '/bin/false')
  assert.equal(failing.status, 2)
  const broken = paracosm(
    'scrimmage',
    manifest,
    '/bin/false',
    '--run',
    '/bin/false',
    '--runtime',
    'process',
    '--episodes',
    '2',
    '-o',
    out,
    '--json',
  )
  assert.equal(broken.status, 1)
  const { episodes } = JSON.parse(broken.stdout)
  assert.deepEqual(
    episodes.map((each: any) => [each.error.code, each.error.details.error_type, each.results]),
    [
      ['RUN_FAILED', 'player_error', undefined],
      ['RUN_FAILED', 'player_error', undefined],
    ],
  )
  assert.equal(paracosm('run-episode', manifest, '--secret-env', 'PATH=/x').status, 2)
  assert.equal(paracosm('run-episode', manifest, '--secret-env', 'oops').status, 2)
})

test('coworld run-episode: a request file says who plays what, and must be of the package', {
  skip: skipReason,
}, () => {
  const { manifest, folder } = writeStandIn()
  const written = JSON.parse(readFileSync(manifest, 'utf8'))
  const player = { image: written.player[0].image, run: written.player[0].run, env: {} }
  const request = {
    manifest: written,
    game_config: { ...written.certification.game_config, max_ticks: 3 },
    players: [player, player],
  }
  const path = join(folder, 'episode_request.json')
  const run = (content: unknown, ...more: string[]) => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return paracosm(
      'run-episode',
      manifest,
      path,
      '--runtime',
      'process',
      '-o',
      join(folder, 'exact'),
      '--json',
      ...more,
    )
  }
  const played = run(request)
  assert.equal(played.status, 0, played.stderr)
  assert.equal(JSON.parse(played.stdout).results.ticks, 3)
  for (const [content, wanted] of [
    [
      { ...request, manifest: { ...written, variants: [{ ...written.variants[0], name: 'other' }] } },
      /not the one of the package/,
    ],
    [{ ...request, players: [player] }, /config_schema/],
    [{ ...request, extra: 1 }, /extra/],
    ['[]', /no JSON object/],
    ['{', /JSON/],
  ] as const) {
    const { status, stderr, stdout } = run(content)
    assert.notEqual(status, 0)
    assert.match(stderr + stdout, wanted)
  }
  assert.equal(run(request, '--variant', 'default').status, 2)
  assert.equal(paracosm('run-episode', manifest, join(folder, 'none.json'), '--runtime', 'process').status, 2)
})

test('coworld bundle and run-grader: an episode is packed, and a grader and a diagnoser of the package read it', {
  skip: skipReason,
}, () => {
  const GRADER = `import io, json, os, sys, zipfile
from urllib.parse import urlparse, unquote
path = lambda name: unquote(urlparse(os.environ[name]).path)
bundle = zipfile.ZipFile(path('COGAME_EPISODE_BUNDLE_URI'))
files = json.loads(bundle.read('manifest.json'))['files']
scores = json.loads(bundle.read(files['results']))['scores']
log = bundle.read(files['player_logs']['1'])
print('read', len(log), 'bytes')
if 'COGAME_GRADE_URI' in os.environ:
    score = 'high' if len(sys.argv) > 1 else sum(scores)
    json.dump({'grader_id': 'sum', 'score': score, 'extra': 1}, open(path('COGAME_GRADE_URI'), 'w'))
else:
    with zipfile.ZipFile(path('COGAME_DIAGNOSIS_URI'), 'w') as out:
        out.writestr('diagnosis.md', os.environ['COGAME_TARGET_POLICY_URI'])
`
  const { manifest, folder } = writeStandIn({
    edit(written) {
      const role = (type: string, id: string, ...more: string[]) => ({
        ...written.player[0],
        type,
        id,
        run: [written.player[0].run[0], 'role.py', ...more],
      })
      written.grader = [role('grader', 'sum'), role('grader', 'bad', 'x')]
      written.diagnoser = [role('diagnoser', 'd')]
    },
  })
  writeFileSync(join(folder, 'role.py'), GRADER)
  const out = join(folder, 'one')
  assert.equal(paracosm('run-episode', manifest, '--runtime', 'process', '-o', out).status, 0)
  const zip = join(folder, 'ep.zip')
  const packed = paracosm('bundle', out, '-o', zip)
  assert.equal(packed.stdout, `Bundle: ${zip}\n`, packed.stderr)
  const read = spawnSync(
    'python3',
    [
      '-c',
      'import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.namelist(), json.loads(z.read("manifest.json"))]))',
      zip,
    ],
    { encoding: 'utf8' },
  )
  const [names, found] = JSON.parse(read.stdout)
  assert.deepEqual(names, [
    'manifest.json',
    'results.json',
    'replay.json',
    'logs/game.log',
    'logs/policy_agent_0.log',
    'logs/policy_agent_1.log',
  ])
  assert.deepEqual(found.include, ['results', 'replay', 'game_logs', 'player_logs'])
  assert.equal(found.status, 'success')
  assert.deepEqual(found.files.player_logs, { 0: 'logs/policy_agent_0.log', 1: 'logs/policy_agent_1.log' })
  assert.ok(!JSON.stringify(found).includes('token'))
  assert.equal(JSON.parse(paracosm('bundle', out, '-o', zip, '--include', 'results', '--json').stdout).bundle, zip)
  assert.equal(paracosm('bundle', out, '--include', 'x').status, 2)
  assert.equal(paracosm('bundle', folder).status, 2)
  const role = (kind: string, ...more: string[]) =>
    paracosm(`run-${kind}`, manifest, out, '--runtime', 'process', '-o', join(folder, kind), ...more)
  const grade = role('grader', '--json')
  assert.equal(grade.status, 0, grade.stderr)
  const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
  assert.deepEqual(JSON.parse(grade.stdout).grade, {
    grader_id: 'sum',
    score: results.scores[0] + results.scores[1],
    extra: 1,
  })
  const bad = role('grader', '--id', 'bad')
  assert.equal(bad.status, 1)
  assert.match(bad.stderr, /RESULTS_INVALID[\s\S]*score/)
  assert.equal(role('grader', '--id', 'none').status, 2)
  assert.match(role('diagnoser', '--target', 'policy://mine').stdout, /^Output: .*diagnosis\.zip\nLog: /)
  const reporter = role('reporter')
  assert.equal(reporter.status, 2)
  assert.match(reporter.stderr, /the package has no reporter/)
})

test("coworld play: --players starts the package's own players; slots that do not exist are refused", () => {
  const games = join(root, 'tests/fixtures/coworld-node')
  const manifest = JSON.parse(readFileSync(join(games, 'manifest.json'), 'utf8'))
  const player = `const socket = new WebSocket(process.env.COWORLD_PLAYER_WS_URL)
    socket.onopen = () => [1, 2, 3].forEach(() => socket.send('{}'))
    socket.onmessage = ({ data }) => JSON.parse(data).type === 'final' && socket.close()`
  manifest.game.runnable.run = [process.execPath, join(games, 'game.mjs')]
  manifest.player[0].run = [process.execPath, '-e', player]
  manifest.variants[0].game_config.target = 3
  const path = join(mkdtempSync(join(tmpdir(), 'to play ')), 'coworld_manifest.json')
  writeFileSync(path, JSON.stringify(manifest))
  const play = (players: string) =>
    paracosm('play', path, '--players', players, '--variant', 'default', '--runtime', 'process', '--json')
  const { status, stdout, stderr } = play('all')
  assert.equal(status, 0, stderr)
  const [ready, ended] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual([ready.event, ended.event, ended.results], ['ready', 'ended', { scores: [3, 3] }])
  for (const players of ['2', 'some', '1,']) assert.equal(play(players).status, 2, players)
})
