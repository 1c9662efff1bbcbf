// `paracosm strategy` through its real adapter: a spawned process.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { differencesOf } from '../../src/testing/strategy-cases.ts'
import { ruleNode } from '../../src/testing/strategy-nodes.ts'

const launcher = fileURLToPath(new URL('../../bin/paracosm', import.meta.url))
const oracle = fileURLToPath(new URL('../fixtures/strategy-dsl/oracle.jsonl', import.meta.url))
const cases = readFileSync(oracle, 'utf8').trimEnd().split('\n')
let folder = ''

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'strategy-cli-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[], input = '') {
  const maxBuffer = 64 * 1024 * 1024
  return spawnSync(launcher, ['strategy', ...args], { cwd: folder, encoding: 'utf8', input, maxBuffer })
}

function write(name: string, value: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const program = {
  type: 'program',
  rules: [],
  default: { type: 'assign_points', value: { type: 'field', path: 'data.x' }, case_name: 'A' },
}

for (const engine of ['tracing', 'prepared']) {
  test(`evaluate: all oracle cases pass through the command line, ${engine}`, () => {
    const { stdout, status } = run(['evaluate', '--cases', oracle, '--engine', engine])
    const results = stdout.trimEnd().split('\n')
    assert.equal(status, 0)
    assert.equal(results.length, 741)
    const faults = results.flatMap((line, i) => {
      const result = JSON.parse(line)
      const test = JSON.parse(cases[i] ?? '')
      assert.equal(result.id, test.id)
      return differencesOf(test, result, { hasTrace: engine === 'tracing' }).map((fault) => `${result.id}: ${fault}`)
    })
    assert.deepEqual(faults, [])
  })
}

test('evaluate: standard input works the same, and expectations in it are ignored', () => {
  const lines = cases.slice(0, 5).map((line) => ({ ...JSON.parse(line), expect: { ok: 'nonsense' }, expect_ts: 7 }))
  const { stdout, status } = run(
    ['evaluate', '--cases', '-'],
    `${lines.map((each) => JSON.stringify(each)).join('\n')}\n`,
  )
  assert.equal(status, 0)
  const fromFile = run(['evaluate', '--cases', write('five.jsonl', cases.slice(0, 5).join('\n'))]).stdout
  assert.equal(stdout, fromFile)
})

test('evaluate: results stream: the first is written before the second case is known', async () => {
  const child = spawn(launcher, ['strategy', 'evaluate', '--cases', '-'])
  try {
    child.stdin.write(`${cases[0]}\n`)
    const [first] = await new Promise<string[]>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().split('\n')))
    })
    assert.equal(JSON.parse(first ?? '').id, JSON.parse(cases[0] ?? '').id)
  } finally {
    child.stdin.end()
    await new Promise((resolve) => child.once('close', resolve))
  }
})

test('evaluate: an invalid line gets an error result, and the exit status shows it', () => {
  const { stdout, status } = run(['evaluate', '--cases', '-'], `{\n\n${cases[0]}\n{"id": "odd"}\n`)
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    results.map(({ stage, id }) => [id, stage ?? 'ran']),
    [
      [null, 'read'],
      [JSON.parse(cases[0] ?? '').id, results[1].stage ?? 'ran'],
      ['odd', 'read'],
    ],
  )
  assert.equal(status, 2)
})

test('evaluate: a missing file is an error with a hint', () => {
  const { stderr, status } = run(['evaluate', '--cases', 'nowhere.jsonl'])
  assert.equal(status, 2)
  assert.match(stderr, /FILE_UNREADABLE.*nowhere/)
})

test('validate: exit status 0 for valid, 1 for problems, 2 for invalid JSON', () => {
  assert.equal(run(['validate', write('good.json', program)]).status, 0)
  const bad = run(['validate', write('bad.json', { ...program, extra: 1 })])
  assert.equal(bad.status, 1)
  assert.match(bad.stdout, /\$\.extra.*unknown key extra/)
  const broken = run(['validate', write('broken.json', '{\n  "type": }')])
  assert.equal(broken.status, 2)
  assert.match(broken.stderr, /JSON_MALFORMED.*line 2/)
})

