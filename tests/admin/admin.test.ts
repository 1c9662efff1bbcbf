// `paracosm admin` as an operator runs it, in separate processes, on SQLite and on PostgreSQL.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runCommand } from '../../src/testing/cli.ts'
import { openFolder } from '../../src/testing/data-folder.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { sharedPostgres } from '../../src/testing/stores.ts'
import { characters as shipped } from '../../src/worlds/parley/characters/built-in.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DUMP = join(ROOT, 'tests', 'fixtures', 'simulation-engine-dump')
const base = mkdtempSync(join(tmpdir(), 'paracosm-admin-'))
after(() => rmSync(base, { recursive: true, force: true }))
void sharedPostgres()

interface Services {
  readonly cwd: string
  readonly env: Record<string, string>
  run(...args: string[]): Promise<{ status: number | null; out: string; err: string }>
  /** Runs with --json and expects success. */
  json(...args: string[]): Promise<any>
}

function createSessionServices(env: Record<string, string> = {}): Services {
  const cwd = mkdtempSync(join(base, 'services-'))
  const all = { DATABASE_URL: '', ...env }
  if (all.DATABASE_URL === '') Reflect.deleteProperty(all, 'DATABASE_URL')
  const run: Services['run'] = (...args) => runCommand(['admin', ...args], { cwd, env: all })
  return {
    cwd,
    env: all,
    run,
    async json(...args) {
      const { status, out, err } = await run(...args, '--json')
      assert.equal(status, 0, `${args.join(' ')}: ${err}`)
      return JSON.parse(out)
    },
  }
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`admin: a dump of the original is imported, exported, and imported elsewhere (${kind})`, async (context) => {
    const server = kind === 'postgres' ? await sharedPostgres() : undefined
    if (typeof server === 'string') return context.skip(server)
    const env = async (): Promise<Record<string, string>> =>
      server ? { DATABASE_URL: await server.createDatabase() } : {}
    const first = createSessionServices(await env())
    const report = await first.json('import', DUMP)
    assert.equal(report.documents, 18)
    const { path } = await first.json('backup', 'backups')
    const key = readFileSync(join(first.cwd, 'data', 'pii.key'), 'utf8').trim()
    const second = createSessionServices({ ...(await env()), PARACOSM_PII_KEY: key })
    await second.json('restore', join(first.cwd, path))
    assert.ok(!existsSync(join(second.cwd, 'data', 'pii.key')))
    const again = await second.json('backup', 'backups')
    for (const name of readdirSync(join(first.cwd, path)).filter((each) => each !== '__manifest__.json')) {
      const one = readFileSync(join(first.cwd, path, name), 'utf8')
      assert.equal(readFileSync(join(second.cwd, again.path, name), 'utf8'), one, name)
    }
    const { players, count } = await second.json('player', 'list', '--limit', '2')
    assert.equal(count, 3)
    assert.equal(players.length, 2)
    assert.ok(!JSON.stringify(players).includes('access_key'))
  })
}

test('admin player: a player is added with a key shown once, gets a new key, is revoked, and is removed', async () => {
  const services = createSessionServices()
  const made = await services.json('player', 'add', '--field', 'full_name=Ada Quill', '--field', 'cohort=A')
  assert.match(made.player_id, /^[0-9a-f]{24}$/)
  assert.match(made.api_key, /^dcs-ak-[A-Za-z0-9_-]{43}$/)
  const again = await services.json('player', 'issue-key', made.player_id)
  assert.notEqual(again.api_key, made.api_key)
  await services.json('player', 'revoke', made.player_id)
  const { players } = await services.json('player', 'list')
  assert.deepEqual([players[0].key, players[0].fields], ['revoked', { cohort: 'A' }])
  const text = readdirSync(join(services.cwd, 'data'))
    .map((name) => readFileSync(join(services.cwd, 'data', name), 'latin1'))
    .join('')
  assert.ok(!text.includes('Quill') && !text.includes(made.api_key) && !text.includes(again.api_key))
  await services.json('player', 'remove', made.player_id)
  const gone = await services.run('player', 'remove', made.player_id, '--json')
  assert.equal(gone.status, 2)
  assert.equal(JSON.parse(gone.out).error.code, 'UNKNOWN_PLAYER')
})

