// Makes the journals of leagues and evaluations readable like those of the episode service.
import type { ByteSource } from '../episode/byte-source.ts'
import type { BlobStore } from '../host/blobs.ts'
import { Evaluations } from '../store/evaluations/evaluations.ts'
import { Leagues } from '../store/leagues/leagues.ts'
import { Rounds } from '../store/leagues/rounds.ts'
import type { Store } from '../store/store.ts'

/** Prefix of an episode's id in its journal; the rest is its id in the league. */
const PREFIX = 'league-'

/** The id of an evaluation, and the number of its episode. */
const EVALUATED = /^(eval-.+)-(\d{1,9})$/

/**
 * Opens the journals of leagues and evaluations by the ids of their episodes; undefined for others, and for ones without
 * a journal.
 */
export function journalsElsewhere(store: Store, blobs: BlobStore): (id: string) => Promise<ByteSource | undefined> {
  const rounds = new Rounds(store, new Leagues(store))
  const evaluations = new Evaluations(store)
  const ofEvaluation = async (id: string, number: number): Promise<string | null> => {
    const [row] = await evaluations.page(id, { after: number - 1, limit: 1 })
    return row?.number === number ? row.journal : null
  }
  return async (id) => {
    const [, evaluation, number] = EVALUATED.exec(id) ?? []
    if (evaluation !== undefined) {
      const journal = await ofEvaluation(evaluation, Number(number))
      return journal === null ? undefined : blobs.open(journal)
    }
    if (!id.startsWith(PREFIX)) return undefined
    const episode = await rounds.findEpisode(id.slice(PREFIX.length))
    return episode?.journal ? blobs.open(episode.journal) : undefined
  }
}
