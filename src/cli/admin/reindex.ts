// `paracosm admin reindex`: rebuilds the list of episodes from their journals.
import { JournalFolder } from '../../host/journal-folder.ts'
import { reindex } from '../../host/reindex.ts'
import { shardFolder } from '../../server/shards/shard-ids.ts'
import { unfinishedShards } from '../../server/shards/shards.ts'
import { openEpisodeStorage } from '../../server/storage.ts'
import { openStore } from '../../store/store.ts'
import { type Io, printJson } from '../io.ts'
import { createProgress } from '../progress.ts'
import { storeTarget } from '../store.ts'

/** @throws AppError DATA_IN_USE while a server has the folder; FILE_UNWRITABLE; the codes of `openStore` */
export async function reindexEpisodes(
  io: Io,
  flags: { readonly data: string; readonly json?: boolean },
): Promise<void> {
  const store = await openStore(storeTarget(io, flags.data, { mode: 'create', runs: 'thread' }))
  try {
    const { episodes, blobs } = await openEpisodeStorage(flags.data, store)
    const shards: JournalFolder[] = []
    try {
      for (const shard of unfinishedShards(flags.data)) {
        shards.push(await JournalFolder.open(shardFolder(flags.data, shard), blobs))
      }
      const progress = createProgress(io, { unit: 'journals' })
      const { written, removed } = await reindex(episodes, blobs, { shards, onProgress: ({ read }) => progress(read) })
      if (flags.json) printJson(io, { ok: true, written, removed })
      else io.out(describe(written, removed))
    } finally {
      for (const folder of [...shards, episodes.journals]) await folder.close()
    }
  } finally {
    await store.close()
  }
}

function describe(written: number, removed: number): string {
  const gone = removed > 0 ? ` Rows removed because their journals are gone: ${removed}.` : ''
  return `Indexed ${written} episode${written === 1 ? '' : 's'}.${gone}`
}
