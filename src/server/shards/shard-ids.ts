// Which shard has an episode: its id says so, so that no request needs a look-up.
import { join } from 'node:path'

/** Most shards of one server. */
export const MAX_SHARDS = 64

/** Ends the ids of a shard's episodes: `api-20261122-090000-1a2b3c4d-s2`. */
export const shardSuffix = (shard: number): string => `-s${shard}`

/** The shard in an episode's id; undefined: the server itself has the episode. */
export function shardOf(id: string): number | undefined {
  const [, shard] = /-s([1-9]\d?)$/.exec(id) ?? []
  return shard === undefined ? undefined : Number(shard)
}

/** Journals of a shard's live episodes, with a commit log and a lock of their own. Finished ones join the server's. */
export const shardFolder = (dataDir: string, shard: number): string => join(dataDir, 'shards', String(shard))
