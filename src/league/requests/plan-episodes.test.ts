// Slots of experience requests: pinned slots stay, others rotate, champions are drawn anew and never twice while there are
// others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { planEpisodes, type RosterEntry } from './plan-episodes.ts'

const fixed = (version: string, slot = -1): RosterEntry => ({ pick: { version }, slot })

test('plan: pinned players keep their slots, and the others visit every free slot', () => {
  const entries = [fixed('a'), fixed('b', 0), fixed('c')]
  const plan = planEpisodes({ entries, pool: [], episodes: 3, seed: 4_294_967_295 })
  assert.deepEqual(
    plan.map(({ lineup }) => lineup.join('')),
    ['bac', 'bca', 'bac'],
  )
  assert.deepEqual(
    plan.map(({ seed }) => seed),
    [4_294_967_295, 0, 1],
  )
})

test('plan: champions are drawn for every episode from the best, better ones more often', () => {
  const pool = Array.from({ length: 10 }, (_, rank) => `champion-${rank}`)
  const entries: RosterEntry[] = [
    fixed('champion-0'),
    { pick: { top: 3 }, slot: -1 },
    { pick: { top: null }, slot: -1 },
  ]
  const plan = planEpisodes({ entries, pool, episodes: 100, seed: 1 })
  assert.deepEqual(planEpisodes({ entries, pool, episodes: 100, seed: 1 }), plan)
  const met = new Map<string, number>()
  for (const { lineup } of plan) {
    assert.equal(new Set(lineup).size, 3)
    for (const id of lineup) met.set(id, (met.get(id) ?? 0) + 1)
  }
  assert.equal(met.get('champion-0'), 100)
  assert.ok((met.get('champion-1') ?? 0) > (met.get('champion-9') ?? 0))
  assert.ok(met.size > 6)
})

test('plan: every lineup is full, and repeats a champion only when there are no others', () => {
  const pick = fc.oneof(
    fc.constantFrom('x', 'y').map((version) => ({ version })),
    fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }).map((top) => ({ top })),
  )
  fc.assert(
    fc.property(
      fc.array(pick, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.boolean(),
      (picks, champions, seed, isPinned) => {
        const pool = Array.from({ length: champions }, (_, index) => `c${index}`)
        const entries = picks.map((pick, index) => ({ pick, slot: isPinned && index === 0 ? picks.length - 1 : -1 }))
        for (const { lineup } of planEpisodes({ entries, pool, episodes: 4, seed })) {
          assert.equal(lineup.length, entries.length)
          assert.ok(Array.from(lineup).every((id) => typeof id === 'string'))
          const drawn = lineup.filter((id) => id.startsWith('c'))
          const isOpen = picks.every((pick) => !('top' in pick) || pick.top === null)
          if (isOpen && drawn.length <= champions) assert.equal(new Set(drawn).size, drawn.length)
        }
      },
    ),
  )
})
