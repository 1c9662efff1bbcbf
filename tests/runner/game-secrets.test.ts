// Secrets of packages under the runner: the game gets a URL, and nothing that leaves the run shows a value.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AppError } from '../../src/kernel/errors.ts'
import { createRedactor } from '../../src/lib/redact.ts'
import { type GameSecretOptions, withGameSecrets } from '../../src/runner/game-secrets.ts'
import { loadManifest } from '../../src/runner/manifest.ts'
import { runPackage } from '../../src/runner/play.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'
import type { RunEvent } from '../../src/runner/run-events.ts'

const fixtures = new URL('../fixtures/coworld-node/', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'game secrets '))
after(() => rmSync(root, { recursive: true, force: true }))

/** With a quote and a line break, which JSON writes in another way. */
const SECRET = 'sk-"4711"-very-secret\n'
const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']))

/** A game that tells its secret wherever it can. */
const GAME = `
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
const { API_KEY_URI: uri, MODE, COGAME_CONFIG_URI } = process.env
console.log('uri', uri)
if (uri.startsWith('file:')) {
  const value = readFileSync(new URL(uri), 'utf8')
  console.log('key', value.trim())
  console.error(JSON.stringify({ value }))
  writeFileSync(join(dirname(fileURLToPath(COGAME_CONFIG_URI)), 'notes.bin'), Buffer.concat([Buffer.alloc(70000, 200), Buffer.from(value)]))
}
if (MODE === 'dies') process.exit(3)
await import(${JSON.stringify(join(fixtures, 'game.mjs'))})
`

