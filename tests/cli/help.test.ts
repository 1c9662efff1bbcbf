// Help, suggestions, errors and completion of the command line.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, test } from 'node:test'
import type { Command } from 'commander'
import { SCRIPTS } from '../../src/cli/completion/scripts.ts'
import { TASKS } from '../../src/cli/group.ts'
import { GROUPS } from '../../src/cli/groups.ts'
import type { Io } from '../../src/cli/io.ts'
import { createStyle } from '../../src/cli/style.ts'
import { readConfig } from '../../src/config.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { LAUNCHER, runCommand } from '../../src/testing/cli.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm help '))
after(() => rmSync(folder, { recursive: true }))

const io: Io = {
  config: readConfig({}, {}),
  configFile: undefined,
  worlds: builtInWorlds(),
  out: () => undefined,
  err: () => undefined,
  progress: () => undefined,
  isTerminal: false,
  columns: undefined,
  style: createStyle(process.stdout),
  signal: new AbortController().signal,
  exit: () => undefined,
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text
}

const withChildren = (command: Command, path: string): [string, Command][] => [
  [path, command],
  ...command.commands.flatMap((child) => withChildren(child, `${path} ${child.name()}`)),
]

test('help: every command has a sentence as description and an example that calls it', async () => {
  for (const group of GROUPS) {
    const root = (await group.load()).createCommand(io)
    for (const [path, command] of withChildren(root, `paracosm ${group.name}`)) {
      assert.match(command.description(), /^[A-Z].*[.]$/, path)
      const help = helpOf(command)
      assert.ok(/^Examples?:$/m.test(help) && help.includes(`  ${path}`), `${path} has no example`)
    }
  }
})

test('help: the root lists every group under its task', async () => {
  const { out } = await runCommand(['--help'])
  for (const task of TASKS) {
    const section = out.split(`${task}:\n`)[1]?.split('\n\n')[0] ?? ''
    for (const { name } of GROUPS.filter((each) => each.task === task))
      assert.match(section, new RegExp(`^ +${name} `, 'm'))
  }
  assert.equal((await runCommand(['help', 'replay', 'fork'])).out, (await runCommand(['replay', 'fork', '--help'])).out)
})

/** A mistyped command line, and the suggestion. */
const TYPOS: readonly (readonly [readonly string[], string])[] = [
  [['rnu'], 'run'],
  [['rnu', '--help'], 'run'],
  [['world', 'certfy'], 'certify'],
  [['run', 'paint-arena', '--varient', 'duel'], '--variant'],
  [['run', 'pain-arena'], 'paint-arena'],
  [['world', 'show', 'fronteir'], 'frontier'],
  [['run', 'paint-arena', '--variant', 'dual'], 'duel'],
  [['run', 'paint-arena', 'gredy'], 'greedy'],
  [['player', 'paint-arena', 'swep', '--url', 'ws://127.0.0.1:1/player'], 'sweep'],
  [['headless', '--scenario', 'first_slic'], 'first_slice'],
  [['strategy', 'explain', '--template', 'bonus_por_velocidd'], 'bonus_por_velocidad'],
  [['admin', 'character', 'list', '--filter', 'humn'], 'human'],
]

test('typos: the closest name is suggested for commands, options, worlds, variants, bots, scenarios and templates', async () => {
  for (const [args, name] of TYPOS) {
    const { status, err } = await runCommand(args, { cwd: folder })
    assert.equal(status, 2, args.join(' '))
    assert.match(err, new RegExp(`^ {2}fix: Did you mean ${name}\\?`, 'm'), `${args.join(' ')}: ${err}`)
  }
})

test('errors: with --json a failure is one document {ok, error: {code, message, hint}} on standard output', async () => {
  for (const args of [
    ['rnu'],
    ['run', 'paint-arena', '--varient', 'x'],
    ['replay'],
    ['replay', 'show', 'missing.jsonl'],
  ]) {
    const { out, status } = await runCommand([...args, '--json'], { cwd: folder })
    const { ok, error } = JSON.parse(args[0] === 'replay' && args.length === 1 ? out.slice(out.indexOf('{')) : out)
    assert.deepEqual([ok, status], [false, 2])
    assert.deepEqual(Object.keys(error).slice(0, 3), ['code', 'message', 'hint'])
  }
})

