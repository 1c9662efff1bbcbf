import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReferenceTransport, type RefPart } from '../../testing/foundry-reference.ts'
import { aFloor, QUIET, tick } from '../../testing/foundry-runs.ts'
import { FACINGS, ITEMS } from './catalogue.ts'
import { SavedFoundry, type SavedPart } from './save-schema.ts'
import type { Foundry } from './state.ts'
import { foundry } from './world.ts'

const SIZE = { x: 6, y: 4, z: 6 }

interface Spot {
  readonly def_id: string
  readonly x: number
  readonly y: number
  readonly z: number
  readonly facing: (typeof FACINGS)[number]
}

const Facing = fc.constantFrom(...FACINGS)
const Spots = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({
          def_id: fc.constantFrom('conveyor', 'conveyor', 'conveyor', 'splitter', 'merger', 'storage', 'delivery_port'),
          x: fc.nat(5),
          y: fc.constantFrom(1, 1, 1, 2),
          z: fc.nat(5),
          facing: Facing,
        })
        .map((spot): Spot[] => [spot]),
    },
    { weight: 4, arbitrary: fc.record({ x: fc.nat(5), z: fc.nat(5), facing: Facing, part: fc.nat(9) }).map(toRing) },
    {
      weight: 2,
      arbitrary: fc
        .record({ x: fc.nat(5), z: fc.nat(5), facing: Facing, height: fc.integer({ min: 1, max: 3 }) })
        .map(({ height, ...at }) =>
          Array.from({ length: height }, (_, i): Spot => ({ ...at, def_id: 'lift', y: i + 1 })),
        ),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          x: fc.nat(5),
          z: fc.nat(5),
          facing: fc.nat(3),
          parts: fc.array(fc.constantFrom('storage', 'splitter', 'merger', 'conveyor'), { minLength: 2, maxLength: 5 }),
        })
        .map(({ parts, ...way }) =>
          toRoad({ ...way, length: parts.length }).map((spot, i) => ({ ...spot, def_id: parts[i] ?? 'conveyor' })),
        ),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({ x: fc.nat(5), z: fc.nat(5), facing: fc.nat(3), length: fc.integer({ min: 2, max: 6 }) })
        .map(toRoad),
    },
  ),
  { minLength: 3, maxLength: 14 },
)

function toRoad({ x, z, facing, length }: { x: number; z: number; facing: number; length: number }): Spot[] {
  const dx = facing === 1 ? 1 : facing === 3 ? -1 : 0
  const dz = facing === 2 ? 1 : facing === 0 ? -1 : 0
  return Array.from({ length }, (_, i) => ({
    def_id: 'conveyor',
    x: x + dx * i,
    y: 1,
    z: z + dz * i,
    facing: FACINGS[facing] ?? 'north',
  }))
}

/** Belts around two by three cells; one of them may be a merger. */
function toRing({ x, z, part }: { x: number; z: number; part: number }): Spot[] {
  const way = [
    [0, 0, 'east'],
    [1, 0, 'east'],
    [2, 0, 'south'],
    [2, 1, 'west'],
    [1, 1, 'west'],
    [0, 1, 'north'],
  ] as const
  return way.map(([dx, dz, facing], i) => ({
    def_id: i === part ? 'merger' : 'conveyor',
    x: Math.min(x, 3) + dx,
    y: 1,
    z: Math.min(z, 4) + dz,
    facing,
  }))
}

/** A floor with those of these parts that fit, with belts and storages filled by `load`. */
function createLoaded(spots: readonly Spot[], load: readonly number[]): Foundry {
  const f = foundry.create(aFloor({ size: SIZE }), 0)
  for (const { def_id, facing, ...origin } of spots) {
    foundry.apply(f, 0, { type: 'place_part', def_id, origin, facing }, QUIET)
  }
  const saved = SavedFoundry.parse(foundry.save(f))
  let next = 0
  const add = (item: (typeof ITEMS)[number], count: number): void => {
    const index = ITEMS.indexOf(item)
    saved.ledger.mined[index] = (saved.ledger.mined[index] ?? 0) + count
  }
  for (const part of saved.parts) {
    const draw = load[next++ % load.length] ?? 0
    const item = ITEMS[draw % ITEMS.length] ?? 'coal'
    if (part.def_id === 'storage') {
      part.stock = { [item]: draw % 40 }
      add(item, draw % 40)
    } else if (part.def_id === 'conveyor' || part.def_id === 'lift') {
      // A single item at any position up to the stop keeps its distance from those on other belts; so does a full belt.
      part.items =
        draw % 5 === 0
          ? []
          : draw % 5 < 3
            ? [
                { item, offset: 8 },
                { item, offset: 0 },
              ]
            : [{ item, offset: draw % 9 }]
      add(item, part.items.length)
    }
  }
  return foundry.load(JSON.parse(JSON.stringify(saved)))
}

function toReference(part: SavedPart): RefPart {
  return {
    id: part.id,
    def_id: part.def_id,
    origin: part.origin,
    facing: part.facing,
    items: part.items ?? [],
    core: part.core,
    turn: part.turn ?? 0,
    ports: new Map((part.ports ?? []).map(({ port, item }) => [port, item])),
    stock: new Map(Object.entries(part.stock ?? {})),
  }
}

/** The values by which both sides are compared. */
function describe(part: RefPart) {
  const stock = [...part.stock].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  const ports = [...part.ports].sort(([a], [b]) => a - b)
  return { id: part.id, items: part.items, core: part.core, turn: part.turn, ports, stock }
}

const partsOf = (f: Foundry): RefPart[] => SavedFoundry.parse(foundry.save(f)).parts.map(toReference)

test('foundry: lines move items like the cell-by-cell model, tick by tick, with loops, merges and lifts', () => {
  let loops = 0
  fc.assert(
    fc.property(Spots, fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }), (spots, load) => {
      const f = createLoaded(spots.flat(), load)
      for (let line = 1; line <= f.belts.lastLine; line++) loops += f.belts.isLoop[line] ?? 0
      const parts = partsOf(f)
      const reference = new ReferenceTransport(parts, ITEMS)
      for (let i = 0; i < 60; i++) {
        tick(f, 1)
        reference.step()
        assert.deepEqual(partsOf(f).map(describe), parts.map(describe), `tick ${i + 1}`)
      }
    }),
    { numRuns: 150 },
  )
  assert.ok(loops > 3, `only ${loops} loops were drawn`)
})

test('foundry: the order in which parts are placed does not change how items move', () => {
  fc.assert(
    fc.property(Spots, fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }), fc.nat(), (spots, load, salt) => {
      const first = createLoaded(spots.flat(), load)
      const saved = SavedFoundry.parse(foundry.save(first))
      // The same floor with its parts numbered in a different order.
      const order = saved.parts.map((part, i) => ({ part, key: ((i + 1) * (salt | 1)) % 1009 }))
      order.sort((a, b) => a.key - b.key || a.part.id - b.part.id)
      const parts = order.map(({ part }, i) => ({ ...part, id: i + 1 }))
      const second = foundry.load(JSON.parse(JSON.stringify({ ...saved, parts })))
      for (let i = 0; i < 40; i++) {
        tick(first, 1)
        tick(second, 1)
      }
      assert.deepEqual(byCell(second), byCell(first))
    }),
    { numRuns: 100 },
  )
})

function byCell(f: Foundry): string[] {
  return partsOf(f)
    .map((part) => `${JSON.stringify(part.origin)} ${JSON.stringify({ ...describe(part), id: 0 })}`)
    .sort((a, b) => (a < b ? -1 : 1))
}
