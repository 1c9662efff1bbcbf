// `paracosm admin reindex`: rebuilds the list of episodes from their journals.
import { reindex } from '../../host/reindex.ts'
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
    try {
      const progress = createProgress(io, { unit: 'journals' })
      const report = ({ read }: { read: number }): void => progress(read)
      const { written, removed } = await reindex(episodes, blobs, report)
      if (flags.json) printJson(io, { ok: true, written, removed })
      else io.out(describe(written, removed))
    } finally {
      await episodes.journals.close()
    }
  } finally {
    await store.close()
  }
}

function describe(written: number, removed: number): string {
  const gone = removed > 0 ? ` Rows removed because their journals are gone: ${removed}.` : ''
  return `Indexed ${written} episode${written === 1 ? '' : 's'}.${gone}`
}
