// Commands of the perception adapter (protocol version 1.0.0): the types and their parameters. Worlds that speak the
// protocol build their command schema from these. The envelope around a command (time, agent, reasoning) is the
// adapter's.
import { z } from 'zod'

/** Command types, in the order of the protocol. */
export const COMMAND_TYPES = [
  'move_to',
  'interact',
  'use_item',
  'wait',
  'combat_action',
  'dialogue',
  'journal_note',
  'noop',
] as const

export const INTERACTION_TYPES = ['talk', 'activate', 'open', 'take', 'examine'] as const
export const COMBAT_ACTION_TYPES = ['attack', 'block', 'cast', 'flee'] as const

/** An id or a name: of an entity, an item, a cell, a topic. 1 to 200 characters. */
const Name = z.string().min(1).max(200)

/** A coordinate of the world: finite, and no further out than this. */
export const MAX_COORDINATE = 1e9
const Coordinate = z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE)

/** Where to go: an entity, or a cell, or coordinates (of the current cell when no cell is named). */
export const MoveToParams = z
  .object({
    target_cell: Name.exactOptional(),
    target_x: Coordinate.exactOptional(),
    target_y: Coordinate.exactOptional(),
    target_z: Coordinate.exactOptional(),
    entity_id: Name.exactOptional(),
  })
  .refine((params) => Object.keys(params).length > 0, {
    message: 'move_to needs a target: target_cell, target_x, target_y, target_z or entity_id',
  })
export type MoveToParams = z.infer<typeof MoveToParams>

export const InteractParams = z.object({ entity_id: Name, interaction_type: z.enum(INTERACTION_TYPES) })
export type InteractParams = z.infer<typeof InteractParams>

export const UseItemParams = z.object({ item_id: Name, target_entity_id: Name.exactOptional() })
export type UseItemParams = z.infer<typeof UseItemParams>

/** Seconds of the world's time; a world may allow less than the protocol's year. */
export const WaitParams = z.object({ duration_seconds: z.number().positive().max(31_536_000) })

/** `flee` needs no target; everything else does. */
export const CombatActionParams = z
  .object({ action_type: z.enum(COMBAT_ACTION_TYPES), target_entity_id: Name.exactOptional() })
  .refine((params) => params.action_type === 'flee' || params.target_entity_id !== undefined, {
    message: 'every action except flee needs a target',
    path: ['target_entity_id'],
  })
export type CombatActionParams = z.infer<typeof CombatActionParams>

export const DialogueParams = z.object({
  entity_id: Name,
  topic: Name,
  /** From 0, among the choices that the topic has offered. */
  choice_idx: z.int().min(0).max(999).exactOptional(),
})
export type DialogueParams = z.infer<typeof DialogueParams>

export const JournalNoteParams = z.object({
  content: z.string().min(1).max(4000),
  tags: z.array(z.string().min(1).max(100)).max(32).exactOptional(),
})
export type JournalNoteParams = z.infer<typeof JournalNoteParams>

/** One command: its type and params. Unknown fields are dropped from the parsed value. */
export const AgentCommand = z.discriminatedUnion('command', [
  z.object({ command: z.literal('move_to'), params: MoveToParams }),
  z.object({ command: z.literal('interact'), params: InteractParams }),
  z.object({ command: z.literal('use_item'), params: UseItemParams }),
  z.object({ command: z.literal('wait'), params: WaitParams }),
  z.object({ command: z.literal('combat_action'), params: CombatActionParams }),
  z.object({ command: z.literal('dialogue'), params: DialogueParams }),
  z.object({ command: z.literal('journal_note'), params: JournalNoteParams }),
  z.object({ command: z.literal('noop'), params: z.object({}).default({}) }),
])
export type AgentCommand = z.infer<typeof AgentCommand>

/** The status of a command. `accepted` and `running`: the agent is busy with it. */
export const COMMAND_STATUSES = ['accepted', 'running', 'done', 'failed'] as const
