// paracosm.config.ts through the real command line: precedence, worlds, characters, strategies, and its errors.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { worldModule } from '../../src/testing/world-module.ts'

const root = mkdtempSync(join(tmpdir(), 'paracosm config '))
after(() => rmSync(root, { recursive: true }))
const API = pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'api', 'config.ts')).href
let count = 0

function project(config: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, `p${++count}`)
  mkdirSync(folder)
  const text = `import { defineConfig } from '${API}'\n${config}`
  const all = {
    'package.json': '{"name":"lab","version":"1.0.0","type":"module"}',
    'paracosm.config.ts': text,
    ...files,
  }
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content)
  return folder
}

async function show(cwd: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { status, out, err } = await runCommand(['config', 'show', '--json', ...args], { cwd, env })
  assert.equal(status, 0, err)
  const { file, settings } = JSON.parse(out) as { file: string; settings: any[] }
  return { file, of: (key: string) => settings.find((each) => each.key === key) }
}

test('config: flags override the environment, the environment the file, the file the defaults', async () => {
  const cwd = project(`export default defineConfig({
    server: { host: '127.0.0.2', port: 9001 }, storage: { folder: './kept', databaseUrlEnv: 'LAB_DB' },
    models: { default: 'a', scorer: 'b', baseUrlEnv: 'LAB_URL' },
  })`)
  const env = {
    LAB_DB: 'postgres://u:hidden@h/d',
    LAB_URL: 'http://127.0.0.1:9/v1',
    PARACOSM_PORT: '9002',
    PARACOSM_MODEL: 'c',
  }
  const { file, of } = await show(cwd, ['--model', 'd'], env)
  assert.equal(file, join(cwd, 'paracosm.config.ts'))
  assert.deepEqual(of('server.host'), { key: 'server.host', value: '127.0.0.2', origin: 'file', source: file })
  assert.deepEqual(of('server.port'), {
    key: 'server.port',
    value: 9002,
    origin: 'environment',
    source: 'PARACOSM_PORT',
  })
  assert.deepEqual(of('models.default'), { key: 'models.default', value: 'd', origin: 'flag', source: '--model' })
  assert.deepEqual([of('models.scorer').value, of('models.baseUrl').value], ['b', 'http://127.0.0.1:9/v1'])
  assert.deepEqual([of('storage.folder').value, of('storage.folder').origin], [join(cwd, 'kept'), 'file'])
  assert.deepEqual([of('storage.databaseUrl').value, of('storage.databaseUrl').origin], ['(set)', 'file'])
  assert.equal(of('models.opener').origin, 'default')
  const plain = await runCommand(['config', 'show'], { cwd, env })
  assert.match(plain.out, /server\.port +9002 +environment PARACOSM_PORT/)
  assert.doesNotMatch(plain.out, /hidden/)
})

test('config: without a file all values are defaults or environment, and --config names another file', async () => {
  const cwd = project('export default defineConfig({ server: { port: 9100 } })')
  const none = await show(root)
  assert.deepEqual([none.file, none.of('server.port')?.value], [null, 8080])
  for (const args of [['--config', join(cwd, 'paracosm.config.ts')], [`--config=${join(cwd, 'paracosm.config.ts')}`]]) {
    assert.equal((await show(root, args)).of('server.port').value, 9100)
  }
  const missing = await runCommand(['config', 'show', '--config', 'nope.ts'], { cwd: root })
  assert.deepEqual([missing.status, /FILE_UNREADABLE.*nope\.ts/.test(missing.err)], [2, true])
})

test('config: every mistake names the file and the key, and a secret in the file is refused', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['export default defineConfig({ server: { port: "9" } })', /paracosm\.config\.ts: server\.port: /],
    ['export default defineConfig({ sever: {} })', /paracosm\.config\.ts: sever: /],
    [
      'export default defineConfig({ models: { apiKey: "sk-1" } })',
      /models\.apiKey.*\n.*Keys are not allowed in the file/,
    ],
    [
      'export default defineConfig({ storage: { databaseUrlEnv: "NOT_SET_HERE" } })',
      /storage\.databaseUrlEnv: .*NOT_SET_HERE is not set/,
    ],
    ['export const config = {}', /no default export/],
    ['throw new Error("no coffee")', /cannot be loaded: no coffee/],
  ]
  for (const [text, expected] of cases) {
    const { status, out, err } = await runCommand(['config', 'show', '--json'], { cwd: project(text) })
    assert.equal(status, 2, text)
    assert.match(err, expected)
    assert.equal(JSON.parse(out).error.code, 'CONFIG_INVALID')
  }
  const help = await runCommand(['--help'], { cwd: project('throw new Error("no coffee")') })
  assert.equal(help.status, 0)
})

