// The shapes of the foundry's reports, for the JSON Schemas that adapters emit and for their readers.
import { z } from 'zod'
import { DIRECTIONS, FACINGS, SIDES } from './catalogue.ts'
import { ItemId, Point } from './config.ts'
import { PART_STATES } from './status.ts'

const Count = z.int().min(0)
const Size = z.strictObject({ x: Count, y: Count, z: Count })

const GoalReport = z.strictObject({
  kind: z.enum(['deliver', 'contamination_below', 'before_tick', 'parts_at_most']),
  text: z.string(),
  item: ItemId.optional(),
  limit: Count.optional(),
  done: Count,
  needed: Count,
  met: z.boolean(),
})

const Objective = z.strictObject({
  status: z.enum(['none', 'open', 'complete', 'failed']),
  complete: z.boolean(),
  failed: z.boolean(),
  completed_at: Count.nullable(),
  last_tick: Count.nullable(),
  goals: z.array(GoalReport),
})

export const FoundrySummary = z.strictObject({
  size: Size,
  parts: Count,
  objective: Objective,
  contamination: Count,
  produced_total: z.partialRecord(ItemId, Count),
  /** Of all crews together. */
  build_inventory: z.record(z.string(), Count),
  /** One per slot if there are several: each crew places only its own parts. */
  build_inventories: z.array(z.record(z.string(), Count)).optional(),
  part_state_counts: z.partialRecord(z.enum(PART_STATES), Count),
})

export const FoundryOutline = z.strictObject({ size: Size, objective: Objective })

const ItemTrace = z.strictObject({
  item: ItemId,
  part_id: z.int().min(1),
  offset: Count,
  count: z.int().min(1),
  where: z.enum(['on', 'entering', 'leaving']),
  place: z.enum(['stock', 'ready', 'core', 'port']).optional(),
})

const PortLink = z.strictObject({
  kind: z.enum(['item', 'power']),
  direction: z.enum(['in', 'out', 'both']),
  cell: Size,
  side: z.enum(SIDES),
  faces: z.enum(DIRECTIONS),
  linked: z.strictObject({ part_id: z.int().min(1), side: z.string() }).nullable(),
  net_id: z.int().nullable(),
})

export const FoundryInspection = z.strictObject({
  /** The same as in a save; see there. */
  part: z.looseObject({ id: z.int(), def_id: z.string(), origin: Point, facing: z.enum(FACINGS) }),
  status: z.strictObject({
    state: z.enum(PART_STATES),
    reason: z.string(),
    satisfaction: Count.max(1000).nullable(),
    progress: Count.max(1000).nullable(),
  }),
  port_links: z.array(PortLink),
  item_traces: z.array(ItemTrace),
  connected_power_parts: z.array(z.int()),
  connected_item_parts: z.array(z.int()),
})
