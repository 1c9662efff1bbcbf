// Locates the store for commands and the server: the PostgreSQL database in DATABASE_URL, or a file in the data folder.
import { makeFolder } from '../lib/folders.ts'
import { openStore, type SqliteTarget, type Store, type StoreTarget, storeInFolder } from '../store/store.ts'
import type { Io } from './io.ts'

export function storeTarget(io: Io, data: string, use: Pick<SqliteTarget, 'mode' | 'runs'>): StoreTarget {
  const { DATABASE_URL: url } = io.config
  return url === undefined ? storeInFolder(data, use) : { kind: 'postgres', url }
}

/** Opens the store for one command and closes it after. */
export async function withStore<T>(
  io: Io,
  options: { readonly data: string; readonly mode: SqliteTarget['mode'] },
  work: (store: Store) => Promise<T>,
): Promise<T> {
  if (options.mode === 'create' && io.config.DATABASE_URL === undefined) await makeFolder(options.data)
  const store = await openStore(storeTarget(io, options.data, { mode: options.mode, runs: 'inline' }))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
