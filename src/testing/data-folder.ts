// Opens the episodes of a data folder as a server does, for tests without a server.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EpisodeService } from '../host/episode-service.ts'
import { FolderBlobs } from '../host/folder-blobs.ts'
import { JournalFolder } from '../host/journal-folder.ts'
import type { EpisodeServiceOptions } from '../host/service-options.ts'
import { createWorldRegistry } from '../host/world-registry.ts'
import type { World } from '../kernel/world.ts'
import { EpisodeIndex } from '../store/episodes/episode-index.ts'
import { openStore, storeInFolder } from '../store/store.ts'

export interface OpenFolder {
  readonly episodes: EpisodeService
  readonly journals: JournalFolder
  readonly index: EpisodeIndex
  readonly blobs: FolderBlobs
  close(): Promise<string[]>
}

/** @param worlds available in addition to the built-in ones */
export async function openFolder(
  folder: string,
  worlds: readonly World[] = [],
  options: Partial<EpisodeServiceOptions> = {},
): Promise<OpenFolder> {
  mkdirSync(folder, { recursive: true })
  const blobs = new FolderBlobs(join(folder, 'blobs'))
  const journals = await JournalFolder.open(folder, blobs)
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'thread' }))
  const index = new EpisodeIndex(store)
  const episodes = new EpisodeService({
    worlds: await createWorldRegistry({ worlds }),
    storage: { journals, index },
    ...options,
  })
  const close = async (): Promise<string[]> => {
    const left = await episodes.close()
    await store.close()
    return left
  }
  return { episodes, journals, index, blobs, close }
}
