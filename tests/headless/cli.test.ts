import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

const PARACOSM = fileURLToPath(new URL('../../bin/paracosm', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'paracosm-headless-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const inFolder = (name: string): string => join(folder, name)

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function paracosm(args: readonly string[], input?: string): Ran {
  const { status, stdout, stderr } = spawnSync(PARACOSM, ['headless', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  })
  return { status, stdout, stderr }
}

/** The single document that a call prints. */
function document(ran: Ran) {
  assert.equal(ran.stdout.trimEnd().split('\n{').length, 1, 'more than one document')
  return JSON.parse(ran.stdout)
}

const ajv = new Ajv2020({ strict: false, formats: {} })
const validators = new Map<string, ReturnType<typeof ajv.compile>>()

function assertValid(schema: string, value: unknown): void {
  const validate = validators.get(schema) ?? ajv.compile(JSON.parse(paracosm(['--schema', schema]).stdout))
  validators.set(schema, validate)
  assert.ok(validate(value), JSON.stringify(validate.errors?.slice(0, 3)))
}

/** The example script of the original description of the interface. */
const SCRIPT = [
  {
    type: 'apply_command',
    command: { type: 'place_part', def_id: 'frame_block', origin: { x: 1, y: 1, z: 1 }, facing: 'north' },
  },
  {
    type: 'apply_command',
    command: { type: 'place_part', def_id: 'wire', origin: { x: 2, y: 1, z: 1 }, facing: 'north' },
  },
  { type: 'tick', ticks: 8 },
  { type: 'inspect_part', part_id: 1 },
]

function writeScript(name: string, steps: unknown): string {
  writeFileSync(inFolder(name), JSON.stringify(steps))
  return inFolder(name)
}

const SOLUTION = 'src/worlds/foundry/solutions/first_slice.json'

test('headless: the scenarios are listed as one valid document', () => {
  const ran = paracosm(['--list-scenarios', '--json'])
  assert.equal(ran.status, 0)
  const listing = document(ran)
  assertValid('output', listing)
  assert.deepEqual(listing.scenarios[0].size, { x: 16, y: 6, z: 12 })
})

test('headless: a scenario is reported after some ticks, in full or as a summary', () => {
  const full = document(paracosm(['--scenario', 'first_slice', '--ticks', '20', '--json']))
  assertValid('output', full)
  assertValid('save', full.world)
  assert.equal(full.summary.tick, 20)
  const thin = document(paracosm(['--scenario', 'first_slice', '--ticks', '20', '--json', '--json-profile', 'summary']))
  assertValid('output', thin)
  assert.deepEqual([thin.world, thin.inspect], [undefined, undefined])
  assert.deepEqual(thin.summary, full.summary)
})

test('headless: a part of a save is inspected', () => {
  const save = inFolder('inspected.json')
  const made = paracosm(['--scenario', 'first_slice', '--command-file', SOLUTION, '--save', save, '--json'])
  assert.equal(made.status, 0)
  assertValid('save', JSON.parse(readFileSync(save, 'utf8')))
  assert.deepEqual(document(made).world, JSON.parse(readFileSync(save, 'utf8')))
  const ran = paracosm(['--load', save, '--inspect-part', '12', '--json'])
  assert.equal(ran.status, 0)
  const report = document(ran)
  assertValid('output', report)
  assert.deepEqual(report.source, { kind: 'save', path: save })
  assert.equal(report.inspect.part.id, 12)
  assert.equal(report.summary.state_hash, document(made).summary.state_hash)
})

test('headless: a script writes a trace that has every summary', () => {
  const trace = inFolder('trace.jsonl')
  const script = writeScript('script.json', SCRIPT)
  const ran = paracosm(['--scenario', 'first_slice', '--command-file', script, '--emit-trace', trace, '--json'])
  assert.equal(ran.status, 0)
  const report = document(ran)
  assertValid('output', report)
  assertValid('commands', SCRIPT)
  assert.deepEqual(report.steps[0].detail, { part_id: 2 })
  const records = readFileSync(trace, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const record of records) assertValid('trace', record)
  assert.deepEqual(
    records.map(({ stage }) => stage),
    ['initial', 'step', 'step', 'step', 'step', 'final'],
  )
  assert.deepEqual(
    records.slice(1, -1).map(({ step }) => step),
    SCRIPT,
  )
  assert.deepEqual(
    records.slice(1, -1).map(({ summary }) => summary.state_hash),
    report.steps.map(({ state_hash }: { state_hash: string }) => state_hash),
  )
  assert.deepEqual(records[4].inspection, report.steps[3].detail)
  assert.deepEqual(records[5].summary, report.summary)
  // Without the world: the records alone have the state before a step and its changes.
  assert.equal(records[1].summary.parts - records[0].summary.parts, 1)
  assert.equal(records[0].summary.build_inventory.wire - records[2].summary.build_inventory.wire, 1)
})

test('headless: each step of a trace equals the report of a run that stops there', () => {
  const trace = inFolder('whole.jsonl')
  paracosm(['--scenario', 'first_slice', '--command-file', SOLUTION, '--emit-trace', trace, '--json'])
  const steps = JSON.parse(readFileSync(SOLUTION, 'utf8'))
  const records = readFileSync(trace, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const count of [1, 7, steps.length]) {
    const script = writeScript('part.json', steps.slice(0, count))
    const report = document(paracosm(['--command-file', script, '--json', '--json-profile', 'summary']))
    assert.deepEqual(records[count].summary, report.summary)
  }
})

test('headless: running, saving, loading and continuing in other processes gives the hash of one run', () => {
  const built = writeScript('built.json', JSON.parse(readFileSync(SOLUTION, 'utf8')).slice(0, -1))
  for (const [n, m] of [
    [1, 1],
    [97, 203],
    [250, 33],
  ]) {
    const save = inFolder(`resume-${n}.json`)
    paracosm(['--command-file', built, '--ticks', String(n), '--save', save])
    const resumed = document(paracosm(['--load', save, '--ticks', String(m), '--json']))
    const whole = document(paracosm(['--command-file', built, '--ticks', String((n ?? 0) + (m ?? 0)), '--json']))
    assert.deepEqual(resumed.summary, whole.summary)
    assert.deepEqual(resumed.world.state, whole.world.state)
  }
})

test('headless: --until-victory stops at victory, and fails without one', () => {
  const built = writeScript('victory.json', JSON.parse(readFileSync(SOLUTION, 'utf8')).slice(0, -1))
  const won = document(paracosm(['--command-file', built, '--until-victory', '--json', '--json-profile', 'summary']))
  assert.deepEqual([won.ok, won.summary.objective.completed_at], [true, won.summary.tick])
  const ran = paracosm(['--scenario', 'first_slice', '--until-victory', '50', '--json', '--json-profile', 'summary'])
  assert.equal(ran.status, 1)
  assert.deepEqual(document(ran).error.code, 'VICTORY_NOT_REACHED')
})

test('headless: a failing step ends the script with status 1, and the document has the world and the error', () => {
  const script = writeScript('fails.json', [
    ...SCRIPT.slice(0, 1),
    { type: 'apply_command', command: { type: 'remove_part', part_id: 1 } },
    { type: 'tick', ticks: 5 },
  ])
  const ran = paracosm(['--scenario', 'first_slice', '--command-file', script, '--json'])
  assert.equal(ran.status, 1)
  const report = document(ran)
  assertValid('output', report)
  assert.deepEqual([report.ok, report.error.code, report.error.step_index], [false, 'FIXED_PART', 1])
  assert.deepEqual([report.steps.length, report.summary.tick, report.world.tick], [2, 0, 0])
})

test('headless: each crew has its own slot', () => {
  const ran = paracosm([
    '--scenario',
    'two_crews',
    '--command-file',
    'src/worlds/foundry/solutions/two_crews.json',
    '--json',
    '--json-profile',
    'summary',
  ])
  assert.deepEqual([ran.status, document(ran).summary.objective.complete], [0, true])
})

test('headless: a script can be read from standard input', () => {
  const ran = paracosm(
    ['--command-file', '-', '--json', '--json-profile', 'inspect'],
    JSON.stringify({ steps: SCRIPT }),
  )
  assert.deepEqual([ran.status, document(ran).steps.length], [0, 4])
})

test('headless: without --json it prints a short report, and errors go to standard error', () => {
  const ran = paracosm(['--scenario', 'first_slice', '--ticks', '3', '--inspect-part', '9'])
  assert.equal(ran.status, 1)
  assert.match(ran.stdout, /^Scenario first_slice\n {2}step 0 tick ok, tick 3\ntick: 3\n/)
  assert.match(ran.stderr, /error UNKNOWN_PART: there is no part 9/)
})

const MEBIBYTE = 1_048_576

/** Invalid input: its name, the arguments, the code, and what the message must contain. */
const BAD: readonly (readonly [name: string, args: () => string[], code: string, names: RegExp])[] = [
  [
    'JSON nested without end',
    () => [
      '--command-file',
      textFile(`[{"type":"apply_command","command":{"type":${'['.repeat(99_999)}${']'.repeat(99_999)}}}]`),
    ],
    'VALIDATION_ERROR',
    /200 levels/,
  ],
  ['an empty file', () => ['--command-file', textFile('')], 'JSON_MALFORMED', /line 1, column 1/],
  [
    'malformed JSON',
    () => ['--command-file', textFile('[\n  {"type": "tick",\n   ticks: 1}]')],
    'JSON_MALFORMED',
    /line 3, column 4/,
  ],
  ['an unknown step', () => ['--command-file', textFile('[{"type":"jump"}]')], 'VALIDATION_ERROR', /\$\[0\]\.type/],
  [
    'an unknown key',
    () => ['--command-file', textFile('{"steps":[{"type":"tick","ticks":1,"by":2}]}')],
    'VALIDATION_ERROR',
    /\$\.steps\[0\]\.by/,
  ],
  [
    'huge ticks in a script',
    () => ['--command-file', textFile('[{"type":"tick","ticks":99999999}]')],
    'VALIDATION_ERROR',
    /10000000/,
  ],
  ['an unknown scenario', () => ['--scenario', 'nowhere'], 'UNKNOWN_VARIANT', /first_slice/],
  ['an unknown world', () => ['--world', 'nowhere'], 'UNKNOWN_WORLD', /foundry/],
  [
    '--load and --scenario together',
    () => ['--load', 'x.json', '--scenario', 'first_slice'],
    'USAGE',
    /cannot be combined/,
  ],
  ['--load and --seed together', () => ['--load', 'x.json', '--seed', '3'], 'USAGE', /seed/],
  ['a save that is not there', () => ['--load', inFolder('nothing.json')], 'FILE_UNREADABLE', /nothing\.json/],
  [
    'a save of a newer version',
    () => ['--load', spoiledSave((save) => Object.assign(save, { version: 2 }))],
    'SAVE_VERSION',
    /version 2/,
  ],
  [
    'a save of a newer world',
    () => ['--load', spoiledSave((save) => Object.assign(save.world, { version: '9.0.0' }))],
    'SAVE_VERSION',
    /9\.0\.0/,
  ],
  [
    'a save with two parts in a cell',
    () => ['--load', spoiledSave((save) => save.state.parts.push({ ...save.state.parts[0], id: 2 }))],
    'STATE_INVALID',
    /\$\.state\.parts\[1\]\.id/,
  ],
  [
    'a save of another world',
    () => ['--world', 'paint-arena', '--load', spoiledSave(() => undefined)],
    'STATE_INVALID',
    /foundry/,
  ],
  ['an unwritable trace', () => ['--emit-trace', inFolder('no/such/folder/trace')], 'FILE_UNWRITABLE', /trace/],
  ['an unwritable save', () => ['--save', inFolder('no/such/folder/save')], 'FILE_UNWRITABLE', /save/],
  ['a command file of 200 MB', () => ['--command-file', largeFile(200 * MEBIBYTE)], 'FILE_TOO_LARGE', /64 MiB/],
]

let files = 0

function textFile(text: string): string {
  const path = inFolder(`text-${files++}.json`)
  writeFileSync(path, text)
  return path
}

function largeFile(size: number): string {
  const path = textFile('[')
  truncateSync(path, size)
  return path
}

function spoiledSave(spoil: (save: any) => unknown): string {
  const path = inFolder(`save-${files++}.json`)
  paracosm(['--scenario', 'first_slice', '--ticks', '1', '--save', path])
  const save = JSON.parse(readFileSync(path, 'utf8'))
  spoil(save)
  writeFileSync(path, JSON.stringify(save))
  return path
}

for (const [name, args, code, names] of BAD) {
  test(`headless: ${name} is refused with ${code} and status 2`, () => {
    const ran = paracosm([...args(), '--json'])
    assert.equal(ran.status, 2, ran.stderr)
    const report = document(ran)
    assertValid('output', report)
    assert.deepEqual([report.ok, report.error.code, report.summary], [false, code, null])
    assert.match(report.error.message, names)
    assert.match(ran.stderr, new RegExp(`error ${code}`))
  })
}

for (const args of [['--ticks', '-1'], ['--ticks', '10000001'], ['--json-profile', 'tiny'], ['--bogus']]) {
  test(`headless: ${args.join(' ')} is wrong usage, status 2, one document`, () => {
    const ran = paracosm([...args, '--json'])
    assert.equal(ran.status, 2)
    assert.deepEqual([document(ran).ok, document(ran).error.code], [false, 'USAGE'])
  })
}

test('headless: a usage error of the option parser is a complete document too', () => {
  for (const args of [
    ['--bogus'],
    ['--ticks', '-1'],
    ['--json-profile', 'tiny'],
    ['--list-scenarios', '--scenario', 'x'],
  ]) {
    const ran = paracosm([...args, '--json'])
    assert.equal(ran.status, 2, args.join(' '))
    assert.equal(ran.stdout.trimEnd().split('\n').length, 1, 'one line')
    const report = JSON.parse(ran.stdout)
    assertValid('output', report)
    assert.deepEqual([report.ok, report.source, report.steps, report.summary], [false, null, [], null])
    assert.equal(report.error.code, 'USAGE')
  }
})

test('headless: the catalogue has every part with its ports, every recipe, and the initial state of each scenario', () => {
  const catalogue = JSON.parse(paracosm(['--schema', 'catalogue']).stdout)
  assert.equal(catalogue.world.id, 'foundry')
  const smelter = catalogue.parts.find((part: { id: string }) => part.id === 'smelter')
  assert.deepEqual(smelter.footprint, { right: 1, up: 1, front: 2 })
  assert.deepEqual(smelter.recipes, ['smelt_iron', 'smelt_copper'])
  assert.deepEqual(smelter.ports[0], { kind: 'item', direction: 'in', at: { right: 0, up: 0, front: 0 }, side: 'back' })
  const gear = catalogue.recipes.find((recipe: { id: string }) => recipe.id === 'press_gear')
  assert.deepEqual([gear.inputs, gear.outputs, gear.ticks], [{ iron_plate: 2 }, { gear: 1 }, 20])
  const crews = catalogue.scenarios.find((scenario: { id: string }) => scenario.id === 'two_crews')
  assert.deepEqual(crews.config.plots[0], { x0: 0, x1: 9, z0: 0, z1: 11 })
  assert.equal(paracosm(['--world', 'parley', '--schema', 'catalogue', '--json']).status, 2)
})

test('headless: a save whose header and state disagree is refused with the path', () => {
  const path = inFolder('sound.json')
  paracosm(['--scenario', 'first_slice', '--ticks', '5', '--save', path])
  const sound = JSON.parse(readFileSync(path, 'utf8'))
  for (const [at, spoilt] of [
    ['$.tick', { ...sound, tick: 6 }],
    ['$.tick', { ...sound, state: { ...sound.state, tick: 6 } }],
    ['$.seed', { ...sound, seed: 77 }],
    ['$.scenario', { ...sound, scenario: 'nope' }],
    [
      '$.state.inventories[0].wire',
      { ...sound, state: { ...sound.state, inventories: [{ ...sound.state.inventories[0], wire: 1000 }] } },
    ],
  ] as const) {
    writeFileSync(inFolder('spoilt.json'), JSON.stringify(spoilt))
    const ran = paracosm(['--load', inFolder('spoilt.json'), '--json'])
    assert.equal(ran.status, 2, at)
    const { error } = document(ran)
    assert.equal(error.code, 'STATE_INVALID')
    assert.ok(error.message.includes(`${at}:`), error.message)
  }
})

test('headless: a failed run leaves no temporary files and no partial save', () => {
  const save = inFolder('kept.json')
  paracosm(['--scenario', 'first_slice', '--save', save])
  const before = readFileSync(save, 'utf8')
  const ran = paracosm(['--save', save, '--emit-trace', inFolder('no/such/folder/trace'), '--json'])
  assert.equal(ran.status, 2)
  assert.equal(readFileSync(save, 'utf8'), before)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('headless: if the disk fills up during a save, the old save stays unchanged', (t) => {
  const disk = inFolder('disk')
  spawnSync('mkdir', [disk])
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
  if (mounted.status !== 0) {
    t.skip('this process may not mount a small disk')
    return
  }
  try {
    const save = join(disk, 'save.json')
    assert.equal(paracosm(['--scenario', 'first_slice', '--save', save]).status, 0)
    const before = readFileSync(save, 'utf8')
    const ran = paracosm(['--scenario', 'sprawl', '--save', save, '--json'])
    assert.equal(ran.status, 2)
    assert.equal(document(ran).error.code, 'FILE_UNWRITABLE')
    assert.equal(readFileSync(save, 'utf8'), before)
    assert.deepEqual(readdirSync(disk), ['save.json'])
    assert.equal(existsSync(save), true)
  } finally {
    spawnSync('umount', [disk])
  }
})

test('headless: every built-in world can be played', () => {
  for (const world of ['foundry', 'paint-arena']) {
    const ran = paracosm(['--world', world, '--ticks', '5', '--json', '--json-profile', 'summary'])
    assert.deepEqual([ran.status, document(ran).summary.tick], [0, 5])
    const listed = paracosm(['--world', world, '--list-scenarios'])
    assert.match(listed.stdout, /^Scenario/)
  }
})
