// Scores, pairwise probabilities and Bradley-Terry ratings of an evaluation and of every resample of its seeds.
import { absent, at } from '../kernel/at.ts'
import type { Block } from './contests.ts'
import { resampleCount, resamples } from './statistics/bootstrap.ts'

export interface Resampled {
  readonly value: number
  readonly resampled: readonly number[]
}

export interface ResampledPair extends Resampled {
  /** Indexes of the players, the smaller first. */
  readonly first: number
  readonly second: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
}

export interface ResampledFigures {
  /** By player; null: no score. */
  readonly scores: readonly (Resampled | null)[]
  readonly strengths: readonly (Resampled | null)[]
  readonly pairs: readonly ResampledPair[]
  /** `wins[i * players + j]`: how often i ranked above j, draws counted as halves. */
  readonly wins: Float64Array
}

interface Options {
  readonly players: number
  readonly seed: number
  readonly fit: (wins: Float64Array, size: number, guess?: readonly number[]) => number[]
}

/** Sums of one seed. */
interface SeedSums {
  readonly scores: readonly { readonly player: number; readonly sum: number; readonly count: number }[]
  readonly pairs: readonly PairSum[]
}

interface PairSum {
  readonly first: number
  readonly second: number
  wins: number
  draws: number
  losses: number
}

/** Number of resamples for which ratings are fitted: a fit costs far more than a mean. */
const FITS = 200

export function resampleFigures(blocks: readonly Block[], { players, seed, fit }: Options): ResampledFigures {
  const sums = blocks.map(sumsOf)
  const whole = new Sums(players)
  for (const each of sums) whole.add(each, 1)
  const means = whole.means()
  const pairs = whole.pairs()
  const strengths = fit(whole.wins, players)
  const resampled = { means: means.map((): number[] => []), strengths: means.map((): number[] => []) }
  const probabilities = pairs.map((): number[] => [])
  const numbers = sums.reduce((most, each) => Math.max(most, each.scores.length + each.pairs.length), 1)
  const count = sums.length < 2 ? 0 : resampleCount(sums.length, numbers)
  let fits = 0
  const drawn = new Sums(players)
  for (const weights of resamples(sums.length, count, seed)) {
    drawn.clear()
    for (const [index, each] of sums.entries()) {
      const weight = weights[index] ?? absent()
      if (weight > 0) drawn.add(each, weight)
    }
    for (const [player, mean] of drawn.means().entries()) if (mean !== null) at(resampled.means, player).push(mean)
    for (const [index, { first, second }] of pairs.entries())
      at(probabilities, index).push(drawn.probability(first, second))
    if (fits++ >= FITS) continue
    for (const [player, strength] of fit(drawn.wins, players, strengths).entries()) {
      at(resampled.strengths, player).push(strength)
    }
  }
  return {
    scores: means.map((value, player) => (value === null ? null : { value, resampled: at(resampled.means, player) })),
    strengths: strengths.map((value, player) =>
      at(means, player) === null ? null : { value, resampled: at(resampled.strengths, player) },
    ),
    pairs: pairs.map((pair, index) => ({
      ...pair,
      value: whole.probability(pair.first, pair.second),
      resampled: at(probabilities, index),
    })),
    wins: whole.wins,
  }
}

function sumsOf({ scores, contests }: Block): SeedSums {
  const byPlayer = new Map<number, { player: number; sum: number; count: number }>()
  for (const { player, score } of scores) {
    const known = byPlayer.get(player) ?? { player, sum: 0, count: 0 }
    byPlayer.set(player, { player, sum: known.sum + score, count: known.count + 1 })
  }
  const pairs = new Map<string, PairSum>()
  for (const { entrants } of contests) {
    const sorted = entrants.toSorted((a, b) => a.player - b.player)
    for (const [place, high] of sorted.entries()) {
      for (const low of sorted.slice(0, place)) {
        const key = `${low.player}/${high.player}`
        const known = pairs.get(key) ?? { first: low.player, second: high.player, wins: 0, draws: 0, losses: 0 }
        if (low.score > high.score) known.wins++
        else if (low.score < high.score) known.losses++
        else known.draws++
        pairs.set(key, known)
      }
    }
  }
  return { scores: [...byPlayer.values()], pairs: [...pairs.values()] }
}

/** Sums over seeds, each weighted by its frequency in a resample. */
class Sums {
  readonly #players: number
  readonly #sums: Float64Array
  readonly #counts: Float64Array
  /** `wins[i * players + j]`: how often i ranked above j, draws counted as halves. */
  readonly wins: Float64Array
  readonly #draws: Float64Array

  constructor(players: number) {
    this.#players = players
    this.#sums = new Float64Array(players)
    this.#counts = new Float64Array(players)
    this.wins = new Float64Array(players * players)
    this.#draws = new Float64Array(players * players)
  }

  clear(): void {
    for (const list of [this.#sums, this.#counts, this.wins, this.#draws]) list.fill(0)
  }

  add({ scores, pairs }: SeedSums, weight: number): void {
    for (const { player, sum, count } of scores) {
      this.#sums[player] = (this.#sums[player] ?? absent()) + sum * weight
      this.#counts[player] = (this.#counts[player] ?? absent()) + count * weight
    }
    for (const { first, second, wins, draws, losses } of pairs) {
      const [there, back] = [first * this.#players + second, second * this.#players + first]
      this.wins[there] = (this.wins[there] ?? absent()) + (wins + draws / 2) * weight
      this.wins[back] = (this.wins[back] ?? absent()) + (losses + draws / 2) * weight
      this.#draws[there] = (this.#draws[there] ?? absent()) + draws * weight
    }
  }

  means(): (number | null)[] {
    return [...this.#sums].map((sum, player) => {
      const count = this.#counts[player] ?? absent()
      return count === 0 ? null : sum / count
    })
  }

  /** Share of comparisons that the first player won, draws counted as halves; NaN: they never met. */
  probability(first: number, second: number): number {
    const won = this.wins[first * this.#players + second] ?? absent()
    return won / (won + (this.wins[second * this.#players + first] ?? absent()))
  }

  pairs(): Omit<ResampledPair, 'value' | 'resampled'>[] {
    const found: Omit<ResampledPair, 'value' | 'resampled'>[] = []
    for (let first = 0; first < this.#players; first++) {
      for (let second = first + 1; second < this.#players; second++) {
        const [there, back] = [first * this.#players + second, second * this.#players + first]
        const draws = this.#draws[there] ?? absent()
        const wins = (this.wins[there] ?? absent()) - draws / 2
        const losses = (this.wins[back] ?? absent()) - draws / 2
        if (wins + draws + losses > 0) found.push({ first, second, wins, draws, losses })
      }
    }
    return found
  }
}
