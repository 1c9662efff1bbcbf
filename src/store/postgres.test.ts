import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { AppError } from '../kernel/errors.ts'
import { aCommand } from '../testing/commands.ts'
import type { TestPostgres } from '../testing/postgres.ts'
import { forEachStore, sharedPostgres } from '../testing/stores.ts'
import { CommandLog } from './command-log.ts'
import { openStore, type Store } from './store.ts'

void sharedPostgres()

/** The possible errors of a query while connections break. */
const TYPED = new Set(['STORE_UNAVAILABLE', 'STORE_BUSY'])
const RECOVERY_MS = 60_000

interface Tally {
  done: number
  refused: number
  readonly strange: unknown[]
}

/** Writes until stopped, and once at least, in transactions, single statements and reads; counts how each settled. */
async function keepWriting(store: Store, writer: number, until: AbortSignal): Promise<Tally> {
  const tally: Tally = { done: 0, refused: 0, strange: [] }
  const name = `writer-${writer}`
  const deadline = Date.now() + RECOVERY_MS
  // A slow machine may not get one through before it is disturbed again: then it does so at the end.
  for (let round = 0; !until.aborted || (tally.done === 0 && Date.now() < deadline); round++) {
    const value = String(round)
    const put = (db: Store['db']) =>
      db
        .insertInto('store_facts')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute()
    try {
      if (round % 3 === 0) await put(store.db)
      else
        await store.transaction(async (tx) => {
          await put(tx)
          await sql`select pg_sleep(0.002)`.execute(tx)
          await tx.selectFrom('store_facts').selectAll().where('name', '=', name).execute()
        })
      tally.done++
    } catch (error) {
      if (error instanceof AppError && TYPED.has(error.code)) tally.refused++
      else tally.strange.push(error)
      await sleep(1)
    }
  }
  return tally
}

async function terminateOurs(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const found = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'paracosm' and datname = current_database()`,
  )
  await client.end()
  return found.rows.length
}

/** Resolves once a query succeeds again. */
async function recovered(store: Store): Promise<void> {
  const deadline = Date.now() + RECOVERY_MS
  for (;;) {
    try {
      return await store.ping(2000)
    } catch (error) {
      assert.ok(error instanceof AppError && TYPED.has(error.code), String(error))
      if (Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}

test('postgres: backends terminated 20 times under 8 writers cause typed errors, and work continues', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const url = await server.createDatabase()
  const store = await openStore({ kind: 'postgres', url })
  const stop = new AbortController()
  const writers = Array.from({ length: 8 }, (_, index) => keepWriting(store, index, stop.signal))
  let terminated = 0
  for (let round = 0; round < 20; round++) {
    await sleep(40)
    terminated += await terminateOurs(url)
  }
  await sleep(100)
  stop.abort()
  const tallies = await Promise.all(writers)
  assert.deepEqual(
    tallies.flatMap((each) => each.strange),
    [],
  )
  assert.ok(terminated > 20, `only ${terminated} backends were terminated`)
  assert.ok(tallies.some((each) => each.refused > 0))
  for (const each of tallies) assert.ok(each.done > 0)
  await recovered(store)
  await store.transaction((tx) => tx.deleteFrom('store_facts').where('name', 'like', 'writer-%').execute())
  await store.close()
})

test('postgres: a server restarted under 8 writers causes typed errors, then serves the same process', async (context) => {
  const server = await ownServer()
  if (typeof server === 'string') return context.skip(server)
  const store = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  const stop = new AbortController()
  const writers = Array.from({ length: 8 }, (_, index) => keepWriting(store, index, stop.signal))
  for (let round = 0; round < 3; round++) {
    await sleep(100)
    await server.stop()
    await assert.rejects(store.ping(5000), { code: 'STORE_UNAVAILABLE' })
    await server.start()
    await recovered(store)
  }
  await sleep(100)
  stop.abort()
  for (const tally of await Promise.all(writers)) {
    assert.deepEqual(tally.strange, [])
    assert.ok(tally.refused > 0)
  }
  await recovered(store)
  await store.close()
})

async function ownServer(): Promise<TestPostgres | string> {
  if (process.env.DATABASE_URL) return 'the server at DATABASE_URL is not ours to stop'
  return sharedPostgres()
}

test('postgres: a transaction whose connection is lost rejects once, leaves nothing, and the next one works', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const url = await server.createDatabase()
  const store = await openStore({ kind: 'postgres', url })
  let later: unknown
  const halfway = store.transaction(async (tx) => {
    await tx.insertInto('store_facts').values({ name: 'half', value: 'no' }).execute()
    await terminateOurs(url)
    const failures = [1, 2, 3].map((n) => sql`select ${n}::int`.execute(tx).catch((error: unknown) => error))
    later = await Promise.all(failures)
    await sql`select 1`.execute(tx)
  })
  await assert.rejects(halfway, { code: 'STORE_UNAVAILABLE', status: 503 })
  assert.ok(Array.isArray(later))
  for (const each of later) assert.ok(each instanceof AppError && each.code === 'STORE_UNAVAILABLE')
  await recovered(store)
  const rows = await store.db.selectFrom('store_facts').selectAll().where('name', '=', 'half').execute()
  assert.deepEqual(rows, [])
  await store.close()
})

test('postgres: a transaction that swallows a failed statement is not reported as committed', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const store = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  const work = store.transaction(async (tx) => {
    await tx.insertInto('store_facts').values({ name: 'half', value: 'no' }).execute()
    await assert.rejects(sql`select 1/0`.execute(tx))
  })
  await assert.rejects(work, /abort|rolled back/i)
  await store.db.insertInto('store_facts').values({ name: 'half', value: 'yes' }).execute()
  await store.close()
})

test('postgres: U+0000 in a parameter or in unpacked JSON is a VALIDATION_ERROR and affects nothing else', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const store = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  const expected = { code: 'VALIDATION_ERROR', status: 422 }
  const put = (value: string) => store.db.insertInto('store_facts').values({ name: 'nul', value }).execute()
  await assert.rejects(put('a\0b'), expected)
  await assert.rejects(sql`select * from store_facts where name = any(${['x', '\0']})`.execute(store.db), expected)
  await assert.rejects(sql`select ${JSON.stringify(['\0'])}::jsonb ->> 0`.execute(store.db), expected)
  await put(JSON.stringify('\0'))
  await store.close()
})

forEachStore('store: a ping is answered, and refused in time when the store is busy', async (store, engine) => {
  await Promise.all([store.ping(10_000), store.ping(10_000)])
  const log = new CommandLog(store)
  await log.append(aCommand({ reasoning: 'a\0b' }))
  if (engine.kind !== 'postgres') return
  // Every connection is in use, so the ping must wait, and must report that.
  const holders = Array.from({ length: 10 }, () => store.transaction((tx) => sql`select pg_sleep(3)`.execute(tx)))
  await assert.rejects(store.ping(1000), { code: 'STORE_BUSY' })
  await Promise.all(holders)
  await store.ping(10_000)
})
