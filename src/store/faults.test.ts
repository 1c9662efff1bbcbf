import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { mountSmallDisk } from '../testing/postgres.ts'
import { sharedPostgres } from '../testing/stores.ts'
import { openStore, type SqliteTarget } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-store-faults-'))
after(() => rmSync(folder, { recursive: true, force: true }))
void sharedPostgres()

const at = (path: string, rest: Partial<SqliteTarget> = {}): SqliteTarget => ({
  kind: 'sqlite',
  path: join(folder, path),
  mode: 'create',
  runs: 'thread',
  busyTimeoutMs: 50,
  ...rest,
})

async function makeStore(name: string): Promise<string> {
  await (await openStore(at(name))).close()
  return join(folder, name)
}

test('store: a missing file is created only on request', async () => {
  await assert.rejects(openStore(at('none.sqlite', { mode: 'existing' })), { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(openStore(at('none.sqlite', { mode: 'read' })), { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(openStore(at('no/such/folder/none.sqlite')), { code: 'STORE_UNAVAILABLE' })
  assert.equal(existsSync(join(folder, 'none.sqlite')), false)
})

test('store: a folder, an empty file, text, a truncated file and a foreign database are refused and left unchanged', async () => {
  mkdirSync(join(folder, 'folder.sqlite'))
  writeFileSync(join(folder, 'empty.sqlite'), '')
  writeFileSync(join(folder, 'text.sqlite'), 'not a database '.repeat(1000))
  truncateSync(await makeStore('cut.sqlite'), 8192)
  const foreign = new DatabaseSync(join(folder, 'foreign.sqlite'))
  foreign.exec('create table theirs (id integer)')
  foreign.close()
  const expected = {
    folder: 'STORE_UNAVAILABLE',
    empty: 'STORE_CORRUPT',
    text: 'STORE_CORRUPT',
    cut: 'STORE_CORRUPT',
    foreign: 'STORE_UNAVAILABLE',
  }
  const before = readdirSync(folder).sort()
  for (const [name, code] of Object.entries(expected)) {
    for (const runs of ['thread', 'inline'] as const) {
      await assert.rejects(openStore(at(`${name}.sqlite`, { runs })), { code }, name)
    }
  }
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => !/-(?:wal|shm)$/.test(name))
      .sort(),
    before,
  )
})

test('store: an overwritten page is detected when the file is opened', async () => {
  const path = await makeStore('damaged.sqlite')
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 4096, 4096 * 6)
  writeFileSync(path, bytes)
  await assert.rejects(openStore(at('damaged.sqlite')), { code: 'STORE_CORRUPT' })
})

test('store: a file locked by another process is refused, and opens once the lock is released', async () => {
  const path = await makeStore('locked.sqlite')
  const script = `const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(${JSON.stringify(path)})
    db.exec('begin immediate'); console.log('locked'); process.stdin.on('data', () => process.exit())`
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await assert.rejects(openStore(at('locked.sqlite')), { code: 'STORE_BUSY' })
  child.stdin.write('x')
  await once(child, 'close')
  await (await openStore(at('locked.sqlite'))).close()
})

test('store: a second store of a file in one process does not release the locks of the first', async (context) => {
  if (!existsSync('/proc/locks')) return context.skip('the locks of this system cannot be listed')
  const path = await makeStore('twice.sqlite')
  const { ino } = statSync(path)
  const locks = (): number =>
    readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`POSIX`) && line.includes(`:${ino} `)).length
  const first = await openStore(at('twice.sqlite'))
  await first.db.insertInto('store_facts').values({ name: 'before', value: '1' }).execute()
  assert.equal(locks(), 1)
  for (const runs of ['inline', 'thread'] as const) {
    const second = await openStore(at('twice.sqlite', { runs }))
    assert.equal(locks(), 1, runs)
    await second.close()
    assert.equal(locks(), 1, `${runs}, closed`)
  }
  await first.close()
})

test('store: a read-only disk is refused', async (context) => {
  const disk = join(folder, 'read-only')
  mkdirSync(disk)
  const unmount = mountSmallDisk(disk, '4m')
  if (!unmount) return context.skip('this process may not mount a small disk')
  try {
    await makeStore('read-only/store.sqlite')
    spawnSync('mount', ['-o', 'remount,ro', disk])
    await assert.rejects(openStore(at('read-only/store.sqlite')), { code: 'STORE_READ_ONLY' })
    await assert.rejects(openStore(at('read-only/new.sqlite')), { code: 'STORE_READ_ONLY' })
  } finally {
    unmount()
  }
})

