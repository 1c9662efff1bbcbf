// The episodes that a server runs: in this process, and in its shards.
import type { Episode } from '../episode/episode.ts'
import { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import type { ClosingPart } from '../transport/close.ts'
import { journalsElsewhere } from './journals-elsewhere.ts'
import type { ModelSlot } from './shards/shard-link.ts'
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
  /** Called for every episode that this process begins or resumes. */
  readonly onBegun: readonly ((episode: Episode) => void)[]
  /** Called for every slot in a shard that the model of this server is to play. @returns whether it has left the slot */
  onModelSlot(slot: ModelSlot): Promise<boolean>
  /** Called for every episode that has ended, wherever it ran. */
  onArchived(id: string): void
}

export interface RunningEpisodes {
  readonly episodes: EpisodeService
  /** Undefined: this process runs every episode. */
  readonly shards: Shards | undefined
  /** Resumes what a stop or crash left unfinished in the shards. */
  beginShards(): Promise<number>
  /** Stops every episode, and returns the ids of those that the next start resumes. A second call does nothing more. */
  close(): Promise<string[]>
}

/** @throws AppError INTERRUPTED when a shard does not start */
export async function openEpisodes(options: Options): Promise<RunningEpisodes> {
  const { storage, worlds, log, opened, onBegun, onModelSlot, onArchived, dataDir } = options
  const shards = options.shards && (await Shards.open({ ...options.shards, dataDir, log, onModelSlot, onArchived }))
  opened.push({ name: 'shards', close: () => shards?.stop() })
  const episodes = new EpisodeService({
    worlds,
    storage: { ...storage.episodes, elsewhere: journalsElsewhere(storage.store, storage.blobs) },
    log,
    resumesLater: true,
    onBegun,
    onArchived,
    liveElsewhere: shards?.summaries.bind(shards),
  })
  opened.push({ name: 'journals', close: () => episodes.close() })
  return {
    episodes,
    shards,
    beginShards: async () => (await shards?.begin()) ?? 0,
    async close() {
      const left = await Promise.all([episodes.close(), shards?.stop() ?? []])
      return left.flat()
    },
  }
}