test('validate: --json reports every problem with its location; standard input works too', () => {
  const { stdout, status } = run(['validate', '-', '--json'], JSON.stringify({ ...program, default: { type: 'veto' } }))
  assert.equal(status, 1)
  const report = JSON.parse(stdout)
  assert.equal(report.ok, false)
  assert.deepEqual(
    report.files[0].problems.map(({ path, line, nodeId }: Record<string, unknown>) => [path, line, nodeId]),
    [
      ['$.default', 1, 'p.program.0.veto.0'],
      ['$.default', 1, 'p.program.0.veto.0'],
    ],
  )
})

test('validate: limits are read from the environment and from flags', () => {
  const path = write('small.json', program)
  const limited = spawnSync(launcher, ['strategy', 'validate', path], {
    encoding: 'utf8',
    env: { ...process.env, DSL_MAX_NODES: '2' },
  })
  assert.equal(limited.status, 1)
  assert.match(limited.stdout, /more than 2 nodes/)
  assert.equal(run(['validate', path, '--max-nodes', '3']).status, 0)
  assert.equal(run(['validate', path, '--max-depth', '1']).status, 1)
  assert.equal(run(['validate', path, '--max-nodes', 'many']).status, 2)
})

test('validate: a text above the limit is refused before it is parsed; white space does not count', () => {
  const padded = write('padded.json', JSON.stringify(program) + ' '.repeat(400_000))
  assert.equal(run(['validate', padded]).status, 0)
  const { stderr, status } = run([
    'validate',
    write('huge.json', JSON.stringify({ ...program, id: 'i'.repeat(300_000) })),
  ])
  assert.equal(status, 2)
  assert.match(stderr, /FILE_TOO_LARGE.*at most 262144/)
})

test('simulate: --json prints the result, with the trace on request', () => {
  const path = write('good.json', program)
  const { stdout, status } = run(['simulate', path, '--data', '{"x": 2.5}', '--json', '--trace'])
  assert.equal(status, 0)
  const { points, caseName, executionTrace, omittedEntries } = JSON.parse(stdout)
  assert.deepEqual([points, caseName, executionTrace.length, omittedEntries], [2.5, 'A', 2, 0])
  assert.deepEqual(executionTrace[0], {
    nodeId: 'p.program.0.assign_points.0.field.0',
    type: 'field',
    value: 2.5,
    branch: null,
  })
})

test('simulate: a failing program reports code, node and hint', () => {
  const { stderr, status } = run(['simulate', write('good.json', program), '--data', '{"x": "text"}'])
  assert.equal(status, 1)
  assert.match(stderr, /STRATEGY_FAILED.*DSL_ASSIGN_POINTS_NOT_NUMBER at node p\.program\.0\.assign_points\.0/)
  assert.match(stderr, /fix: .*finite number/)
  const json = run(['simulate', 'good.json', '--data', '{"x": "text"}', '--json'])
  const { error } = JSON.parse(json.stdout)
  assert.equal(error.details.code, 'DSL_ASSIGN_POINTS_NOT_NUMBER')
})

test('simulate: a plug-in contributes a parent; one that does not load is reported and skipped', () => {
  const plugin = `export const strategies = [{ id: 'mine', version: '1.0.0', name: 'Mine', description: 'x', revision: 1,
    variables: { variable_a: 2 }, calculatePoints: async (event, { variables }) => [variables.variable_a, 'Mine'] }]`
  const url = new URL(`file://${write('plugin.mjs', plugin)}`).href
  const extend = write('extend.json', { type: 'program', rules: [], parent_variables: { variable_a: 7 } })
  const { stdout, stderr } = run(['simulate', extend, '--parent', 'mine', '--plugin', url, 'no-such-package'])
  assert.equal(stdout.trim(), '7 points, case "Mine"')
  assert.match(stderr, /no-such-package was skipped/)
  const unknown = run(['simulate', extend, '--parent', 'nobody'])
  assert.equal(unknown.status, 2)
  assert.match(unknown.stderr, /UNKNOWN_STRATEGY/)
})

test('simulate: phases run separately, with a given parent result', () => {
  const set = { type: 'set_data', key: 'y', value: { type: 'literal', value: 1 } }
  const rule = (statement: unknown) => ruleNode<unknown>({ type: 'literal', value: true }, statement)
  const path = write('phases.json', {
    type: 'program',
    rules: [],
    pre_rules: [rule(set)],
    post_rules: [rule({ type: 'return' })],
  })
  const pre = JSON.parse(run(['simulate', path, '--mode', 'pre', '--data', '{"x": 1}', '--json']).stdout)
  assert.deepEqual(pre.workingData, { x: 1, y: 1 })
  const post = run(['simulate', path, '--mode', 'post', '--parent-result', '{"points": 4, "case_name": "Up"}'])
  assert.equal(post.stdout.trim(), '4 points, case "Up"')
  assert.equal(run(['simulate', path, '--mode', 'extend']).status, 2)
})

