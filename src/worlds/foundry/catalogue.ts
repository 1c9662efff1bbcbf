// The foundry's data: items, parts with their footprints, ports and figures, and the constants of belts. Data only: the
// meaning of a figure is in the file of its subsystem. Recipes are in recipes.ts.

/** Items, in the order in which storages and machines output them. Item numbers count from 1; 0 means no item. */
export const ITEMS = [
  'iron_ore',
  'copper_ore',
  'coal',
  'iron_plate',
  'copper_plate',
  'gear',
  'cable',
  'circuit',
] as const
export type Item = (typeof ITEMS)[number]
export const ITEM_COUNT = ITEMS.length
const ITEM_IDS: readonly string[] = ITEMS

/** Directions: 0 to 3 are the facings (north is towards smaller z, east towards larger x), then up and down. */
export const DIRECTIONS = ['north', 'east', 'south', 'west', 'up', 'down'] as const
export const FACINGS = ['north', 'east', 'south', 'west'] as const
export type Facing = (typeof FACINGS)[number]

/** Sides of a part, seen from inside it in its facing direction. */
export const SIDES = ['front', 'right', 'back', 'left', 'up', 'down'] as const
export type Side = (typeof SIDES)[number]

/** Sub-cell units per cell of belt. */
export const CELL_UNITS = 16
/** Units of belt that one item occupies: the minimum distance between two items. Divides CELL_UNITS. */
export const ITEM_UNITS = 8
/** Units by which a conveyor or lift moves an item per tick. */
export const BELT_SPEED = 4
/** Total number of items that a storage holds. */
export const STORAGE_ITEMS = 60
/** Number of finished items of one kind that a machine holds before it blocks. */
export const READY_ITEMS = 8

export interface Port {
  readonly kind: 'item' | 'power'
  readonly direction: 'in' | 'out' | 'both'
  /** Cell of the footprint: offset to the right, up, and from the back to the front. */
  readonly at: readonly [number, number, number]
  readonly side: Side
}

/** The kind of a part; it decides which subsystem processes the part. */
export type PartKind =
  | 'frame'
  | 'wire'
  | 'belt'
  | 'splitter'
  | 'merger'
  | 'filter'
  | 'storage'
  | 'machine'
  | 'generator'
  | 'solar'
  | 'battery'
  | 'scrubber'
  | 'delivery'
  | 'vent'

export interface PartDef {
  readonly id: string
  readonly title: string
  readonly kind: PartKind
  /** Number of cells to the right, up, and from the back to the front, before turning. */
  readonly footprint: readonly [number, number, number]
  readonly ports: readonly Port[]
  /** Items that a fabricator consumes to build one. */
  readonly cost: Readonly<Partial<Record<Item, number>>>
  /** Ticks that a fabricator takes to build one at full power. */
  readonly buildTicks: number
  /** Units of energy per tick: drawn while working, or generated while burning or in full sun. */
  readonly draw: number
  readonly supply: number
  /** Units of energy that a battery holds. */
  readonly capacity: number
  /** Units of contamination per tick while working at full power, in addition to the recipe's. */
  readonly emission: number
  /** Contamination at the middle of its back row above which it is fouled; 0: never fouled. */
  readonly tolerance: number
  /** Units of contamination that it removes from each of its cells per tick. */
  readonly cleans: number
  /** Whether it keeps contamination from entering or leaving its cells. */
  readonly isSealed: boolean
}

const ORIGIN = [0, 0, 0] as const

const item = (direction: 'in' | 'out', side: Side, at: Port['at'] = ORIGIN): Port => ({
  kind: 'item',
  direction,
  at,
  side,
})

const power = (sides: readonly Side[], at: Port['at'] = ORIGIN): Port[] =>
  sides.map((side) => ({ kind: 'power', direction: 'both', at, side }))

const PLAIN = {
  footprint: [1, 1, 1],
  draw: 0,
  supply: 0,
  capacity: 0,
  emission: 0,
  tolerance: 0,
  cleans: 0,
  isSealed: false,
} as const

/** Ports of a machine one cell wide and two cells deep with its input at the back. */
const DEEP_POWER = [
  ...power(['right', 'left', 'up', 'down']),
  ...power(['right', 'left', 'up', 'down'], [0, 0, 1]),
] as const
/** Ports of a machine three cells wide. */
const WIDE_INPUTS = [item('in', 'back', [1, 0, 0]), item('in', 'back'), item('in', 'back', [2, 0, 0])] as const
const WIDE_POWER = [
  ...power(['left', 'up', 'down']),
  ...power(['up', 'down'], [1, 0, 0]),
  ...power(['right', 'up', 'down'], [2, 0, 0]),
] as const

