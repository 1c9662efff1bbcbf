import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, nextBelow } from '../../src/kernel/random.ts'
import { arbFoundryRun, type FoundryRun, play, QUIET, tick } from '../../src/testing/foundry-runs.ts'
import { findImbalance } from '../../src/worlds/foundry/balance.ts'
import { decideRandom, FoundryView } from '../../src/worlds/foundry/bots.ts'
import { PARTS } from '../../src/worlds/foundry/catalogue.ts'
import { FoundryConfig } from '../../src/worlds/foundry/config.ts'
import type { Foundry } from '../../src/worlds/foundry/state.ts'
import { foundry } from '../../src/worlds/foundry/world.ts'

const TICKS = 1_000_000
const TICKS_A_RUN = 1000
const LIMIT_MS = 60_000

const SCENARIOS = ['first_slice', 'brownout', 'clean_room', 'vertical', 'two_crews']
const plenty = Object.fromEntries(PARTS.map(({ id }) => [id, 10_000]))

/** A random initial floor, with or without contamination. */
function quiet(floor: FoundryRun, run: number): FoundryRun {
  const emission_permille = run % 4 === 0 ? 100 : 10_000
  return {
    ...floor,
    config: { ...floor.config, emission_permille },
    acts: floor.acts.filter(({ kind }) => kind !== 'ticks'),
  }
}

/** The solved floor of a scenario, with plenty of every part. */
function createWorks(run: number): Foundry {
  const id = SCENARIOS[run % SCENARIOS.length]
  const variant = foundry.variants.find((each) => each.id === id)
  const config = FoundryConfig.parse({ ...variant?.config, inventory: [plenty, plenty], plots: [] })
  const f = foundry.create(config, run)
  for (const step of JSON.parse(readFileSync(`src/worlds/foundry/solutions/${id}.json`, 'utf8'))) {
    if (step.type === 'apply_command') foundry.apply(f, step.slot ?? 0, foundry.command.parse(step.command), QUIET)
  }
  return f
}

test(`foundry: ${TICKS} ticks under random crews conserve everything, within a minute`, () => {
  const started = process.cpuUsage()
  let refused = 0
  let taken = 0
  let made = 0
  const floors = fc.sample(arbFoundryRun({ slots: 2, clouds: true }), { numRuns: TICKS / TICKS_A_RUN, seed: 1 })
  for (const [run, floor] of floors.entries()) {
    const random = createRandom(run, 'fuzz')
    let f = run % 2 === 0 ? play(quiet(floor, run)) : createWorks(run)
    while (f.tick < TICKS_A_RUN) {
      const ticks = Math.min(TICKS_A_RUN - f.tick, 1 + nextBelow(random, 300))
      for (let i = 0; i < 2; i++) {
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
  assert.ok(taken > 5000 && refused > 1000, `${taken} taken, ${refused} refused`)
  assert.ok(made > 10_000, `${made} made`)
  // CPU time of this process only, so that other load does not count.
  const { user, system } = process.cpuUsage(started)
  const took = (user + system) / 1000
  assert.ok(took < LIMIT_MS, `${Math.round(took)} ms`)
})
