// The bootstrap over seeds: episodes of one seed are correlated, so whole seeds, and not episodes, are drawn with
// replacement.
import { absent, at } from '../../kernel/at.ts'
import { createRandom, nextBelow } from '../../kernel/random.ts'
import type { Estimate } from '../../protocol/evaluation.ts'

/** Share of the resamples on each side of a 95 % interval. */
const TAIL = 0.025
/** Number of resamples; reduced if all of them together would process more than WORK numbers. */
const RESAMPLES = 1000
const FEWEST_RESAMPLES = 100
const WORK = 100_000_000

/** The number of resamples of an evaluation: it depends only on its size, so that a report can be reproduced. */
export function resampleCount(seeds: number, numbersPerSeed: number): number {
  const affordable = Math.floor(WORK / Math.max(1, seeds * numbersPerSeed))
  return Math.max(FEWEST_RESAMPLES, Math.min(RESAMPLES, affordable))
}

/**
 * How often each seed occurs in each resample.
 * @param seed of the random draws: the same seed gives the same resamples
 */
export function* resamples(seeds: number, count: number, seed: number): Generator<Uint32Array> {
  const random = createRandom(seed, 'bootstrap')
  const weights = new Uint32Array(seeds)
  for (let round = 0; round < count; round++) {
    weights.fill(0)
    for (let draw = 0; draw < seeds; draw++) {
      const index = nextBelow(random, seeds)
      weights[index] = (weights[index] ?? absent()) + 1
    }
    yield weights
  }
}

/** The central 95 % of resampled values, with linear interpolation; undefined if there are none. */
export function interval(values: readonly number[]): { low: number; high: number } | undefined {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  return { low: quantile(sorted, TAIL), high: quantile(sorted, 1 - TAIL) }
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = at(sorted, below)
  const high = at(sorted, Math.min(below + 1, sorted.length - 1))
  return low + (high - low) * (place - below)
}

/** Standard deviation of resampled values: the bootstrap's standard error. */
export function spread(values: readonly number[]): number {
  const known = values.filter((value) => Number.isFinite(value))
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length - 1))
}

/** An estimate with the spread and interval of its resampled values; with a single seed there is no interval. */
export function estimate(value: number, resampled: readonly number[], seeds: number): Estimate {
  const range = seeds < 2 ? undefined : interval(resampled)
  if (!range) return { value, standard_error: null, low: null, high: null }
  return { value, standard_error: spread(resampled), low: range.low, high: range.high }
}

/** Number of standard errors on each side of a 95 % normal interval. */
const NORMAL = 1.96

/** The wider of a resampled interval and a normal one with the given standard error. */
export function widen(found: Estimate, standardError: number): Estimate {
  if (found.low === null || found.high === null) return found
  return {
    value: found.value,
    standard_error: Math.max(found.standard_error ?? 0, standardError),
    low: Math.min(found.low, found.value - NORMAL * standardError),
    high: Math.max(found.high, found.value + NORMAL * standardError),
  }
}

/**
 * A probability that was 0 or 1 on every seed has resamples without spread. Its open end is then the probability at
 * which all seeds would agree with a chance of 1 in 40.
 */
export function openEnds(found: Estimate, seeds: number): Estimate {
  if (found.low === null || found.high === null || found.low !== found.high) return found
  const reach = TAIL ** (1 / seeds)
  if (found.value === 1) return { ...found, low: Math.min(found.low, reach) }
  if (found.value === 0) return { ...found, high: Math.max(found.high, 1 - reach) }
  return found
}