/** Every part. Its index in this list is its number in digests of saves: append new parts at the end. */
export const PARTS: readonly PartDef[] = [
  {
    ...PLAIN,
    id: 'frame_block',
    title: 'Frame block',
    kind: 'frame',
    ports: [],
    cost: { iron_plate: 1 },
    buildTicks: 10,
    isSealed: true,
  },
  {
    ...PLAIN,
    id: 'wire',
    title: 'Wire',
    kind: 'wire',
    ports: power(['front', 'right', 'back', 'left', 'up', 'down']),
    cost: { cable: 1 },
    buildTicks: 5,
  },
  {
    ...PLAIN,
    id: 'conveyor',
    title: 'Conveyor',
    kind: 'belt',
    ports: [item('in', 'back'), item('in', 'left'), item('in', 'right'), item('out', 'front')],
    cost: { iron_plate: 1 },
    buildTicks: 10,
  },
  {
    ...PLAIN,
    id: 'lift',
    title: 'Lift',
    kind: 'belt',
    ports: [
      item('in', 'back'),
      item('in', 'left'),
      item('in', 'right'),
      item('in', 'down'),
      item('out', 'front'),
      item('out', 'up'),
    ],
    cost: { iron_plate: 1, gear: 1 },
    buildTicks: 20,
  },
  {
    ...PLAIN,
    id: 'splitter',
    title: 'Splitter',
    kind: 'splitter',
    ports: [item('in', 'back'), item('out', 'front'), item('out', 'left'), item('out', 'right')],
    cost: { iron_plate: 2, gear: 1 },
    buildTicks: 20,
  },
  {
    ...PLAIN,
    id: 'merger',
    title: 'Merger',
    kind: 'merger',
    ports: [item('in', 'back'), item('in', 'left'), item('in', 'right'), item('out', 'front')],
    cost: { iron_plate: 2, gear: 1 },
    buildTicks: 20,
  },
  {
    ...PLAIN,
    id: 'filter',
    title: 'Filter',
    kind: 'filter',
    ports: [item('in', 'back'), item('out', 'front'), item('out', 'left'), item('out', 'right')],
    cost: { iron_plate: 2, circuit: 1 },
    buildTicks: 30,
  },
  {
    ...PLAIN,
    id: 'storage',
    title: 'Storage',
    kind: 'storage',
    ports: [item('in', 'back'), item('out', 'front')],
    cost: { iron_plate: 6 },
    buildTicks: 30,
  },
  {
    ...PLAIN,
    id: 'extractor',
    title: 'Extractor',
    kind: 'machine',
    ports: [item('out', 'front'), ...power(['right', 'back', 'left', 'up'])],
    cost: { iron_plate: 4, gear: 2 },
    buildTicks: 60,
    draw: 4,
    emission: 1,
    tolerance: 400,
  },
  {
    ...PLAIN,
    id: 'smelter',
    title: 'Smelter',
    kind: 'machine',
    footprint: [1, 1, 2],
    ports: [item('in', 'back'), item('out', 'front', [0, 0, 1]), ...DEEP_POWER],
    cost: { iron_plate: 6, gear: 1 },
    buildTicks: 60,
    draw: 6,
    emission: 2,
    tolerance: 240,
  },
  {
    ...PLAIN,
    id: 'assembler',
    title: 'Assembler',
    kind: 'machine',
    footprint: [3, 1, 1],
    ports: [...WIDE_INPUTS, item('out', 'front', [1, 0, 0]), ...WIDE_POWER],
    cost: { iron_plate: 6, gear: 4, circuit: 1 },
    buildTicks: 80,
    draw: 8,
    emission: 1,
    tolerance: 120,
  },
  {
    ...PLAIN,
    id: 'fabricator',
    title: 'Fabricator',
    kind: 'machine',
    footprint: [3, 2, 1],
    ports: [...WIDE_INPUTS, ...WIDE_POWER],
    cost: { iron_plate: 8, gear: 4, circuit: 2 },
    buildTicks: 120,
    draw: 10,
    emission: 1,
    tolerance: 160,
  },
  {
    ...PLAIN,
    id: 'generator',
    title: 'Generator',
    kind: 'generator',
    footprint: [1, 1, 2],
    ports: [item('in', 'back'), ...DEEP_POWER, ...power(['front'], [0, 0, 1])],
    cost: { iron_plate: 6, gear: 3 },
    buildTicks: 60,
    supply: 20,
    emission: 5,
  },
  {
    ...PLAIN,
    id: 'solar_panel',
    title: 'Solar panel',
    kind: 'solar',
    ports: power(['front', 'right', 'back', 'left', 'down']),
    cost: { copper_plate: 3, circuit: 1 },
    buildTicks: 40,
    supply: 5,
  },
  {
    ...PLAIN,
    id: 'battery',
    title: 'Battery',
    kind: 'battery',
    ports: power(['front', 'right', 'back', 'left', 'up', 'down']),
    cost: { copper_plate: 4, iron_plate: 2 },
    buildTicks: 40,
    capacity: 2000,
  },
  {
    ...PLAIN,
    id: 'scrubber',
    title: 'Scrubber',
    kind: 'scrubber',
    footprint: [1, 2, 1],
    ports: power(['front', 'right', 'back', 'left', 'down']),
    cost: { iron_plate: 4, gear: 2 },
    buildTicks: 50,
    draw: 5,
    cleans: 12,
  },
  {
    ...PLAIN,
    id: 'delivery_port',
    title: 'Delivery port',
    kind: 'delivery',
    ports: [item('in', 'back'), item('in', 'left'), item('in', 'right'), item('in', 'front')],
    cost: { iron_plate: 10 },
    buildTicks: 60,
  },
  {
    ...PLAIN,
    id: 'vent',
    title: 'Vent',
    kind: 'vent',
    ports: [],
    cost: { iron_plate: 3 },
    buildTicks: 20,
    cleans: 6,
  },
]

/** Number of a part definition; -1 for an unknown id. */
export function defNumber(id: string): number {
  return PARTS.findIndex((def) => def.id === id)
}

/** Number of an item, from 1; 0 for an unknown id. */
export function itemNumber(id: string): number {
  return ITEM_IDS.indexOf(id) + 1
}

/** Id of an item by its number, from 1. */
export function itemId(number: number): Item | undefined {
  return ITEMS[number - 1]
}
