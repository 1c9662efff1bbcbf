// The paired test of `eval compare`: the same seeds under two conditions. The signs of the differences are permuted:
// all permutations for few seeds, otherwise many random ones from a seed.
import { absent } from '../../kernel/at.ts'
import { createRandom, nextUint32 } from '../../kernel/random.ts'
import type { Estimate } from '../../protocol/evaluation.ts'
import { estimate, resampleCount, resamples } from './bootstrap.ts'

/** Up to this number of differences, all sign permutations are tried: 65,536. */
const EXACT = 16
const DRAWS = 20_000

export interface PairedTest {
  readonly seeds: number
  /** Second minus first. */
  readonly difference: Estimate
  /** Two-sided: how often permuted signs alone give a difference at least as large. */
  readonly p: number
  readonly method: 'exact' | 'random'
}

/** @param differences second minus first, one per seed; at least one */
export function pairedTest(differences: readonly number[], seed: number): PairedTest {
  const seeds = differences.length
  const mean = differences.reduce((sum, each) => sum + each, 0) / seeds
  const means: number[] = []
  for (const weights of resamples(seeds, resampleCount(seeds, 1), seed)) {
    means.push(differences.reduce((sum, each, index) => sum + each * (weights[index] ?? absent()), 0) / seeds)
  }
  const isExact = seeds <= EXACT
  return {
    seeds,
    difference: estimate(mean, means, seeds),
    p: isExact ? exactP(differences) : randomP(differences, seed),
    method: isExact ? 'exact' : 'random',
  }
}

/** Sums that should be equal may differ in the last digits. */
const slack = (total: number): number => Math.abs(total) * (1 - 1e-12)

function exactP(differences: readonly number[]): number {
  const limit = slack(differences.reduce((sum, each) => sum + each, 0))
  const ways = 2 ** differences.length
  let extreme = 0
  for (let way = 0; way < ways; way++) {
    const sum = differences.reduce((total, each, bit) => total + ((way >>> bit) & 1 ? -each : each), 0)
    if (Math.abs(sum) >= limit) extreme++
  }
  return extreme / ways
}

function randomP(differences: readonly number[], seed: number): number {
  const limit = slack(differences.reduce((sum, each) => sum + each, 0))
  const random = createRandom(seed, 'signs')
  let extreme = 1
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0
    let bits = 0
    for (const [index, each] of differences.entries()) {
      if (index % 32 === 0) bits = nextUint32(random)
      sum += bits & 1 ? -each : each
      bits >>>= 1
    }
    if (Math.abs(sum) >= limit) extreme++
  }
  return extreme / (DRAWS + 1)
}
