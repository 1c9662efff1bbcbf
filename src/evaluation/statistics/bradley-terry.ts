// Bradley-Terry strengths from pairwise wins (draws count half), by Hunter's minorisation-maximisation (2004). Each
// pair that met gets one additional draw, because a policy that never lost would otherwise have no finite strength.
import { absent, at } from '../../kernel/at.ts'

/** Points of the Elo scale for odds of 10 to 1, and the mean rating. */
const POINTS = 400
const MEAN = 1000
const ROUNDS = 10_000
/** The fit has converged when no strength changes by more than this relative amount. */
const TOLERANCE = 1e-10
/** The tolerance for resamples: far below the differences between them. */
const ROUGH_TOLERANCE = 1e-5
/** Keeps the curvature invertible when groups of policies never met and their distance is unknown. */
const RIDGE = 1e-6

/**
 * Ratings on the Elo scale, with mean 1000.
 * @param wins `wins[i * size + j]`: how often i beat j, draws counted as halves
 * @param size number of policies
 * @param guess ratings near the result, if known: the fit then needs fewer rounds
 */
export function bradleyTerry(wins: Float64Array, size: number, guess?: readonly number[]): number[] {
  const games = new Float64Array(size * size)
  const won = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const met = (wins[i * size + j] ?? absent()) + (wins[j * size + i] ?? absent())
      if (i === j || met === 0) continue
      games[i * size + j] = met + 1
      won[i] = (won[i] ?? absent()) + (wins[i * size + j] ?? absent()) + 0.5
    }
  }
  let strengths = new Float64Array(size).fill(1)
  for (const [i, rating] of (guess ?? []).entries()) strengths[i] = 10 ** ((rating - MEAN) / POINTS)
  const tolerance = guess ? ROUGH_TOLERANCE : TOLERANCE
  for (let round = 0; round < ROUNDS; round++) {
    const next = improve(strengths, { games, won })
    let change = 0
    for (let i = 0; i < size; i++) {
      change = Math.max(change, Math.abs((next[i] ?? absent()) / (strengths[i] ?? absent()) - 1))
    }
    strengths = next
    if (change < tolerance) break
  }
  const logs = [...strengths].map((strength) => Math.log10(strength))
  const mean = logs.reduce((sum, each) => sum + each, 0) / size
  return logs.map((log) => MEAN + POINTS * (log - mean))
}

/**
 * Standard errors of ratings, in points, from the curvature of the likelihood at its maximum, including the virtual
 * draws. They stay wide for a policy that won everything, which resampling cannot show.
 */
export function bradleyTerryErrors(wins: Float64Array, ratings: readonly number[]): number[] {
  const size = ratings.length
  const curvature = Array.from({ length: size }, () => new Float64Array(size).fill(1 / size))
  for (const [i, row] of curvature.entries()) {
    for (let j = 0; j < size; j++) {
      const met = (wins[i * size + j] ?? absent()) + (wins[j * size + i] ?? absent())
      if (i === j || met === 0) continue
      const chance = 1 / (1 + 10 ** ((at(ratings, j) - at(ratings, i)) / POINTS))
      const weight = (met + 1) * chance * (1 - chance)
      row[i] = (row[i] ?? absent()) + weight
      row[j] = (row[j] ?? absent()) - weight
    }
    row[i] = (row[i] ?? absent()) + RIDGE
  }
  const inverse = invert(curvature)
  const points = POINTS / Math.LN10
  return inverse.map((row, i) => points * Math.sqrt(Math.max(0, (row[i] ?? absent()) - 1 / size)))
}

/** Gauss-Jordan elimination of a positive definite matrix. */
function invert(matrix: readonly Float64Array[]): Float64Array[] {
  const size = matrix.length
  const rows = matrix.map((row, i) => {
    const wide = new Float64Array(2 * size)
    wide.set(row)
    wide[size + i] = 1
    return wide
  })
  for (const [pivot, own] of rows.entries()) {
    const scale = own[pivot] ?? absent()
    for (let k = 0; k < 2 * size; k++) own[k] = (own[k] ?? absent()) / scale
    for (const [i, row] of rows.entries()) {
      const factor = row[pivot] ?? absent()
      if (i === pivot || factor === 0) continue
      for (let k = 0; k < 2 * size; k++) row[k] = (row[k] ?? absent()) - factor * (own[k] ?? absent())
    }
  }
  return rows.map((row) => row.slice(size))
}

/** One round: every strength becomes wins divided by expected games, then all are scaled to a geometric mean of 1. */
function improve(
  strengths: Float64Array,
  { games, won }: { readonly games: Float64Array; readonly won: Float64Array },
): Float64Array<ArrayBuffer> {
  const size = strengths.length
  const next = new Float64Array(size)
  let logSum = 0
  for (let i = 0; i < size; i++) {
    const own = strengths[i] ?? absent()
    let expected = 0
    for (let j = 0; j < size; j++) {
      const met = games[i * size + j] ?? absent()
      if (met > 0) expected += met / (own + (strengths[j] ?? absent()))
    }
    next[i] = expected > 0 ? (won[i] ?? absent()) / expected : own
    logSum += Math.log(next[i] ?? absent())
  }
  const scale = Math.exp(-logSum / size)
  for (let i = 0; i < size; i++) next[i] = (next[i] ?? absent()) * scale
  return next
}
