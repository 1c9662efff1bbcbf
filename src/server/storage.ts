// The storage of a server: journals, artefacts, store, and the key of personal data. Either everything opens, or
// nothing stays open.
import { join } from 'node:path'
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeStorage } from '../host/episode-archive.ts'
import { FolderBlobs } from '../host/folder-blobs.ts'
import { JournalFolder } from '../host/journal-folder.ts'
import { adoptOldLayout } from '../host/reindex.ts'
import { folderId } from '../lib/folder-id.ts'
import { makeFolder } from '../lib/folders.ts'
import { PRIVATE_FOLDER } from '../lib/private.ts'
import { EpisodeIndex } from '../store/episodes/episode-index.ts'
import { openVault } from '../store/people/personal-key.ts'
import type { Vault } from '../store/people/vault.ts'
import { openStore, type Store, type StoreTarget, storeInFolder } from '../store/store.ts'

export interface ServerStorage {
  readonly episodes: EpisodeStorage
  readonly blobs: BlobStore
  readonly store: Store
  readonly vault: Vault
  /** Whether no other server can use this store: the data folder is locked, a PostgreSQL is not. */
  readonly isAlone: boolean
  /** Identifies the data folder among those that share the store; null: its disk was full. */
  readonly home: string | null
  /** Closes the store, which the episode service does not close. */
  close(): Promise<void>
}

/** Episodes of a data folder beside a store that the caller has opened. Closed by the episode service. */
export async function openEpisodeStorage(
  dataDir: string,
  store: Store,
): Promise<{
  readonly episodes: EpisodeStorage
  readonly blobs: BlobStore
}> {
  const blobs = new FolderBlobs(join(dataDir, 'blobs'))
  const journals = await JournalFolder.open(dataDir, blobs)
  try {
    const index = new EpisodeIndex(store)
    await adoptOldLayout(dataDir, { journals, index }, blobs)
    return { episodes: { journals, index }, blobs }
  } catch (error) {
    await journals.close()
    throw error
  }
}

/** @throws AppError DATA_IN_USE, FILE_UNWRITABLE; the codes of `openStore` and `openVault` */
export async function openServerStorage(options: {
  readonly dataDir: string
  readonly store?: StoreTarget
  readonly sessions?: { readonly piiKey?: string | undefined }
}): Promise<ServerStorage> {
  await makeFolder(options.dataDir, { mode: PRIVATE_FOLDER })
  const target = options.store ?? storeInFolder(options.dataDir, { mode: 'create', runs: 'thread' })
  const store = await openStore(target)
  try {
    const { episodes, blobs } = await openEpisodeStorage(options.dataDir, store)
    try {
      const vault = await openVault(store, { key: options.sessions?.piiKey, folder: options.dataDir })
      const home = await folderId(options.dataDir)
      return { episodes, blobs, store, vault, home, isAlone: target.kind === 'sqlite', close: () => store.close() }
    } catch (error) {
      await episodes.journals.close()
      throw error
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
