import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Act, arbFoundryRun, type FoundryRun, play } from '../../testing/foundry-runs.ts'
import { defNumber, FACINGS, type Facing, PARTS } from './catalogue.ts'
import { createShapes } from './geometry.ts'
import { shapeNumber } from './parts.ts'
import { SavedFoundry } from './save-schema.ts'
import type { Foundry } from './state.ts'
import { foundry } from './world.ts'

type Axis = 'x' | 'z'
const shapes = createShapes()

/** Swaps east and west, or north and south. */
function mirrorFacing(facing: Facing, axis: Axis): Facing {
  const number = FACINGS.indexOf(facing)
  const isAlong = (number % 2 === 1) === (axis === 'x')
  return FACINGS[isAlong ? (number + 2) % 4 : number] ?? facing
}

/** The mirror image of a run. */
function mirrorRun(run: FoundryRun, axis: Axis): FoundryRun {
  const { size } = run.config
  const deposits = run.config.deposits.map((each) => ({ ...each, [axis]: size[axis] - 1 - each[axis] }))
  return { ...run, config: { ...run.config, deposits }, acts: run.acts.map((act) => mirrorAct(act, size[axis], axis)) }
}

function mirrorAct(act: Act, length: number, axis: Axis): Act {
  if (act.kind !== 'command' || act.command.type !== 'place_part') return act
  const { origin, def_id } = act.command
  const facing = mirrorFacing(act.command.facing, axis)
  const def = defNumber(def_id)
  const extent = shapes[shapeNumber(def, FACINGS.indexOf(facing), { x: 0, y: 0, z: 0 })]?.extent[axis] ?? 1
  return {
    ...act,
    command: { ...act.command, facing, origin: { ...origin, [axis]: length - extent - origin[axis] } },
  }
}

/**
 * Turning a part about its corner has no mirror image when the part is longer than wide; all other commands are kept.
 */
function withoutTurns(run: FoundryRun): FoundryRun {
  return { ...run, acts: run.acts.filter((act) => act.kind !== 'command' || act.command.type !== 'rotate_part') }
}

function describe(f: Foundry) {
  const { parts, ledger, inventories } = SavedFoundry.parse(foundry.save(f))
  return { parts: parts.map((part) => ({ ...part, origin: 0, facing: 0 })), ledger, inventories }
}

for (const axis of ['x', 'z'] as const) {
  test(`foundry: a layout mirrored along ${axis} plays out as the mirror image`, () => {
    let refused = 0
    fc.assert(
      fc.property(arbFoundryRun({ clouds: true }).map(withoutTurns), (run) => {
        const answers: boolean[] = []
        const mirrored: boolean[] = []
        const f = play(run, { after: (_, __, isRefused) => answers.push(isRefused) })
        const g = play(mirrorRun(run, axis), { after: (_, __, isRefused) => mirrored.push(isRefused) })
        refused += answers.filter(Boolean).length
        assert.deepEqual(mirrored, answers)
        assert.deepEqual(describe(g), describe(f))
        assert.equal(g.air.total, f.air.total)
      }),
      { numRuns: 100 },
    )
    assert.ok(refused > 0)
  })
}

test('foundry: every part is symmetric, so layouts can be mirrored part by part', () => {
  for (const def of PARTS) {
    const [width] = def.footprint
    const key = (port: (typeof def.ports)[number]): string => JSON.stringify(port)
    const mirrored = def.ports.map((port) => ({
      ...port,
      at: [width - 1 - port.at[0], port.at[1], port.at[2]] as const,
      side: port.side === 'left' ? ('right' as const) : port.side === 'right' ? ('left' as const) : port.side,
    }))
    assert.deepEqual(new Set(mirrored.map(key)), new Set(def.ports.map(key)), def.id)
  }
})