test('config: worlds of the file, as module or value, are known by id and run as packages', async () => {
  const cwd = project(
    `import { world } from './heap.ts'
export default defineConfig({ worlds: ['./duel.ts', world] })`,
    { 'heap.ts': worldModule(), 'duel.ts': worldModule({ id: 'duel' }) },
  )
  const listed = JSON.parse((await runCommand(['world', 'list', '--json'], { cwd })).out) as { id: string }[]
  assert.deepEqual(
    listed
      .slice(-2)
      .map(({ id }) => id)
      .sort(),
    ['duel', 'heap'],
  )
  const ran = await runCommand(['run', 'heap', 'one', 'two', '-o', 'match', '--json'], { cwd })
  assert.equal(ran.status, 0, ran.err)
  const verified = await runCommand(['replay', 'verify', 'match/journal.jsonl'], { cwd })
  assert.equal(verified.status, 0, verified.err)
  const manifest = JSON.parse((await runCommand(['world', 'manifest', 'heap'], { cwd })).out)
  assert.deepEqual(manifest.game.runnable.run, [
    'paracosm',
    '--config',
    './paracosm.config.ts',
    'world',
    'serve',
    'heap',
  ])
  for (const world of ['heap', 'duel']) {
    const certified = await runCommand(['world', 'certify', world, '--json'], { cwd })
    assert.equal(certified.status, 0, certified.err)
  }
})

test('config: a missing world is reported with its key, and commands that need no world still work', async () => {
  const cwd = project("export default defineConfig({ worlds: ['./nothing.ts'] })")
  const { status, err } = await runCommand(['world', 'list'], { cwd })
  assert.equal(status, 2)
  assert.match(err, /CONFIG_INVALID: .*worlds\.0: there is no module or package \.\/nothing\.ts/)
  assert.equal((await runCommand(['config', 'show'], { cwd })).status, 0)
})

test('config: strategies of the file can be parents in simulations', async () => {
  const spec = `{ id: 'lab_bonus', version: '1', name: 'Bonus', description: 'Ten.', revision: 1, variables: {},
    calculatePoints: () => ({ points: 10, caseName: 'bonus', callbackData: {} }) }`
  const cwd = project(`export default defineConfig({ strategies: [${spec}, './more.ts'] })`, {
    'more.ts': `export const strategies = [{ ...${spec}, id: 'more_bonus' }]`,
  })
  const unknown = await runCommand(
    ['strategy', 'simulate', '--template', 'engagement_basico', '--mode', 'extend', '--parent', 'nobody'],
    { cwd },
  )
  assert.match(unknown.err, /there is no strategy nobody; known strategies: .*lab_bonus.*more_bonus/)
})

test('config: characters of the file are in the store of a server, with the built-in ones', async () => {
  const exported = await runCommand(['admin', 'character', 'export', '--shipped'], { cwd: root })
  const [first] = JSON.parse(exported.out)
  const cwd = project("export default defineConfig({ characters: ['./mine.json'], storage: { folder: './data' } })", {
    'mine.json': JSON.stringify([{ ...first, hid: 'lab-gardener' }]),
  })
  const server = startCommand(['serve', '--port', '0', '--no-showcase'], { cwd })
  try {
    await server.sees(/Paracosm is at/)
  } finally {
    server.kill('SIGTERM')
    await server.ended
  }
  const listed = await runCommand(['admin', 'character', 'list', '--json'], { cwd })
  const hids = (JSON.parse(listed.out).characters as { hid: string }[]).map(({ hid }) => hid)
  assert.ok(hids.includes('lab-gardener') && hids.includes(first.hid), hids.join(' '))
})