test('store: on a disk too small for the tables no file is created, and the error says that the disk is full', async (context) => {
  const disk = join(folder, 'tiny')
  mkdirSync(disk)
  const unmount = mountSmallDisk(disk, '1m')
  if (!unmount) return context.skip('this process may not mount a small disk')
  try {
    await assert.rejects(openStore(at('tiny/store.sqlite')), { code: 'STORE_FULL' })
    assert.deepEqual(readdirSync(disk), [])
  } finally {
    unmount()
  }
})

test('store: on a full disk a write fails completely, and earlier writes stay', async (context) => {
  const disk = join(folder, 'full')
  mkdirSync(disk)
  const unmount = mountSmallDisk(disk, '4m')
  if (!unmount) return context.skip('this process may not mount a small disk')
  try {
    const store = await openStore(at('full/store.sqlite'))
    await store.db.insertInto('store_facts').values({ name: 'kept', value: 'yes' }).execute()
    const value = 'x'.repeat(8_000_000)
    await assert.rejects(
      store.transaction(async (tx) => {
        await tx.insertInto('store_facts').values({ name: 'half', value: 'no' }).execute()
        await tx.insertInto('store_facts').values({ name: 'big', value }).execute()
      }),
      { code: 'STORE_FULL' },
    )
    const names = await store.db.selectFrom('store_facts').select('name').where('name', '!=', 'opened_at').execute()
    assert.deepEqual(
      names.map((row) => row.name),
      ['kept'],
    )
    await store.db.insertInto('store_facts').values({ name: 'small', value: 'yes' }).execute()
    await store.close()
    writeFileSync(join(disk, 'filler'), Buffer.alloc(4096))
    spawnSync('sh', ['-c', `cat /dev/zero > ${JSON.stringify(join(disk, 'filler'))}`])
    await assert.rejects(openStore(at('full/other.sqlite')), { code: 'STORE_FULL' })
    assert.deepEqual(readdirSync(disk).sort(), ['filler', 'store.sqlite'])
  } finally {
    unmount()
  }
})

test('store: an unreachable PostgreSQL, a wrong password and a missing database are refused without revealing the password', async (context) => {
  const server = await sharedPostgres()
  const refused = async (url: string): Promise<void> => {
    const error = await openStore({ kind: 'postgres', url }).catch((each: unknown) => each)
    assert.ok(error instanceof Error && 'code' in error)
    assert.equal(error.code, 'STORE_UNAVAILABLE', url)
    assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, /hush/)
  }
  await refused('postgres://me:hush@127.0.0.1:1/none')
  await refused('postgres://me:hush@host.invalid/none')
  await refused('mysql://me:hush@127.0.0.1/none')
  await refused('hush')
  if (typeof server === 'string') return context.skip(server)
  const url = new URL(await server.createDatabase())
  const wrong = new URL(url)
  wrong.password = 'hush'
  await refused(wrong.href)
  const missing = new URL(url)
  missing.pathname = '/nowhere'
  await refused(missing.href)
})

test('store: a PostgreSQL that restarts serves the same store again', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  if (process.env.DATABASE_URL) return context.skip('the server at DATABASE_URL is not ours to stop')
  const store = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  await store.db.insertInto('store_facts').values({ name: 'kept', value: 'yes' }).execute()
  const halfway = store.transaction(async (tx) => {
    await tx.insertInto('store_facts').values({ name: 'half', value: 'no' }).execute()
    await server.stop()
    await tx.insertInto('store_facts').values({ name: 'more', value: 'no' }).execute()
  })
  await assert.rejects(halfway, { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(store.db.selectFrom('store_facts').selectAll().execute(), { code: 'STORE_UNAVAILABLE' })
  await server.start()
  const names = await store.db.selectFrom('store_facts').select('name').where('name', '!=', 'opened_at').execute()
  assert.deepEqual(
    names.map((row) => row.name),
    ['kept'],
  )
  await store.close()
})
