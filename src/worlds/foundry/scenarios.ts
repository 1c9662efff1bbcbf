// The built-in scenarios. Each one with an objective has an example solution in solutions/, which the tests run. Every
// scenario ends: by its objective, by the last tick of a goal, or by `max_ticks`.
import type { Variant } from '../../protocol/episode.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { PARTS } from './catalogue.ts'

/** The same count of every part. */
const everyPart = (count: number): JsonObject => Object.fromEntries(PARTS.map(({ id }) => [id, count]))

const at = (x: number, y: number, z: number): JsonObject => ({ x, y, z })

/** Ticks of a scenario with an objective: many times the duration of a slow solution. */
const LESSON_TICKS = 20_000
/** Ticks of a scenario without an objective. */
const OPEN_TICKS = 100_000

interface Box {
  readonly from: readonly [number, number, number]
  readonly to: readonly [number, number, number]
}

/** Walls and roof of frame blocks around the inside of a box, with gaps. */
function createRoom(box: Box, gaps: readonly (readonly [number, number, number])[]): JsonObject[] {
  const [x0, y0, z0] = box.from
  const [x1, y1, z1] = box.to
  const blocks: JsonObject[] = []
  for (let y = y0; y <= y1; y++) {
    for (let z = z0; z <= z1; z++) {
      for (let x = x0; x <= x1; x++) {
        const isInside = x > x0 && x < x1 && z > z0 && z < z1 && y < y1
        const isGap = gaps.some((gap) => gap[0] === x && gap[1] === y && gap[2] === z)
        if (!isInside && !isGap) blocks.push({ def_id: 'frame_block', origin: at(x, y, z) })
      }
    }
  }
  return blocks
}

/** A column of frame blocks that stands on the floor, `height` blocks tall. */
const createTower = (x: number, z: number, height: number): JsonObject[] =>
  Array.from({ length: height }, (_, i) => ({ def_id: 'frame_block', origin: at(x, i + 1, z) }))

/** A wall of frame blocks across the whole floor at `x`, as high and as long as `to`, with a gap on the floor at `gapZ`. */
function createWall(x: number, to: { readonly y: number; readonly z: number }, gapZ: number): JsonObject[] {
  const blocks: JsonObject[] = []
  for (let y = 1; y <= to.y; y++) {
    for (let z = 0; z <= to.z; z++) {
      if (y > 1 || z !== gapZ) blocks.push({ def_id: 'frame_block', origin: at(x, y, z) })
    }
  }
  return blocks
}

const deliveryPort = (x: number, y: number, z: number): JsonObject => ({ def_id: 'delivery_port', origin: at(x, y, z) })

