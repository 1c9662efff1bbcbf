// What an experiment file may refer to: the games of a server, by any spelling of their names, and its worlds.
import type { z } from 'zod'
import { summariseWorld } from '../../adapters/coworld/describe.ts'
import { isPerceived } from '../../adapters/perception/world-bridge.ts'
import type { World } from '../../kernel/world.ts'
import type { WorldSummary } from '../../protocol/catalogue.ts'
import type { JsonObject } from '../../protocol/json.ts'

export interface KnownGame {
  readonly name: string
  /** The original's file stem, such as `infer-intent`: an alternative name. */
  readonly id: string
  readonly overrides: z.ZodType<JsonObject>
}

/** A world that an arm may name. */
export interface KnownWorld extends Pick<WorldSummary, 'id' | 'title' | 'summary' | 'variants' | 'bots'> {
  /** Whether models can play it. */
  readonly isPerceived: boolean
}

export function knownWorld(world: World): KnownWorld {
  const { id, title, summary, variants, bots } = summariseWorld(world, false)
  return { id, title, summary, variants, bots, isPerceived: isPerceived(world) }
}

/** The game of a reference; case, blanks, `_` and `-` are ignored. */
export function findGame(games: readonly KnownGame[], reference: string): KnownGame | undefined {
  const wanted = plain(reference)
  return games.find(({ name, id }) => plain(name) === wanted || plain(id) === wanted)
}

export const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')
