// The engine-agnostic form of an observation (protocol version 1.0.0 of the perception door).
import { z } from 'zod'
import { JsonObject } from './json.ts'

export const PERCEPTION_PROTOCOL_VERSION = '1.0.0'

export const ENTITY_TYPES = ['npc', 'creature', 'item', 'door', 'container'] as const

export const Perception = z.object({
  protocol_version: z.string().default(PERCEPTION_PROTOCOL_VERSION),
  timestamp: z.iso.datetime({ offset: true }),
  agent_id: z.string().min(1),
  location: z.object({
    cell: z.string(),
    x: z.number(),
    y: z.number(),
    z: z.number().default(0),
    interior: z.boolean().default(false),
  }),
  health: z
    .object({ current: z.int().min(0), max: z.int().positive() })
    .refine((health) => health.current <= health.max, { message: 'current must not exceed max', path: ['current'] }),
  nearby_entities: z
    .array(
      z.object({
        entity_id: z.string(),
        name: z.string(),
        entity_type: z.enum(ENTITY_TYPES),
        distance: z.number().min(0),
        disposition: z.int().nullish(),
      }),
    )
    .default([]),
  inventory_summary: z
    .object({
      gold: z.int().min(0).default(0),
      item_count: z.int().min(0).default(0),
      encumbrance_pct: z.number().min(0).max(1).default(0),
    })
    .prefault({}),
  active_quests: z
    .array(z.object({ quest_id: z.string(), name: z.string(), stage: z.int().min(0).default(0) }))
    .default([]),
  environment: z
    .object({
      time_of_day: z.string().default('unknown'),
      weather: z.string().default('clear'),
      is_combat: z.boolean().default(false),
      is_dialogue: z.boolean().default(false),
    })
    .prefault({}),
  /** Opaque; nothing may rely on it. */
  raw_engine_data: JsonObject.default({}),
})
export type Perception = z.infer<typeof Perception>
