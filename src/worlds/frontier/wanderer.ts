// A bot without a plan: it does random things with nearby entities. A baseline for players, and good at finding bugs.
import { createRandom, nextBelow } from '../../kernel/random.ts'
import type { Bot } from '../../kernel/world.ts'
import {
  type AgentCommand,
  COMBAT_ACTION_TYPES,
  COMMAND_TYPES,
  INTERACTION_TYPES,
} from '../../protocol/perception-command.ts'
import type { Guide } from './guide.ts'
import type { FrontierObservation } from './perceive.ts'

/** @param seed unsigned 32-bit integer */
export function createWanderer(guide: Guide, seed: number): Bot<FrontierObservation, AgentCommand> {
  const random = createRandom(seed, 'frontier/wanderer')
  const pick = <T>(list: readonly T[], otherwise: T): T =>
    list[nextBelow(random, Math.max(1, list.length))] ?? otherwise
  const decide = ({ perception, command }: FrontierObservation): AgentCommand | undefined => {
    if (command?.status === 'accepted' || command?.status === 'running') return undefined
    if (perception.health.current === 0) return undefined
    const near = pick(perception.nearby_entities, undefined)
    const id = near?.entity_id ?? 'nothing'
    switch (pick(COMMAND_TYPES, 'noop')) {
      case 'move_to':
        if (near && nextBelow(random, 2) === 0) return { command: 'move_to', params: { entity_id: id } }
        return { command: 'move_to', params: { target_cell: pick(guide.cells, perception.location.cell) } }
      case 'interact':
        return { command: 'interact', params: { entity_id: id, interaction_type: pick(INTERACTION_TYPES, 'examine') } }
      case 'use_item':
        return { command: 'use_item', params: { item_id: pick(guide.items, 'bandage') } }
      case 'wait':
        return { command: 'wait', params: { duration_seconds: 60 * (1 + nextBelow(random, 30)) } }
      case 'combat_action':
        return {
          command: 'combat_action',
          params: { action_type: pick(COMBAT_ACTION_TYPES, 'flee'), target_entity_id: id },
        }
      case 'dialogue': {
        const topic = pick(guide.topics.get(id) ?? [], 'rumours')
        const choice = nextBelow(random, 3)
        return {
          command: 'dialogue',
          params: { entity_id: id, topic, ...(choice === 2 ? {} : { choice_idx: choice }) },
        }
      }
      case 'journal_note':
        return {
          command: 'journal_note',
          params: { content: `I was in ${perception.location.cell}.`, tags: ['place'] },
        }
      case 'noop':
        return { command: 'noop', params: {} }
    }
  }
  return { decide }
}