test('admin player: a given key is used, it excludes a generated one, and an invalid key is not echoed', async () => {
  const services = createSessionServices()
  const key = (await services.json('keygen')).api_key
  const file = join(services.cwd, 'key')
  writeFileSync(file, `${key}\n`)
  const made = await services.json('player', 'add', '--key-file', file)
  assert.equal(made.api_key, null)
  assert.match((await services.run('player', 'add', '--key-file', file)).err, /KEY_TAKEN/)
  assert.match((await services.run('player', 'add', '--key-file', file, '--issue-key')).err, /not both/)
  assert.match((await services.run('player', 'add', '--key-file', file, '--no-key')).err, /USAGE/)
  writeFileSync(file, `dcs-ak-${'sEcret'.repeat(8)}`)
  const wrong = await services.run('player', 'add', '--key-file', file)
  assert.match(wrong.err, /KEY_INVALID.*50 characters/)
  assert.ok(!wrong.err.includes('sEcret'))
  assert.equal((await services.json('player', 'add', '--no-key')).api_key, null)
})

test('admin keygen: standard output has only the key, standard error the warning', async () => {
  const { status, out, err } = await createSessionServices().run('keygen')
  assert.equal(status, 0)
  assert.match(out, /^dcs-ak-[A-Za-z0-9_-]{43}\n$/)
  assert.match(err, /not stored/)
})

test('admin character: built-in characters are exported and imported, a filter lists some, and an invalid file changes nothing', async () => {
  const services = createSessionServices()
  assert.match(
    (await services.run('character', 'export', 'c.json', '--shipped')).out,
    new RegExp(`Wrote ${shipped.length} `),
  )
  assert.match((await services.run('character', 'export', 'c.json', '--shipped')).err, /FILE_EXISTS/)
  await services.json('character', 'import', 'c.json')
  const { characters } = await services.json('character', 'list', '--filter', 'human')
  assert.equal(characters.length, shipped.filter((each) => each.is_human).length)
  assert.match((await services.run('character', 'list', '--filter', 'nice')).err, /UNKNOWN_FILTER/)
  const out = await services.run('character', 'export')
  assert.ok(out.out === readFileSync(join(services.cwd, 'c.json'), 'utf8'), 'it is the same to the byte')
  writeFileSync(join(services.cwd, 'bad.json'), JSON.stringify([{ ...characters[0], hid: 'NEW' }, { hid: 'X' }]))
  const bad = await services.run('character', 'import', 'bad.json')
  assert.equal(bad.status, 2)
  assert.match(bad.err, /VALIDATION_ERROR: bad\.json has .* character X/)
  assert.equal((await services.json('character', 'list')).characters.length, shipped.length)
})

test('admin dump: personal data is dumped encrypted, in plain text or not at all, and the last line is the folder', async () => {
  const services = createSessionServices()
  await services.json('seed', DUMP)
  for (const [how, clear] of [
    ['sealed', false],
    ['clear', true],
    ['none', false],
  ] as const) {
    const { out, status } = await services.run('dump', how, '--personal-data', how)
    assert.equal(status, 0)
    const folder = join(services.cwd, out.trim().split('\n').at(-1) ?? '')
    assert.match(folder, /\d{4}(_\d\d){5}$/)
    assert.equal(existsSync(join(folder, 'pii.json')), how !== 'none')
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
    assert.equal(text.includes('Quill'), clear, how)
  }
  assert.equal((await services.run('dump', 'x', '--personal-data', 'some')).status, 2)
  assert.match((await createSessionServices().run('dump', 'x')).err, /STORE_UNAVAILABLE/)
})

test('admin rotate-pii-key: the file gets a new key; a key from the environment needs its replacement', async () => {
  const services = createSessionServices()
  await services.json('seed', DUMP)
  const path = join(services.cwd, 'data', 'pii.key')
  const before = readFileSync(path, 'utf8')
  assert.equal((await services.json('rotate-pii-key')).players, 1)
  const now = readFileSync(path, 'utf8').trim()
  assert.notEqual(now, before.trim())
  const next = randomBytes(32).toString('base64')
  const run = (env: Record<string, string>) =>
    runCommand(['admin', 'rotate-pii-key'], { cwd: services.cwd, env: { ...services.env, ...env } })
  assert.match((await run({ PARACOSM_PII_KEY: now })).err, /PII_KEY_INVALID.*new key is missing/)
  const done = await run({ PARACOSM_PII_KEY: now, PARACOSM_PII_NEW_KEY: next })
  assert.equal(done.status, 0, done.err)
  assert.ok(!`${done.out}${done.err}`.includes(next))
  assert.match((await services.run('dump', 'x', '--personal-data', 'clear')).err, /PII_KEY_WRONG/)
})

