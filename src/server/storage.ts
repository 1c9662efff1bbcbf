// What a server stands on: the data folder, the store, the key of personal data. All of it is there, or nothing is left open.
import { Archive } from '../episode/archive.ts'
import { openVault } from '../store/people/personal-key.ts'
import type { Vault } from '../store/people/vault.ts'
import { openStore, type Store, type StoreTarget, storeInFolder } from '../store/store.ts'

export interface ServerStorage {
  readonly archive: Archive
  readonly store: Store
  readonly vault: Vault
  /** Whether no other server can have this store: the data folder is locked, a PostgreSQL is not. */
  readonly isAlone: boolean
  close(): Promise<void>
}

/** @throws AppError DATA_IN_USE, FILE_UNWRITABLE; the codes of `openStore` and `openVault` */
export async function openServerStorage(options: {
  readonly dataDir: string
  readonly store?: StoreTarget
  readonly sessions?: { readonly piiKey?: string | undefined }
}): Promise<ServerStorage> {
  const opened: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).toReversed()) await each()
  }
  try {
    const archive = await Archive.open(options.dataDir)
    opened.push(() => archive.close())
    const target = options.store ?? storeInFolder(options.dataDir, { mode: 'create', runs: 'thread' })
    const store = await openStore(target)
    opened.push(() => store.close())
    const vault = await openVault(store, { key: options.sessions?.piiKey, folder: options.dataDir })
    return { archive, store, vault, isAlone: target.kind === 'sqlite', close }
  } catch (error) {
    await close()
    throw error
  }
}
