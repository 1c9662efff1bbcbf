// The state of a foundry: typed tables for parts and items, counters for past events, and derived tables (lines,
// links, nets, schedules) that are rebuilt from the rest when a state is loaded.
import { absent } from '../../kernel/at.ts'
import { createRandom, type RandomState } from '../../kernel/random.ts'
import { type Air, createAir } from './air-table.ts'
import { type Belts, createBelts } from './belt-table.ts'
import { ITEM_COUNT, itemNumber, PARTS } from './catalogue.ts'
import type { FoundryConfig } from './config.ts'
import { createShapes, type Shape, type Size } from './geometry.ts'
import { createNets, type Nets } from './net-table.ts'
import { createNodes, type Nodes } from './node-table.ts'
import { createParts, type Parts } from './part-table.ts'
import { createWheel, type Wheel } from './wheel.ts'

/** Totals since the start. Items are counted in lists by item number - 1. */
export interface Ledger {
  readonly mined: number[]
  readonly made: number[]
  readonly consumed: number[]
  readonly delivered: number[]
  /** Lost with removed parts, or discarded when a recipe changed. */
  readonly destroyed: number[]
  /** Units of energy. generated = used + spilled + lost + what batteries hold. */
  generated: number
  used: number
  /** Generated but neither used nor stored. */
  spilled: number
  /** Charge of removed batteries. */
  lost: number
  /** Units of contamination. emitted = present + scrubbed + vented. */
  emitted: number
  scrubbed: number
  vented: number
}

/** Progress of a goal; that of a contamination goal resets to zero in a tick above its limit. */
export interface GoalProgress {
  done: number
}

export interface Foundry {
  readonly config: FoundryConfig
  readonly seed: number
  readonly size: Size
  readonly shapes: readonly Shape[]
  tick: number
  readonly random: RandomState
  /** Permille of full sun. */
  sun: number
  /** Part id by cell; 0: empty, -1: ground. */
  readonly cells: Int32Array
  /** Item number by ground cell: z * size.x + x. */
  readonly deposits: Uint8Array
  readonly parts: Parts
  readonly nodes: Nodes
  readonly belts: Belts
  readonly nets: Nets
  readonly air: Air
  readonly ledger: Ledger
  /** One list per slot, by definition number. */
  readonly inventories: number[][]
  readonly goals: GoalProgress[]
  /** Tick after which the objective was complete; -1: not yet. */
  completedAt: number
  /** Number of work phases done, and which entries are due in which phase. */
  works: number
  readonly workWheel: Wheel
  /** Running nodes that emit. */
  readonly emitters: Set<number>
  /** Scrubbers and vents with contamination in reach. */
  readonly cleaners: Set<number>
  /** Nodes to process in the next transport. */
  queue: number[]
  spareQueue: number[]
}

const zeros = (): number[] => new Array<number>(ITEM_COUNT).fill(0)

function createLedger(): Ledger {
  return {
    mined: zeros(),
    made: zeros(),
    consumed: zeros(),
    delivered: zeros(),
    destroyed: zeros(),
    generated: 0,
    used: 0,
    spilled: 0,
    lost: 0,
    emitted: 0,
    scrubbed: 0,
    vented: 0,
  }
}

/** A grid with its ground and deposits, and no parts yet. */
export function createEmpty(config: FoundryConfig, seed: number): Foundry {
  const { size } = config
  const cells = new Int32Array(size.x * size.y * size.z)
  cells.fill(-1, 0, size.x * size.z)
  const deposits = new Uint8Array(size.x * size.z)
  for (const { x, z, item } of config.deposits) deposits[z * size.x + x] = itemNumber(item)
  return {
    config,
    seed,
    size,
    shapes: createShapes(),
    tick: 0,
    random: createRandom(seed, 'clouds'),
    sun: 1000,
    cells,
    deposits,
    parts: createParts(),
    nodes: createNodes(),
    belts: createBelts(),
    nets: createNets(),
    air: createAir(cells.length),
    ledger: createLedger(),
    inventories: config.inventory.map((stock) => PARTS.map((def) => stock[def.id] ?? 0)),
    goals: config.goals.map(() => ({ done: 0 })),
    completedAt: -1,
    works: 0,
    workWheel: createWheel(),
    emitters: new Set(),
    cleaners: new Set(),
    queue: [],
    spareQueue: [],
  }
}

/** Adds to an entry of a list of counts. */
export function addCount(counts: number[], index: number, amount: number): void {
  counts[index] = (counts[index] ?? absent()) + amount
}
