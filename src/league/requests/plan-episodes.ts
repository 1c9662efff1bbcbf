// Who sits where in the episodes of an experience request: pinned players keep their slots, the others take the free slots
// in turn, and players from the pool of champions are drawn anew for each episode. The same seed gives the same plan.
import { at } from '../../kernel/at.ts'
import { createRandom, nextBelow, type RandomState } from '../../kernel/random.ts'
import type { PlannedEpisode } from '../../store/leagues/experiences.ts'

/** Who plays for an entry: a policy version, or one drawn from the best `top` of the pool (null: from all of it). */
export type Pick = { readonly version: string } | { readonly top: number | null }

export interface RosterEntry {
  readonly pick: Pick
  /** -1: it takes the free slots in turn. */
  readonly slot: number
}

export interface Plan {
  /** One per slot. */
  readonly entries: readonly RosterEntry[]
  /** Policy versions of champions, best first. */
  readonly pool: readonly string[]
  readonly episodes: number
  readonly seed: number
}

/** Weight of the best champion; the one of rank n has the n-th part. */
const WEIGHT = 1_000_000

/** @throws RangeError for pooled entries and an empty pool: callers check both */
export function planEpisodes({ entries, pool, episodes, seed }: Plan): PlannedEpisode[] {
  const random = createRandom(seed, 'experience')
  const pinned = new Set(entries.map(({ slot }) => slot))
  const free = entries.map((_, slot) => slot).filter((slot) => !pinned.has(slot))
  return Array.from({ length: episodes }, (_, index) => {
    const named = new Set(entries.flatMap(({ pick }) => ('version' in pick ? [pick.version] : [])))
    const lineup: string[] = []
    let turn = index
    for (const { pick, slot } of entries) {
      const version = 'version' in pick ? pick.version : draw(random, pool.slice(0, pick.top ?? pool.length), named)
      named.add(version)
      lineup[slot >= 0 ? slot : at(free, turn++ % free.length)] = version
    }
    return { lineup, seed: (seed + index) % 2 ** 32 }
  })
}

/** Draws one, better ones more often, and none that sits already while there are others. */
function draw(random: RandomState, pool: readonly string[], placed: ReadonlySet<string>): string {
  const fresh = pool.some((id) => !placed.has(id))
  const weights = pool.map((id, rank) => (fresh && placed.has(id) ? 0 : Math.ceil(WEIGHT / (rank + 1))))
  let left = nextBelow(
    random,
    weights.reduce((sum, weight) => sum + weight, 0),
  )
  for (const [rank, weight] of weights.entries()) {
    if (left < weight) return at(pool, rank)
    left -= weight
  }
  throw new RangeError('the pool is empty')
}
