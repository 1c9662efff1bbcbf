import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rate } from 'openskill'
import { bradleyTerry, bradleyTerryErrors } from './bradley-terry.ts'
import { newRating, ranksOf, rateMatch } from './plackett-luce.ts'

const near = (found: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(found - wanted) <= within, `${found} is not ${wanted}`)

test('plackett-luce: matches of any size, with ties, rate as openskill.js rates them, to 1e-9', () => {
  const match = fc.array(
    fc.record({
      mu: fc.double({ min: -20, max: 70, noNaN: true }),
      sigma: fc.double({ min: 0.5, max: 9, noNaN: true }),
      rank: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  fc.assert(
    fc.property(match, fc.constantFrom(0, 25 / 300), (entrants, tau) => {
      const ranks = entrants.map(({ rank }) => rank)
      const ours = rateMatch(entrants, ranks, tau)
      const theirs = rate(
        entrants.map(({ mu, sigma }) => [{ mu, sigma }]),
        { rank: ranks, tau },
      )
      for (const [index, [other]] of theirs.entries()) {
        near(ours[index]!.mu, other!.mu, 1e-9)
        near(ours[index]!.sigma, other!.sigma, 1e-9)
      }
    }),
  )
})

test('plackett-luce: the reference values of the contract hold', () => {
  const [first, second] = rateMatch([newRating(), newRating()], [1, 2])
  near(first!.mu, 27.635389, 1e-6)
  near(second!.mu, 22.364611, 1e-6)
  near(first!.sigma, 8.065901, 1e-6)
  let three = [newRating(), newRating(), newRating()]
  three = rateMatch(three, [1, 2, 3])
  near(three[0]!.mu, 27.869049, 1e-6)
  near(three[1]!.mu, 25.717262, 1e-6)
  near(three[2]!.sigma, 8.058224, 1e-6)
  three = rateMatch(three, [1, 2, 3])
  near(three[0]!.mu, 30.452626, 1e-6)
  near(three[2]!.mu, 18.558545, 1e-6)
  near(three[1]!.sigma, 7.802219, 1e-6)
})

test('plackett-luce: equal scores share a rank', () => {
  assert.deepEqual(ranksOf([3, 5, 3, 9]), [3, 2, 3, 1])
})

const tables = fc.integer({ min: 2, max: 6 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    games: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: size * size, maxLength: size * size }),
  }),
)

test('bradley-terry: at the ratings every policy has as many wins as expected', () => {
  fc.assert(
    fc.property(tables, ({ size, games }) => {
      const wins = Float64Array.from(games, (count, index) => (index % (size + 1) === 0 ? 0 : count))
      const ratings = bradleyTerry(wins, size)
      for (let i = 0; i < size; i++) {
        let surplus = 0
        for (let j = 0; j < size; j++) {
          const met = wins[i * size + j]! + wins[j * size + i]!
          if (i === j || met === 0) continue
          const chance = 1 / (1 + 10 ** ((ratings[j]! - ratings[i]!) / 400))
          surplus += wins[i * size + j]! + 0.5 - (met + 1) * chance
        }
        near(surplus, 0, 1e-4)
      }
      near(ratings.reduce((sum, each) => sum + each, 0) / size, 1000, 1e-6)
    }),
  )
})

test('bradley-terry: more games reduce the error, and a perfect record keeps it wide', () => {
  const errorOf = (wins: number[]): number => {
    const table = Float64Array.from(wins)
    return bradleyTerryErrors(table, bradleyTerry(table, 2))[0]!
  }
  assert.ok(errorOf([0, 50, 50, 0]) > errorOf([0, 500, 500, 0]))
  assert.ok(errorOf([0, 100, 0, 0]) > 3 * errorOf([0, 50, 50, 0]))
})
