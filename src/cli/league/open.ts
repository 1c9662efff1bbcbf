// The store and blobs of a data folder, as the commands of `league` need them.
import { join } from 'node:path'
import type { BlobStore } from '../../host/blobs.ts'
import { FolderBlobs } from '../../host/folder-blobs.ts'
import { makeFolder } from '../../lib/folders.ts'
import { JobQueue } from '../../store/jobs/job-queue.ts'
import { Leagues } from '../../store/leagues/leagues.ts'
import { Rounds } from '../../store/leagues/rounds.ts'
import { openStore } from '../../store/store.ts'
import type { Io } from '../io.ts'
import { storeTarget } from '../store.ts'

export interface LeagueStorage extends AsyncDisposable {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly queue: JobQueue
  readonly blobs: BlobStore
}

/** @throws AppError the codes of `openStore` */
export async function openLeagues(
  io: Io,
  { data }: { readonly data: string },
  now?: () => number,
): Promise<LeagueStorage> {
  if (io.config.DATABASE_URL === undefined) await makeFolder(data)
  const store = await openStore(storeTarget(io, data, { mode: 'create', runs: 'thread' }))
  const leagues = new Leagues(store, now)
  return {
    leagues,
    rounds: new Rounds(store, leagues, now),
    queue: new JobQueue(store),
    blobs: new FolderBlobs(join(data, 'blobs')),
    [Symbol.asyncDispose]: () => store.close(),
  }
}
