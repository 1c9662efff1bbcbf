// Rebuilds the episode index from the journals, and brings data folders of earlier releases into today's layout.
import { createReadStream, existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalFile } from '../episode/journal-file.ts'
import { openJournalBytes } from '../episode/open-bytes.ts'
import type { EpisodeRecord } from '../store/episodes/rows.ts'
import type { BlobStore } from './blobs.ts'
import type { EpisodeStorage } from './episode-archive.ts'
import { readRecord } from './episode-records.ts'
import { type JournalFolder, journalBlob, resultsBlob } from './journal-folder.ts'

const BLOB = /^episodes\/([a-z0-9][a-z0-9-]{0,99})\/journal\.jsonl\.zst$/

export interface ReindexProgress {
  readonly read: number
}

interface ReindexOptions {
  /** Folders of shards with unfinished episodes. */
  readonly shards?: readonly JournalFolder[]
  /** Called after every journal. */
  onProgress?(progress: ReindexProgress): void
}

/**
 * Rewrites the index from every journal of the folder. Live episodes of a server keep their rows.
 * @returns the number of rows written, and of rows removed for lack of a journal
 */
export async function reindex(
  { journals, index }: EpisodeStorage,
  blobs: BlobStore,
  { shards = [], onProgress }: ReindexOptions = {},
): Promise<{ written: number; removed: number }> {
  let read = 0
  async function* records(): AsyncGenerator<EpisodeRecord> {
    for await (const { name } of blobs.list('episodes/')) {
      const id = BLOB.exec(name)?.[1]
      if (id === undefined) continue
      yield await readRecord(id, async () => JournalFile.from(await openJournalBytes(await blobs.open(name))), name)
      onProgress?.({ read: ++read })
    }
    for (const folder of [journals, ...shards]) {
      for (const id of await folder.liveIds()) {
        yield await readRecord(id, () => folder.read(id), null)
        onProgress?.({ read: ++read })
      }
    }
  }
  return index.replaceAll(records())
}

/**
 * Moves the episodes of releases up to 0.1 (`<data>/episodes/<id>/`) to the layout of this release, and indexes them.
 * Does nothing in a folder without them; after a crash it continues where it was.
 */
export async function adoptOldLayout(dataDir: string, storage: EpisodeStorage, blobs: BlobStore): Promise<void> {
  const old = join(dataDir, 'episodes')
  if (!existsSync(old)) return
  for (const id of await readdir(old)) {
    const folder = join(old, id)
    const archived = join(folder, 'journal.jsonl.zst')
    if (existsSync(archived)) {
      await blobs.put(journalBlob(id), createReadStream(archived))
      const results = join(folder, 'results.json')
      if (existsSync(results)) await blobs.put(resultsBlob(id), createReadStream(results))
      await rm(folder, { recursive: true })
    } else await storage.journals.adopt(id, folder)
  }
  await reindex(storage, blobs)
  await rename(old, join(dataDir, 'episodes-moved')).catch(() => undefined)
  await rm(join(dataDir, 'episodes-moved'), { recursive: true, force: true })
}
