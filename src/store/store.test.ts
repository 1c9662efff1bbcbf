import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachStore } from '../testing/stores.ts'
import { isForeignKeyViolation, isUniqueViolation } from './faults.ts'
import { openStore, type Store } from './store.ts'

const fact = (name: string, value = name) => ({ name, value })
const factNames = async (store: Store): Promise<string[]> => {
  const rows = await store.db.selectFrom('store_facts').select('name').where('name', '!=', 'opened_at').execute()
  return rows.map((row) => row.name).sort()
}

forEachStore('store: a transaction that throws leaves nothing, one that ends leaves everything', async (store) => {
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.insertInto('store_facts').values(fact('lost')).execute()
      throw new Error('enough')
    }),
    /enough/,
  )
  await store.transaction(async (tx) => {
    await tx
      .insertInto('store_facts')
      .values([fact('a'), fact('b')])
      .execute()
  })
  assert.deepEqual(await factNames(store), ['a', 'b'])
})

forEachStore('store: transactions at the same time do not see into each other', async (store) => {
  const add = (name: string) =>
    store.transaction(async (tx) => {
      await tx.insertInto('store_facts').values(fact(name)).execute()
      await tx.updateTable('store_facts').set({ value: 'seen' }).where('name', '=', name).execute()
    })
  await Promise.all(Array.from({ length: 40 }, (_, i) => add(`fact-${i}`)))
  assert.equal((await factNames(store)).length, 40)
})

forEachStore('store: integers of 53 bits, text of every script and null come back as they went in', async (store) => {
  const values = ['', 'ä€😀', "'; drop table commands; --", '\u2028', '{"a":1}']
  for (const [i, value] of values.entries())
    await store.db
      .insertInto('store_facts')
      .values(fact(`t${i}`, value))
      .execute()
  const rows = await store.db
    .selectFrom('store_facts')
    .selectAll()
    .where('name', 'like', 't%')
    .orderBy('name')
    .execute()
  assert.deepEqual(
    rows.map((row) => row.value),
    values,
  )
  const row = { number: 99, name: 'x', applied_at: Number.MAX_SAFE_INTEGER }
  await store.db.insertInto('store_migrations').values(row).execute()
  const found = await store.db.selectFrom('store_migrations').selectAll().where('number', '=', 99).executeTakeFirst()
  assert.deepEqual({ ...found }, row)
})

forEachStore('store: existing rows and missing references are distinguished', async (store) => {
  await store.db.insertInto('store_facts').values(fact('once')).execute()
  await assert.rejects(store.db.insertInto('store_facts').values(fact('once')).execute(), isUniqueViolation)
  const orphan = sql`insert into commands (timestamp, command, params, reasoning, perception_id, agent_id,
    protocol_version, created_at) values (1, 'noop', '{}', '', 12345, 'a', '1.0.0', 1)`
  await assert.rejects(orphan.execute(store.db), isForeignKeyViolation)
  await store.db
    .insertInto('store_facts')
    .values(fact('once', 'again'))
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: 'again' }))
    .execute()
})

forEachStore('store: several that open a new database at once all find its tables', async (_store, services) => {
  const target = await services.target()
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(target)))
  await Promise.all(
    stores.map((store, i) =>
      store.db
        .insertInto('store_facts')
        .values(fact(`by-${i}`))
        .execute(),
    ),
  )
  assert.deepEqual(await factNames(stores[0]!), ['by-0', 'by-1', 'by-2', 'by-3'])
  for (const store of stores) await store.close()
})

forEachStore('store: a database that a newer release has written is refused', async (_store, services) => {
  const target = await services.target()
  const first = await openStore(target)
  await first.db.insertInto('store_migrations').values({ number: 9999, name: 'later', applied_at: 0 }).execute()
  await first.close()
  await assert.rejects(openStore(target), { code: 'STORE_VERSION' })
})