test('explain: it prints text, a tree, and failed runs', () => {
  const path = write('good.json', program)
  assert.match(
    run(['explain', path, '--data', '{"x": 3}']).stdout,
    /default: ran\n {7}→ data\.x points, case "A" \(3\)/,
  )
  const tree = JSON.parse(run(['explain', path, '--data', '{"x": 3}', '--json']).stdout)
  assert.equal(tree.phases[0].fallback.isDecisive, true)
  const failed = run(['explain', path])
  assert.equal(failed.status, 1)
  assert.match(failed.stdout, /The run failed: DSL_ASSIGN_POINTS_NOT_NUMBER/)
})

test('hash: reordered keys give the same hash; canonical JSON is printed on request', () => {
  const one = run(['hash', write('one.json', program)]).stdout
  const entries = Object.entries(program).reverse()
  assert.equal(run(['hash', write('two.json', Object.fromEntries(entries))]).stdout, one)
  assert.match(run(['hash', 'one.json', '--canonical']).stdout, /^\{"default":/)
  assert.deepEqual(JSON.parse(run(['hash', 'one.json', '--json']).stdout), { hash_version: one.trim() })
  const wrong = run(['hash', write('wrong.json', { ...program, extra: 1 })])
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /STRATEGY_INVALID/)
})

test('templates: they are listed, printed individually, and printed as JSON', () => {
  assert.match(run(['templates']).stdout, /bonus_extiende_default \(extends default\)/)
  assert.equal(JSON.parse(run(['templates', 'engagement_basico']).stdout).type, 'program')
  assert.equal(JSON.parse(run(['templates', '--json']).stdout).templates.length, 4)
  assert.equal(run(['templates', '__proto__']).status, 2)
})

test('usage: a missing file and template, or an invalid flag, is a usage error', () => {
  for (const args of [
    ['simulate'],
    ['simulate', 'a.json', '--template', 'engagement_basico'],
    ['simulate', '--template', 'engagement_basico', '--data', '[]'],
    ['simulate', '--template', 'engagement_basico', '--set', 'novalue'],
    ['simulate', '--template', 'engagement_basico', '--mode', 'sideways'],
    ['simulate', '--template', 'engagement_basico', '--mode', 'post', '--parent-result', '{"pts": 1}'],
    ['evaluate'],
    ['nonsense'],
  ]) {
    assert.equal(run(args).status, 2, args.join(' '))
  }
})

test('evaluate: a case with raw U+2028 and U+2029 is one case, from a file and from standard input', () => {
  const text = 'a\u2028b\u2029c'
  const line = JSON.stringify({ ...JSON.parse(cases[0] ?? '{}'), id: text })
  const wanted = run(['evaluate', '--cases', write('plain.jsonl', line.replaceAll(/[\u2028\u2029]/g, '|'))])
  assert.equal(wanted.status, 0, wanted.stderr)
  for (const ran of [
    run(['evaluate', '--cases', write('separators.jsonl', `${line}\n`)]),
    run(['evaluate', '--cases', '-'], line),
  ]) {
    assert.equal(ran.status, 0, ran.stderr)
    assert.equal(ran.stdout.replaceAll(/[\u2028\u2029]/g, '|'), wanted.stdout)
    assert.equal(JSON.parse(ran.stdout).id, text)
  }
})

test('plug-ins: a package and a path are looked up from the folder of the caller', () => {
  const source = (points: number) =>
    `export const strategies = [{ id: 'triple', version: '1.0.0', revision: 1, name: 'T', description: 'd', variables: {},
      calculatePoints: async () => [${points}, 'T'] }]`
  mkdirSync(join(folder, 'node_modules/myplug'), { recursive: true })
  write('node_modules/myplug/package.json', { name: 'myplug', version: '1.0.0', type: 'module', exports: './index.js' })
  write('node_modules/myplug/index.js', source(3))
  write('local.mjs', source(4))
  const base = ['simulate', '--template', 'bonus_extiende_default', '--parent', 'triple', '--plugin']
  assert.match(run([...base, 'myplug']).stdout, /^3 points/)
  assert.match(run([...base, './local.mjs']).stdout, /^4 points/)
})