test('colour: a terminal gets it, a pipe does not, and NO_COLOR and FORCE_COLOR override both', () => {
  const control = '\u001b['
  const run = (env: Record<string, string>, line: string) =>
    spawnSync('sh', ['-c', line], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
    }).stdout
  const onTerminal = `script -qec "'${LAUNCHER}' world list" /dev/null`
  assert.ok(run({}, onTerminal).includes(control))
  assert.ok(!run({ NO_COLOR: '1' }, onTerminal).includes(control))
  assert.ok(!run({}, `'${LAUNCHER}' world list`).includes(control))
  assert.ok(run({ FORCE_COLOR: '1' }, `'${LAUNCHER}' world list`).includes(control))
})

test('tables: on a terminal of 60 columns no line of `world list` is longer', () => {
  const line = `script -qec "stty cols 60; '${LAUNCHER}' world list" /dev/null`
  const { stdout } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', NO_COLOR: '1' },
  })
  assert.match(stdout, /paint-arena/)
  for (const row of stdout.split(/\r?\n/)) assert.ok(row.length <= 60, row)
})

test('completion: bash, with the printed script loaded, completes commands, worlds, bots, variants and options', () => {
  // Completion as bash runs it: the function registered by `complete -F`, with the words that it would get.
  const script = `
    source <('${LAUNCHER}' completion bash)
    complete -p paracosm >/dev/null || exit 9
    try() { COMP_WORDS=(paracosm "$@"); COMP_CWORD=$(( $# )); _paracosm; echo "\${COMPREPLY[*]}"; }
    try wor; try run pai; try run paint-arena gr; try run paint-arena greedy --variant d; try run --lock
    try replay ver; try completion z; try nothing x
  `
  writeFileSync(join(folder, 'complete.bash'), script)
  const { stdout, status, stderr } = spawnSync('bash', [join(folder, 'complete.bash')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: [dirname(LAUNCHER), process.env.PATH].join(delimiter) },
  })
  assert.equal(status, 0, stderr)
  const expected = ['world', 'paint-arena', 'greedy', 'default duel', '--lockstep', 'verify', 'zsh', '']
  assert.deepEqual(
    stdout
      .split('\n')
      .slice(0, 8)
      .map((line) => line.split(/\s/).join(' ')),
    expected,
  )
})

test('completion: there is a script for zsh and for fish too, and bash accepts only what it knows', async () => {
  for (const shell of ['zsh', 'fish'] as const)
    assert.equal((await runCommand(['completion', shell])).out, `${SCRIPTS[shell]}\n`)
  const { err } = await runCommand(['completion', 'bsh'])
  assert.match(err, /bash, zsh, fish/)
})

test('serve: the model endpoint is checked at the start, and the result is printed', async () => {
  const start = async (args: readonly string[], env: Record<string, string>) => {
    const { startCommand } = await import('../../src/testing/cli.ts')
    const place = { PARACOSM_DATA: mkdtempSync(join(folder, 'data ')), PARACOSM_PORT: '0' }
    const server = startCommand(['serve', '--no-showcase', ...args], { cwd: folder, env: { ...place, ...env } })
    await server.sees(/Press Ctrl-C|"ok":true/)
    return server
  }
  const nobody = await start(['--model', 'some-model'], {
    OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    OPENAI_API_KEY: 'sesame',
  })
  await nobody.sees(/warning: The model endpoint 127\.0\.0\.1:1 does not answer\./)
  assert.doesNotMatch(nobody.text(), /sesame/)
  nobody.kill('SIGINT')
  await nobody.ended
  const models = await startModelServer(() => '')
  const answers = await start(['--model', 'some-model', '--json'], { OPENAI_BASE_URL: models.url })
  await answers.sees(/"models":\{"ok":true,"message":"The model endpoint .* answers\."\}/)
  answers.kill('SIGINT')
  await answers.ended
  await models.close()
})