let count = 0
async function run(uri: string, options: Partial<GameSecretOptions> = {}, mode = 'plays') {
  const folder = join(root, String(++count))
  mkdirSync(folder)
  const manifest = JSON.parse(readFileSync(join(fixtures, 'manifest.json'), 'utf8'))
  writeFileSync(join(folder, 'secret-game.mjs'), GAME)
  manifest.game.runnable.run = [process.execPath, join(folder, 'secret-game.mjs')]
  manifest.game.runnable.env = { API_KEY_URI: uri, MODE: mode }
  manifest.player[0].run = [process.execPath, join(fixtures, 'player.mjs')]
  manifest.certification.game_config.target = 3
  writeFileSync(join(folder, 'coworld_manifest.json'), JSON.stringify(manifest))
  const runtime = withGameSecrets(createProcessRuntime({ environment }), {
    source: { open: async (_, name) => (name === 'api_key' ? Buffer.from(SECRET) : undefined) },
    coworld: 'count',
    ifMissing: 'fail',
    ...options,
  })
  const events: RunEvent[] = []
  const workspace = join(folder, 'w')
  const error = await runPackage({
    package: await loadManifest(join(folder, 'coworld_manifest.json')),
    runtime,
    workspace,
    cwd: folder,
    timeoutMs: 60_000,
    verifyReplay: false,
    onEvent: (event) => events.push(event),
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { folder, workspace, events, error }
}

/** Files below a folder that hold a text. */
const holding = (text: string, folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map(({ name }) => name)

test('secrets: a game reads its secret at a URL, and no file of the run shows it', async () => {
  const { folder, workspace, error } = await run('secret://coworld/count/api_key')
  assert.equal(error, undefined, String(error))
  const log = readFileSync(join(workspace, 'logs', 'game.stdout.log'), 'utf8')
  const [, uri = ''] = /^uri (file:\/\/\S+)$/m.exec(log) ?? []
  assert.match(log, /^key \[secret\]$/m)
  assert.ok(!existsSync(new URL(uri)), 'the file is gone with the run')
  assert.match(readFileSync(join(workspace, 'logs', 'game.stderr.log'), 'utf8'), /\{"value":"\[secret\](?:\\n)?"\}/)
  const notes = readFileSync(join(workspace, 'notes.bin'))
  assert.ok(notes.subarray(0, 70_000).every((byte) => byte === 200))
  assert.match(notes.subarray(70_000).toString(), /^\[secret\]\n?$/)
  assert.deepEqual(holding('very-secret', folder), [])
  assert.ok(existsSync(join(workspace, 'results.json')))
})

test('secrets: the error and the events of a game that dies do not quote it', async () => {
  const { error, events } = await run('secret://coworld/count/api_key', {}, 'dies')
  assert.ok(error instanceof AppError)
  assert.equal(error.code, 'RUN_FAILED')
  assert.match(error.message, /\[secret\]/)
  const told = [error.message, error.hint, String(error.stack), JSON.stringify(error.details), JSON.stringify(events)]
  for (const text of told) assert.ok(!text.includes('very-secret'), text)
})

test('secrets: a missing one, one of another package and a malformed reference fail with class and reason', async () => {
  for (const [uri, reason] of [
    ['secret://coworld/count/other', /API_KEY_URI needs the secret other of count, which is not stored/],
    ['secret://coworld/chess/api_key', /names a secret of chess, and the game is count/],
    ['secret://coworld/count', /not secret:\/\/coworld\/<coworld>\/<name>/],
    ['secret://vault/count/api_key', /not secret:/],
  ] as const) {
    const { error } = await run(uri)
    assert.ok(error instanceof AppError)
    assert.deepEqual([error.code, error.details?.error_type], ['SECRET_MISSING', 'game_contract_violation'])
    assert.match(error.message, reason)
  }
})

test('secrets: where a missing one is kept, the game gets the reference as it is written', async () => {
  const { workspace, error } = await run('secret://coworld/count/other', { ifMissing: 'keep' })
  assert.equal(error, undefined, String(error))
  assert.match(
    readFileSync(join(workspace, 'logs', 'game.stdout.log'), 'utf8'),
    /^uri secret:\/\/coworld\/count\/other$/m,
  )
})

test('secrets: what a killed process left behind is removed by the next run', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0'])
  const left = join(tmpdir(), `paracosm-secrets-${pid}-left`)
  mkdirSync(join(left, 'files'), { recursive: true })
  writeFileSync(join(left, 'files', '0'), SECRET)
  await run('secret://coworld/count/other')
  assert.ok(!existsSync(left))
})

test('secrets: logs outside the workspace are cleaned too', async () => {
  const folder = mkdtempSync(join(root, 'apart-'))
  const mount = { folder: join(folder, 'w'), target: '/coworld', isReadOnly: false } as const
  mkdirSync(mount.folder)
  const runtime = withGameSecrets(createProcessRuntime({ environment }), {
    source: { open: async () => Buffer.from(SECRET) },
    coworld: 'count',
    ifMissing: 'fail',
  })
  const session = await runtime.open({ id: '0'.repeat(16), folder })
  const script = 'console.log(require("fs").readFileSync(new URL(process.env.KEY), "utf8"))'
  const env = { KEY: 'secret://coworld/count/api_key' }
  const log = join(folder, 'game.log')
  const { program } = await session.startGame(
    {
      name: 'given',
      runnable: { image: 'x', run: [process.execPath, '-e', script], env },
      environment: {},
      stdout: log,
      stderr: join(folder, 'game.err'),
    },
    mount,
  )
  assert.equal(await program.exited, 0)
  assert.match(readFileSync(log, 'utf8'), /very-secret/)
  assert.deepEqual(await session.close(), [])
  assert.match(readFileSync(log, 'utf8'), /^\[secret\]/)
})

test('redaction: a secret across chunks is found, the longest first, and lines of a key count by themselves', async () => {
  const folder = join(root, 'chunks')
  mkdirSync(folder)
  const key = `-----BEGIN KEY-----\n${'A'.repeat(64)}\n-----END KEY-----\n`
  const { folder: clean, text, object } = createRedactor([Buffer.from('abcd'), Buffer.from('abcdef'), Buffer.from(key)])
  for (const offset of [0, 1, 1024 * 1024 - 3, 1024 * 1024, 3 * 1024 * 1024 + 1]) {
    const path = join(folder, `at-${offset}`)
    writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 1), Buffer.from('abcdef'), Buffer.alloc(9, 2)]))
  }
  await clean(folder)
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const offset = Number(name.slice('at-'.length))
    assert.equal(bytes.length, offset + '[secret]'.length + 9, name)
    assert.equal(bytes.subarray(offset, offset + 8).toString(), '[secret]', name)
  }
  assert.equal(text(`x ${'A'.repeat(64)} y`), 'x [secret] y')
  assert.deepEqual(object({ a: ['abcdef', 1, null], b: { c: 'abcd' } }), {
    a: ['[secret]', 1, null],
    b: { c: '[secret]' },
  })
})
