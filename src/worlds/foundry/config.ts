// The configuration of a foundry variant, and the commands of crews.
import { z } from 'zod'
import { defNumber, FACINGS, ITEMS, PARTS } from './catalogue.ts'

/** Maximum number of cells of a grid. */
const CELL_LIMIT = 8_000_000

const Coordinate = z.int().min(0).max(4095)
export const Point = z.strictObject({ x: Coordinate, y: Coordinate, z: Coordinate })
export const GridSize = z
  .strictObject({ x: z.int().min(1).max(4096), y: z.int().min(2).max(256), z: z.int().min(1).max(4096) })
  .refine((size) => size.x * size.y * size.z <= CELL_LIMIT, `a grid has at most ${CELL_LIMIT} cells`)
const DefId = z.enum(PARTS.map((def) => def.id))
export const ItemId = z.enum(ITEMS)
const Facing = z.enum(FACINGS)

/** Part definition -> count. */
const Stock = z
  .record(z.string(), z.int().min(0).max(1_000_000_000))
  .refine((stock) => Object.keys(stock).every((id) => defNumber(id) >= 0), 'names a part that there is not')

export const Goal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('deliver'), item: ItemId, count: z.int().min(1) }),
  z.strictObject({ kind: z.literal('contamination_below'), limit: z.int().min(1), ticks: z.int().min(1) }),
  z.strictObject({ kind: z.literal('before_tick'), tick: z.int().min(1) }),
  z.strictObject({ kind: z.literal('parts_at_most'), parts: z.int().min(1) }),
])
export type Goal = z.infer<typeof Goal>

const FixedPart = z.strictObject({
  def_id: DefId,
  origin: Point,
  facing: Facing.default('north'),
  recipe_id: z.string().optional(),
})

/** A box of columns in which one crew may build: x and z, both ends inclusive. */
const Plot = z.strictObject({ x0: Coordinate, x1: Coordinate, z0: Coordinate, z1: Coordinate })

/** A box that must contain all cells of a kind of part; both ends are inclusive. */
const Zone = z.strictObject({ def_id: DefId, from: Point, to: Point })

export const FoundryConfig = z.strictObject({
  size: GridSize,
  /** Cells of the ground (y = 0) with an unlimited deposit. */
  deposits: z
    .array(z.strictObject({ x: Coordinate, z: Coordinate, item: z.enum(['iron_ore', 'copper_ore', 'coal']) }))
    .default([]),
  /** Number of further deposits, scattered by the seed. */
  scattered: z.int().min(0).max(10_000).default(0),
  /** One entry per slot: the crew's initial build inventory. */
  inventory: z.array(Stock).min(1).max(8),
  /** One entry per slot; empty: everybody may build everywhere. */
  plots: z.array(Plot).max(8).default([]),
  /** Parts that exist from the start and cannot be removed or turned. */
  fixed: z.array(FixedPart).default([]),
  /** Empty: there is no objective, and only `max_ticks` ends the run. */
  goals: z.array(Goal).max(16).default([]),
  /** Parts of these kinds can be placed only inside these boxes; other kinds can be placed anywhere. */
  zones: z.array(Zone).max(32).default([]),
  /** Ticks after which an unfinished run is truncated; 0: never. */
  max_ticks: z.int().min(0).max(1_000_000_000).default(0),
  /**
   * How sunlight varies: every `every` ticks a new value between `least` permille and full is drawn. 0: always full.
   */
  clouds: z
    .strictObject({ every: z.int().min(0).max(100_000), least: z.int().min(0).max(1000) })
    .default({ every: 0, least: 1000 }),
  /** Scales every emission; 0 switches contamination off. */
  emission_permille: z.int().min(0).max(10_000).default(1000),
  /** Builds this many parts of running works at the start, for measurements. */
  sprawl: z.int().min(0).max(1_000_000).default(0),
})
export type FoundryConfig = Readonly<z.infer<typeof FoundryConfig>>

const PartId = z.int().min(1)

/** The rules check definitions and recipes, so that a wrong one is a refusal and not a malformed file. */
export const FoundryCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('place_part'),
    def_id: z.string(),
    origin: z.strictObject({ x: z.int(), y: z.int(), z: z.int() }),
    facing: Facing,
  }),
  z.strictObject({ type: z.literal('remove_part'), part_id: PartId }),
  z.strictObject({ type: z.literal('rotate_part'), part_id: PartId, facing: Facing }),
  z.strictObject({ type: z.literal('set_machine_enabled'), part_id: PartId, enabled: z.boolean() }),
  z.strictObject({ type: z.literal('set_machine_recipe'), part_id: PartId, recipe_id: z.string().nullable() }),
  z.strictObject({ type: z.literal('set_build_recipe'), part_id: PartId, recipe_id: z.string().nullable() }),
])
export type FoundryCommand = z.infer<typeof FoundryCommand>
