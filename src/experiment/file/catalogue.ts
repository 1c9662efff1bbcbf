// What an experiment file may refer to: the games of a server, by any spelling of their names.
import type { z } from 'zod'
import type { JsonObject } from '../../protocol/json.ts'

export interface KnownGame {
  readonly name: string
  /** The file stem of the original, `infer-intent`: names it too. */
  readonly id: string
  readonly overrides: z.ZodType<JsonObject>
}

/** The game of a reference; case, blanks, `_` and `-` do not matter. */
export function findGame(games: readonly KnownGame[], reference: string): KnownGame | undefined {
  const wanted = plain(reference)
  return games.find(({ name, id }) => plain(name) === wanted || plain(id) === wanted)
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')
