// The shape of a saved foundry. It includes everything that affects the future; lines, links and nets are derived.
import { z } from 'zod'
import { FACINGS, ITEM_COUNT } from './catalogue.ts'
import { FoundryConfig, ItemId, Point } from './config.ts'

export const SAVE_VERSION = 1

const Count = z.int().min(0)
/** Item -> count; missing items count as 0. */
const Items = z.partialRecord(ItemId, Count)

const SavedPart = z.strictObject({
  id: z.int().min(1),
  def_id: z.string(),
  origin: Point,
  facing: z.enum(FACINGS),
  /** Slot of the crew that placed it; default 0. */
  owner: z.int().min(0).max(7).optional(),
  fixed: z.literal(true).optional(),
  /** Belts: items whose back edge is on it, from front to back; `offset` in units from the point of entry. */
  items: z
    .array(z.strictObject({ item: ItemId, offset: Count.max(15) }))
    .max(2)
    .optional(),
  enabled: z.literal(false).optional(),
  recipe_id: z.string().optional(),
  /** Progress of the current cycle in permille of a tick; absent without a cycle. */
  progress: Count.max(100_000_000).optional(),
  /** Battery: charge. Generator: energy left in the burning fuel. */
  energy: Count.max(1_000_000).optional(),
  /** The item inside a splitter, merger or filter. */
  core: ItemId.optional(),
  /** Item port to serve next; default 0. */
  turn: Count.max(3).optional(),
  /** Items waiting at out ports. */
  ports: z
    .array(z.strictObject({ port: Count.max(3), item: ItemId }))
    .max(4)
    .optional(),
  stock: Items.optional(),
  ready: Items.optional(),
})
export type SavedPart = z.infer<typeof SavedPart>

const Counts = z.array(Count).length(ITEM_COUNT)

export const SavedFoundry = z.strictObject({
  version: z.literal(SAVE_VERSION),
  config: FoundryConfig,
  seed: z.int().min(0).max(0xffff_ffff),
  tick: Count,
  /** State of the generator that draws the clouds. */
  random: z.tuple([z.int32(), z.int32(), z.int32(), z.int32()]),
  sun: Count.max(1000),
  /** Highest part id given so far. */
  last_part: Count.max(16_000_000),
  completed_at: Count.nullable(),
  /** One per goal. */
  goals: z.array(Count),
  /** Lists are indexed by item, in catalogue order. */
  ledger: z.strictObject({
    mined: Counts,
    made: Counts,
    consumed: Counts,
    delivered: Counts,
    destroyed: Counts,
    generated: Count,
    used: Count,
    spilled: Count,
    lost: Count,
    emitted: Count,
    scrubbed: Count,
    vented: Count,
  }),
  /** One per slot: part definition -> count. */
  inventories: z.array(z.record(z.string(), Count)).min(1).max(8),
  deposits: z.array(z.strictObject({ x: Count, z: Count, item: ItemId })),
  /** By id. */
  parts: z.array(SavedPart),
  contamination: z.array(z.strictObject({ x: Count, y: Count, z: Count, amount: z.int().min(1) })),
})
export type SavedFoundry = z.infer<typeof SavedFoundry>
