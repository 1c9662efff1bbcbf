// The episodes that a server runs: in this process, and in its shards.
import { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import type { ClosingPart } from '../transport/close.ts'
import { journalsElsewhere } from './journals-elsewhere.ts'
import { type ShardSettings, Shards } from './shards/shards.ts'
import type { ServerStorage } from './storage.ts'

interface Options {
  readonly dataDir: string
  readonly shards?: ShardSettings | undefined
  readonly worlds: WorldRegistry
  readonly storage: ServerStorage
  readonly log: Log
  /** Receives every part in start order. */
  readonly opened: ClosingPart[]
  /** Called for every episode that has ended, wherever it ran. */
  onArchived(id: string): void
}

export interface RunningEpisodes {
  readonly episodes: EpisodeService
  /** Undefined: this process runs every episode. */
  readonly shards: Shards | undefined
  /** Resumes what a stop or crash left unfinished in the shards. @param url of the server */
  beginShards(url: string): Promise<number>
  /** Stops every episode, and returns the ids of those that the next start resumes. A second call does nothing more. */
  close(): Promise<string[]>
}

/** @throws AppError INTERRUPTED when a shard does not start */
export async function openEpisodes(options: Options): Promise<RunningEpisodes> {
  const { storage, worlds, log, opened, onArchived, dataDir } = options
  const shards = options.shards && (await Shards.open({ ...options.shards, dataDir, log, onArchived }))
  opened.push({ name: 'shards', close: () => shards?.stop() })
  const episodes = new EpisodeService({
    worlds,
    storage: { ...storage.episodes, elsewhere: journalsElsewhere(storage.store, storage.blobs) },
    log,
    onArchived,
    liveElsewhere: shards?.summaries.bind(shards),
  })
  opened.push({ name: 'journals', close: () => episodes.close() })
  return {
    episodes,
    shards,
    beginShards: async (url) => (await shards?.begin(url)) ?? 0,
    async close() {
      const left = await Promise.all([episodes.close(), shards?.stop() ?? []])
      return left.flat()
    },
  }
}