export const VARIANTS: readonly Variant[] = [
  {
    id: 'first_slice',
    title: 'First slice',
    description:
      'A lesson: dig iron ore, smelt it, and deliver ten plates. Frame blocks carry, wires power, conveyors move.',
    seed: 1,
    config: {
      size: at(16, 6, 12),
      deposits: [
        { x: 2, z: 5, item: 'iron_ore' },
        { x: 2, z: 7, item: 'iron_ore' },
      ],
      inventory: [{ frame_block: 8, wire: 24, conveyor: 24, extractor: 2, smelter: 2, solar_panel: 4, storage: 1 }],
      fixed: [deliveryPort(13, 1, 5)],
      goals: [{ kind: 'deliver', item: 'iron_plate', count: 10 }],
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'brownout',
    title: 'Brownout',
    description:
      'Clouds come and go, and two panels are not enough: machines slow down as far as power is short. Burn coal.',
    seed: 2,
    config: {
      size: at(20, 6, 14),
      deposits: [
        { x: 2, z: 4, item: 'iron_ore' },
        { x: 2, z: 9, item: 'coal' },
      ],
      inventory: [
        { frame_block: 6, wire: 40, conveyor: 40, extractor: 2, smelter: 1, solar_panel: 2, battery: 1, generator: 1 },
      ],
      fixed: [deliveryPort(17, 1, 4)],
      goals: [
        { kind: 'deliver', item: 'iron_plate', count: 24 },
        { kind: 'before_tick', tick: 700 },
      ],
      clouds: { every: 50, least: 200 },
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'clean_room',
    title: 'Clean room',
    description:
      'Press thirty gears in a closed room: smelters and assemblers stand inside. What they give off stays there until it fouls them: scrub it.',
    seed: 3,
    config: {
      size: at(20, 6, 12),
      deposits: [
        { x: 2, z: 5, item: 'iron_ore' },
        { x: 2, z: 6, item: 'iron_ore' },
      ],
      inventory: [
        {
          frame_block: 6,
          wire: 40,
          conveyor: 40,
          merger: 2,
          extractor: 2,
          smelter: 2,
          assembler: 1,
          solar_panel: 10,
          scrubber: 1,
          vent: 1,
        },
      ],
      fixed: [
        ...createRoom({ from: [6, 1, 3], to: [14, 3, 7] }, [
          [6, 1, 5],
          [14, 1, 5],
          [8, 3, 4],
        ]),
        deliveryPort(17, 1, 5),
      ],
      // Machines that emit must be inside the room, so the scenario cannot be solved outside it.
      zones: ['smelter', 'assembler'].map((def_id) => ({ def_id, from: at(7, 1, 4), to: at(13, 2, 6) })),
      max_ticks: LESSON_TICKS,
      emission_permille: 3000,
      goals: [
        { kind: 'deliver', item: 'gear', count: 30 },
        { kind: 'contamination_below', limit: 15_000, ticks: 200 },
      ],
    },
  },
  {
    id: 'vertical',
    title: 'Vertical',
    description: 'The delivery port stands on a tower. Lifts carry items up, and parts must hang from something.',
    seed: 4,
    config: {
      size: at(14, 9, 10),
      deposits: [{ x: 2, z: 5, item: 'iron_ore' }],
      inventory: [{ frame_block: 12, wire: 24, conveyor: 16, lift: 6, extractor: 1, smelter: 1, solar_panel: 3 }],
      fixed: [...createTower(11, 5, 5), deliveryPort(11, 6, 5)],
      goals: [
        { kind: 'deliver', item: 'iron_plate', count: 10 },
        { kind: 'parts_at_most', parts: 36 },
      ],
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'two_crews',
    title: 'Two crews',
    description:
      'The crew in the west can dig and carry, the crew in the east can smelt and deliver: each builds on its own half.',
    seed: 5,
    config: {
      size: at(20, 6, 12),
      deposits: [{ x: 2, z: 5, item: 'iron_ore' }],
      inventory: [
        { frame_block: 4, wire: 16, conveyor: 16, extractor: 1, solar_panel: 2 },
        { frame_block: 4, wire: 16, conveyor: 16, smelter: 1, delivery_port: 1, solar_panel: 2 },
      ],
      plots: [
        { x0: 0, x1: 9, z0: 0, z1: 11 },
        { x0: 10, x1: 19, z0: 0, z1: 11 },
      ],
      goals: [{ kind: 'deliver', item: 'iron_plate', count: 12 }],
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'bootstrap',
    title: 'Bootstrap',
    description:
      'One extractor digs too slowly for ninety-five plates in time. Spend plates on a second one: gears, a fabricator, and then a line of its own.',
    seed: 8,
    config: {
      size: at(24, 5, 14),
      deposits: [
        { x: 2, z: 4, item: 'iron_ore' },
        { x: 2, z: 9, item: 'iron_ore' },
      ],
      inventory: [
        {
          ...{ frame_block: 8, wire: 60, conveyor: 70, splitter: 2, merger: 2 },
          ...{ extractor: 1, smelter: 2, assembler: 1, fabricator: 1, solar_panel: 12 },
        },
      ],
      fixed: [deliveryPort(21, 1, 4)],
      goals: [
        { kind: 'deliver', item: 'iron_plate', count: 95 },
        { kind: 'before_tick', tick: 1600 },
      ],
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'one_gap',
    title: 'One gap',
    description:
      'Ore lies in the west, assemblers stand in the east, and one belt fits through the wall. Two metals on one belt jam it as soon as one of them is not wanted.',
    seed: 9,
    config: {
      size: at(22, 4, 12),
      deposits: [
        { x: 2, z: 4, item: 'iron_ore' },
        { x: 2, z: 7, item: 'copper_ore' },
      ],
      inventory: [
        {
          ...{ frame_block: 8, wire: 30, conveyor: 48, splitter: 3, merger: 3, filter: 2 },
          ...{ extractor: 2, smelter: 2, assembler: 2, solar_panel: 12 },
        },
      ],
      fixed: [...createWall(9, { y: 3, z: 11 }, 5), deliveryPort(20, 1, 6)],
      zones: [{ def_id: 'assembler', from: at(10, 1, 0), to: at(21, 3, 11) }],
      goals: [{ kind: 'deliver', item: 'circuit', count: 150 }],
      emission_permille: 0,
      max_ticks: LESSON_TICKS,
    },
  },
  {
    id: 'sandbox',
    title: 'Sandbox',
    description:
      'A wide floor with deposits scattered by the seed, plenty of every part, and nothing that must be done.',
    seed: 6,
    config: { size: at(32, 10, 32), scattered: 30, inventory: [everyPart(10_000)], max_ticks: OPEN_TICKS },
  },
  ...[1000, 10_000, 100_000].map((parts, index) => ({
    id: index === 0 ? 'sprawl' : `sprawl_${parts}`,
    title: `Sprawl, ${parts} parts`,
    description: `${parts} parts of running works, built by the program: for measuring. \`sprawl\` in the configuration sets how many.`,
    seed: 7,
    config: {
      size: sprawlSize(parts),
      inventory: [everyPart(1000)],
      sprawl: parts,
      emission_permille: 0,
      max_ticks: OPEN_TICKS,
    },
  })),
]

/** A grid large enough for a sprawl. */
function sprawlSize(parts: number): JsonObject {
  let side = 84
  while (side * side * 10 < parts * 32) side += 84
  return at(side, 3, side)
}
