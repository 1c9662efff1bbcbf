import fc from 'fast-check'
import { loadWorld } from '../../testing/built-in-worlds.ts'
import { arbFoundryRun } from '../../testing/foundry-runs.ts'
import { testWorld } from '../../testing/test-world.ts'

const Commands = arbFoundryRun({ slots: 2, acts: 1 }).chain(({ acts }) => {
  const commands = acts.flatMap((act) => (act.kind === 'command' ? [act.command] : []))
  return commands.length > 0 ? fc.constantFrom(...commands) : fc.constant({ type: 'remove_part', part_id: 1 })
})

const plenty = { conveyor: 99, extractor: 9, smelter: 9, solar_panel: 9, wire: 99, storage: 9, merger: 9, splitter: 9 }
const configs = fc.record({
  size: fc.record({
    x: fc.integer({ min: 1, max: 9 }),
    y: fc.integer({ min: 2, max: 5 }),
    z: fc.integer({ min: 1, max: 9 }),
  }),
  scattered: fc.nat(40),
  inventory: fc.array(fc.constant(plenty), { minLength: 1, maxLength: 3 }),
  clouds: fc.record({ every: fc.nat(9), least: fc.nat(1000) }),
})

const foundry = await loadWorld('foundry')
// The large sprawls repeat the small one; the benchmark measures their cost.
const variants = foundry.variants.filter(({ id }) => !id.startsWith('sprawl_'))

testWorld({ ...foundry, variants }, { commands: Commands, configs })
