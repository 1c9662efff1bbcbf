// Makes the journals of league episodes readable like those of the episode service.
import type { ByteSource } from '../episode/byte-source.ts'
import type { BlobStore } from '../host/blobs.ts'
import { Leagues } from '../store/leagues/leagues.ts'
import { Rounds } from '../store/leagues/rounds.ts'
import type { Store } from '../store/store.ts'

/** Prefix of an episode's id in its journal; the rest is its id in the league. */
const PREFIX = 'league-'

/** Opens the journals of leagues by the ids of their episodes; undefined for others, and for ones without a journal. */
export function leagueJournals(store: Store, blobs: BlobStore): (id: string) => Promise<ByteSource | undefined> {
  const rounds = new Rounds(store, new Leagues(store))
  return async (id) => {
    if (!id.startsWith(PREFIX)) return undefined
    const episode = await rounds.findEpisode(id.slice(PREFIX.length))
    return episode?.journal ? blobs.open(episode.journal) : undefined
  }
}
