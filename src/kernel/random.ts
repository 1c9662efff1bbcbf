// Seeded random numbers: xoshiro128** 1.1 (Blackman and Vigna, 2018, public domain; prng.di.unimi.it). The state is four
// plain integers, so it lives in a world's state and is saved, hashed and replayed with it.
import { sha256 } from './sha256.ts'

/** Generator state: four integers of -2^31..2^31-1, not all zero. Drawing changes it in place. */
export type RandomState = [number, number, number, number]

/**
 * A fresh generator for one named stream of a seed. Streams of different names are independent, so one more draw
 * in `map` never shifts what `slot:2` sees.
 * @param seed unsigned 32-bit integer
 *
 * @example
 * import { createRandom, nextBelow } from 'paracosm/world'
 *
 * const dice = createRandom(7, 'dice')
 * console.log(1 + nextBelow(dice, 6))
 */
export function createRandom(seed: number, stream: string): RandomState {
  const text = new TextEncoder().encode(`${seed >>> 0}/${stream}`)
  const view = new DataView(sha256(text).buffer)
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12) | 1]
}

/**
 * The next 32 random bits, as an unsigned integer.
 *
 * @example
 * import { createRandom, nextUint32 } from 'paracosm/world'
 *
 * console.log(nextUint32(createRandom(7, 'map')))
 */
export function nextUint32(s: RandomState): number {
  const product = Math.imul(s[1], 5)
  const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
  const t = s[1] << 9
  s[2] ^= s[0]
  s[3] ^= s[1]
  s[1] ^= s[2]
  s[0] ^= s[3]
  s[2] ^= t
  s[3] = (s[3] << 11) | (s[3] >>> 21)
  return result
}

/**
 * A uniform integer of 0..bound-1, without bias (rejection).
 * @param bound 1..2^32
 *
 * @example
 * import { createRandom, nextBelow } from 'paracosm/world'
 *
 * const random = createRandom(7, 'slot:0')
 * const card = nextBelow(random, 52)
 * console.log(card)
 */
export function nextBelow(s: RandomState, bound: number): number {
  const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound)
  let draw = nextUint32(s)
  while (draw >= limit) draw = nextUint32(s)
  return draw % bound
}

/**
 * True with a chance of `permille` in 1000.
 *
 * @example
 * import { createRandom, nextChance } from 'paracosm/world'
 *
 * console.log(nextChance(createRandom(7, 'weather'), 250)) // rain in a quarter of the days
 */
export function nextChance(s: RandomState, permille: number): boolean {
  return nextBelow(s, 1000) < permille
}

/**
 * A fresh array with the items of `items` in random order (Fisher-Yates).
 *
 * @example
 * import { createRandom, shuffled } from 'paracosm/world'
 *
 * console.log(shuffled(createRandom(7, 'deck'), ['ace', 'king', 'queen']))
 */
export function shuffled<T>(s: RandomState, items: readonly T[]): T[] {
  const out: T[] = []
  for (const item of items) {
    const at = nextBelow(s, out.length + 1)
    const moved = out[at]
    if (moved === undefined) out.push(item)
    else {
      out.push(moved)
      out[at] = item
    }
  }
  return out
}
