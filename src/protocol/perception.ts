// The engine-agnostic form of an observation (protocol version 1.0.0 of the perception adapter).
import { z } from 'zod'
import { JsonObject } from './json.ts'

export const PERCEPTION_PROTOCOL_VERSION = '1.0.0'

export const ENTITY_TYPES = ['npc', 'creature', 'item', 'door', 'container'] as const

/** `major.minor.patch`, at most 16 characters. */
export const ProtocolVersion = z
  .string()
  .max(16)
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'must be a version such as 1.0.0')

/**
 * Whether a payload of this version may be read: its major does not exceed ours. The schema rejects texts that are not
 * versions.
 */
export function isReadableVersion(version: unknown): boolean {
  if (typeof version !== 'string' || !ProtocolVersion.safeParse(version).success) return true
  return Number.parseInt(version, 10) <= Number.parseInt(PERCEPTION_PROTOCOL_VERSION, 10)
}

/** ISO 8601 with a zone, of the years 1970 to 9998, so that it can be written in UTC. */
export const Timestamp = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine((text) => text >= '1970-01-02' && text < '9999', 'must lie in the years 1970 to 9998')

/** Who perceives and commands. 1 to 64 characters, without control characters. */
export const AgentId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')

const Name = z.string().max(255)

/** What an agent perceives: the engine-agnostic form of an observation. */
export const Perception = z.object({
  protocol_version: ProtocolVersion.default(PERCEPTION_PROTOCOL_VERSION),
  timestamp: Timestamp,
  agent_id: AgentId,
  location: z.object({
    cell: Name,
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
        entity_id: Name,
        name: Name,
        entity_type: z.enum(ENTITY_TYPES),
        distance: z.number().min(0),
        disposition: z.int().nullish(),
      }),
    )
    .max(1024)
    .default([]),
  inventory_summary: z
    .object({
      gold: z.int().min(0).default(0),
      item_count: z.int().min(0).default(0),
      encumbrance_pct: z.number().min(0).max(1).default(0),
      /**
       * The inventory, if the engine reports it. Absent in the source text's protocol, as every optional field here.
       */
      items: z
        .array(
          z.object({
            item_id: Name,
            name: Name,
            count: z.int().positive(),
            /** Whether it is held or worn. */
            in_use: z.boolean().exactOptional(),
          }),
        )
        .max(256)
        .exactOptional(),
    })
    .prefault({}),
  active_quests: z
    .array(
      z.object({
        quest_id: Name,
        name: Name,
        stage: z.int().min(0).default(0),
        text: z.string().max(2000).exactOptional(),
      }),
    )
    .max(256)
    .default([]),
  environment: z
    .object({
      time_of_day: z.string().max(64).default('unknown'),
      weather: z.string().max(64).default('clear'),
      is_combat: z.boolean().default(false),
      is_dialogue: z.boolean().default(false),
    })
    .prefault({}),
  /** The current dialogue: the other speaker, and the available topics. */
  dialogue: z.object({ entity_id: Name, topics: z.array(Name).max(256) }).exactOptional(),
  /** What others have said to the agent, oldest first. */
  heard: z
    .array(z.object({ entity_id: Name, name: Name, text: z.string().max(2000) }))
    .max(64)
    .exactOptional(),
  /** Opaque; nothing may rely on it. */
  raw_engine_data: JsonObject.default({}),
})
export type Perception = z.infer<typeof Perception>