/** A folder that takes a while to import. */
function bigFolder(count: number): string {
  const folder = mkdtempSync(join(base, 'big-'))
  cpSync(DUMP, folder, { recursive: true })
  const [, line = ''] = readFileSync(join(DUMP, 'session_events.json'), 'utf8').split('\n')
  const event = JSON.parse(line.replace(/,$/, ''))
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ ...event, seq: i + 1, event_id: `e-${i}` }))
  rmSync(join(folder, 'session_events.json'))
  writeFileSync(join(folder, 'session_events.ndjson'), `${lines.join('\n')}\n`)
  return folder
}

/** Seeds, and kills itself after this number of batches within the transaction. */
const KILLED = `
  import { importFolder } from ${JSON.stringify(join(ROOT, 'src', 'store', 'dumps', 'import.ts'))}
  import { openVault } from ${JSON.stringify(join(ROOT, 'src', 'store', 'people', 'personal-key.ts'))}
  import { openStore, storeInFolder } from ${JSON.stringify(join(ROOT, 'src', 'store', 'store.ts'))}
  const [folder, batches] = process.argv.slice(1)
  const store = await openStore(storeInFolder('data', { mode: 'existing', runs: 'inline' }))
  let stored = 0
  const onProgress = ({ phase }) => {
    if (phase === 'stored' && ++stored === Number(batches)) process.kill(process.pid, 'SIGKILL')
  }
  await importFolder(store, folder, { mode: 'seed', vault: await openVault(store, { folder: 'data' }), onProgress })
`

test('admin seed: if it is killed, the store is unchanged, and the next seed succeeds', async () => {
  const services = createSessionServices()
  await services.json('seed', DUMP)
  const events = async (): Promise<number> => {
    const { collections } = await services.json('backup', mkdtempSync(join(base, 'b-')), '--personal-data', 'none')
    return collections.find((each: { name: string }) => each.name === 'session_events').documents
  }
  const folder = bigFolder(5000)
  for (const batches of [1, 4, 12]) {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', KILLED, folder, String(batches)]
    const killed = spawnSync(process.execPath, args, { cwd: services.cwd, encoding: 'utf8' })
    assert.equal(killed.signal, 'SIGKILL', killed.stderr)
    assert.equal(await events(), 9)
  }
  await services.json('seed', folder)
  assert.equal(await events(), 5000)
})

test('admin seed: two concurrent seeds leave the store consistent', async () => {
  const services = createSessionServices()
  const results = await Promise.all([
    services.run('seed', DUMP),
    services.run('seed', DUMP),
    services.run('player', 'add'),
  ])
  for (const { status, err } of results) assert.ok(status === 0 || /STORE_BUSY/.test(err), err)
  assert.ok((await services.json('player', 'list')).count >= 3)
})

test('admin reindex: a lost database is rebuilt from the journals, and a folder in use stays unchanged', async () => {
  const services = createSessionServices()
  const data = join(services.cwd, 'data')
  const played = await openFolder(data)
  const episode = await played.episodes.start({
    world: 'paint-arena',
    seed: 3,
    slots: ['sweep', 'random'],
    pacing: { mode: 'fast' },
    kind: 'match',
  })
  await episode.done
  await eventually('it is archived', () => (played.episodes.size === 0 ? true : undefined))
  const inUse = await services.run('reindex')
  assert.notEqual(inUse.status, 0)
  assert.match(inUse.err, /DATA_IN_USE/)
  await played.close()
  for (const name of readdirSync(data)) if (name.startsWith('paracosm.sqlite')) rmSync(join(data, name))
  assert.deepEqual(await services.json('reindex'), { ok: true, written: 1, removed: 0 })
  const { status, out } = await services.run('reindex')
  assert.deepEqual([status, out.trim()], [0, 'Indexed 1 episode.'])
  const open = await openFolder(data)
  assert.equal((await open.episodes.find(episode.header.episode)).status, 'finished')
  await open.close()
})
