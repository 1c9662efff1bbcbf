// Runs a test on every store backend: a SQLite file, and a separate database on a real PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { openStore, type Store, type StoreTarget } from '../store/store.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

export interface StoreServices {
  readonly kind: 'sqlite' | 'postgres'
  /** A new, empty store; all are closed and removed after the test. */
  open(): Promise<Store>
  /** The location of a store, so that it can be opened a second time. */
  target(): Promise<StoreTarget>
  /** A folder for this test only. */
  readonly folder: string
  /** Runs at the end, in reverse order of registration, while the stores are still open. */
  atEnd(work: () => Promise<unknown>): void
}

const shared: { server?: Promise<TestPostgres | string> } = {}

/** The PostgreSQL of this test process; started on first use, stopped after the last test. */
export function sharedPostgres(): Promise<TestPostgres | string> {
  if (!shared.server) {
    shared.server = startPostgres()
    after(async () => {
      const server = await shared.server
      if (typeof server === 'object') await server.close()
    })
  }
  return shared.server
}

/**
 * Registers one test per backend, named `<name> (sqlite)` and `<name> (postgres)`; without PostgreSQL the second is
 * skipped with the reason.
 */
export function forEachStore(
  name: string,
  run: (store: Store, services: StoreServices, context: TestContext) => Promise<void>,
): void {
  // Started before the tests, so that its lifetime belongs to the file and not to one test.
  void sharedPostgres()
  for (const kind of ['sqlite', 'postgres'] as const) {
    test(`${name} (${kind})`, async (context) => {
      const server = kind === 'postgres' ? await sharedPostgres() : undefined
      if (typeof server === 'string') return context.skip(server)
      await withServices(kind, server, async (services) => run(await services.open(), services, context))
    })
  }
}

/** Registers a test on a SQLite file only, for behaviour that does not depend on the backend. */
export function onSqlite(name: string, run: (store: Store, services: StoreServices) => Promise<void>): void {
  test(name, () => withServices('sqlite', undefined, async (services) => run(await services.open(), services)))
}

async function withServices(
  kind: 'sqlite' | 'postgres',
  server: TestPostgres | undefined,
  run: (services: StoreServices) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-store-'))
  const opened: Store[] = []
  const ends: (() => Promise<unknown>)[] = []
  let count = 0
  const target = async (): Promise<StoreTarget> =>
    server
      ? { kind: 'postgres', url: await server.createDatabase() }
      : { kind: 'sqlite', path: join(folder, `store-${count++}.sqlite`), mode: 'create', runs: 'thread' }
  const open = async (): Promise<Store> => {
    const store = await openStore(await target())
    opened.push(store)
    return store
  }
  try {
    await run({ kind, folder, open, target, atEnd: (work) => void ends.push(work) })
  } finally {
    for (const end of ends.toReversed()) await end()
    for (const store of opened) await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One SQLite store in a folder that is removed when it is closed. */
export async function withTestStore(): Promise<{ store: Store; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-store-'))
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'store.sqlite'), mode: 'create', runs: 'thread' })
  return {
    store,
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
