// What an experiment file may refer to: the games of a server, by any spelling of their names, and its worlds.
import type { z } from 'zod'
import type { WorldSummary } from '../../protocol/catalogue.ts'
import type { JsonObject } from '../../protocol/json.ts'

export interface KnownGame {
  readonly name: string
  /** The file stem of the original, `infer-intent`: names it too. */
  readonly id: string
  readonly overrides: z.ZodType<JsonObject>
}

/** A world that an arm may name. */
export type KnownWorld = Pick<WorldSummary, 'id' | 'title' | 'summary' | 'variants' | 'bots'>

/** The game of a reference; case, blanks, `_` and `-` do not matter. */
export function findGame(games: readonly KnownGame[], reference: string): KnownGame | undefined {
  const wanted = plain(reference)
  return games.find(({ name, id }) => plain(name) === wanted || plain(id) === wanted)
}

export const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')
