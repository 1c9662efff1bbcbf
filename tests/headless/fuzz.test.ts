import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, nextBelow } from '../../src/kernel/random.ts'
import { arbFoundryRun, play, QUIET, tick } from '../../src/testing/foundry-runs.ts'
import { findImbalance } from '../../src/worlds/foundry/balance.ts'
import { decideRandom, FoundryView } from '../../src/worlds/foundry/bots.ts'
import { foundry } from '../../src/worlds/foundry/world.ts'

const TICKS = 1_000_000
const TICKS_A_RUN = 4000
const LIMIT_MS = 60_000

test(`foundry: ${TICKS} ticks under random crews keep every book balanced, within a minute`, () => {
  const started = performance.now()
  let refused = 0
  let taken = 0
  let made = 0
  const floors = fc.sample(arbFoundryRun({ slots: 2, clouds: true }), { numRuns: TICKS / TICKS_A_RUN, seed: 1 })
  for (const [run, floor] of floors.entries()) {
    const random = createRandom(run, 'fuzz')
    let f = play({ ...floor, acts: floor.acts.filter(({ kind }) => kind !== 'ticks') })
    while (f.tick < TICKS_A_RUN) {
      const ticks = Math.min(TICKS_A_RUN - f.tick, 1 + nextBelow(random, 300))
      for (let i = 0; i < 6; i++) {
        const slot = i % 2
        const command = decideRandom(FoundryView.parse(foundry.observe(f, slot)), random)
        if (foundry.apply(f, slot, command, QUIET)) refused++
        else taken++
      }
      tick(f, ticks)
      assert.equal(findImbalance(f), undefined, `run ${run}, tick ${f.tick}`)
      if (nextBelow(random, 20) === 0) {
        const digest = foundry.digest(f)
        f = foundry.load(JSON.parse(JSON.stringify(foundry.save(f))))
        assert.equal(foundry.digest(f), digest, `run ${run}, tick ${f.tick}`)
      }
    }
    made += f.ledger.made.reduce((sum, count) => sum + count, 0)
  }
  assert.ok(taken > 10_000 && refused > 1000, `${taken} taken, ${refused} refused`)
  assert.ok(made > 1000, `${made} made`)
  const took = performance.now() - started
  assert.ok(took < LIMIT_MS, `${Math.round(took)} ms`)
})