test('plug-ins: a missing one is also reported without a parent', () => {
  const { stderr, status } = run([
    'simulate',
    write('good.json', program),
    '--data',
    '{"x":1}',
    '--plugin',
    'no-such-package',
  ])
  assert.equal(status, 0)
  assert.match(stderr, /warning: the strategy plug-in no-such-package was skipped/)
})

test('validate: a file that is missing does not hide the reports of the others', () => {
  const files = [write('bad.json', { ...program, extra: 1 }), write('good.json', program), 'nowhere.json']
  const { stdout, status } = run(['validate', ...files])
  assert.equal(status, 2)
  assert.match(stdout, /unknown key extra[\s\S]*ok {3}.*good\.json[\s\S]*FAIL nowhere\.json: FILE_UNREADABLE/)
  const json = JSON.parse(run(['validate', ...files, '--json']).stdout)
  assert.deepEqual(
    json.files.map((file: { ok: boolean; error?: { code: string } }) => file.error?.code ?? file.ok),
    [false, true, 'FILE_UNREADABLE'],
  )
})

test('simulate: probable mistakes in valid input cause warnings', () => {
  const good = write('good.json', program)
  const extend = write('extend.json', { type: 'program', rules: [], parent_variables: { variable_basic_pionts: 2 } })
  const twice = write(
    'twice.json',
    JSON.stringify(program).replace('{"type":"program"', '{"rules":[],"type":"program"'),
  )
  for (const [args, warning] of [
    [
      [good, '--data', '{"x":1}', '--set', 'user.measurement_count=9'],
      /is not a field that programs can read; did you mean user\.measurements_count\?/,
    ],
    [[good, '--data', '{"x":1}', '--set', 'data.x y=1'], /data\.x y is not a field that programs can read/],
    [[extend, '--parent', 'default'], /default has no variable_basic_pionts; did you mean variable_basic_points\?/],
    [[extend], /parent_variables do nothing without a parent: add --parent/],
    [[good, '--parent', 'default'], /default do nothing with a parent/],
    [[twice, '--data', '{"x":1}'], /line 1, column \d+: the key rules appears twice/],
  ] as const) {
    const { stderr, status } = run(['simulate', ...args])
    assert.equal(status, 0, stderr)
    assert.match(stderr, warning)
  }
  const { stderr } = run(['simulate', good, '--data', '{"x":1}', '--set', 'data.y=1'])
  assert.equal(stderr, '')
})

test('simulate: a user error is not reported as a bug of paracosm', () => {
  const post = ['simulate', '--template', 'bonus_extiende_default', '--mode', 'post', '--parent-result']
  const text = run([...post, '{"points":"x"}'])
  assert.equal(text.status, 2)
  assert.match(text.stderr, /VALIDATION_ERROR: --parent-result is not valid: \$\.points/)
  const variables = (value: unknown) => ({
    type: 'program',
    rules: [],
    parent_variables: { variable_max_points: value },
  })
  for (const value of [0, false, 'x']) {
    const zero = write('zero.json', variables(value))
    const failed = run([
      'simulate',
      zero,
      '--parent',
      'constantEffortStrategy',
      '--set',
      'user.recent_measurements_count=3',
    ])
    assert.equal(failed.status, 1)
    assert.match(
      failed.stderr,
      /STRATEGY_FAILED: the parent strategy constantEffortStrategy failed: variable_max_points must/,
    )
  }
  const points = write('text.json', { type: 'program', rules: [], parent_variables: { variable_basic_points: 'x' } })
  const told = run(['simulate', points, '--parent', 'default'])
  assert.match(told.stderr, /warning: the points are not a number: "x"/)
})

test('validate: the most common mistakes say what to write instead', () => {
  const when = { type: 'compare', op: '=', left: { type: 'field', path: 'user.measurement_count' }, right: 5 }
  const rules = [ruleNode<unknown>(when, { type: 'assign_point', value: 5, case_name: 'A' })]
  const { stdout } = run(['validate', write('novice.json', { type: 'program', rules })])
  assert.match(stdout, /fix: Did you mean ==\?/)
  assert.match(stdout, /fix: Did you mean user\.measurements_count\?/)
  assert.match(stdout, /fix: Write \{"type": "literal", "value": 5\}\./)
  assert.match(stdout, /fix: Did you mean assign_points\?/)
})

test('templates: the variables of the parents are listed', () => {
  assert.match(run(['templates']).stdout, /constantEffortStrategy[\s\S]*variable_max_points = 100/)
})
