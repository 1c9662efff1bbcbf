// A random policy: any command type, with any entity nearby. A baseline for other policies, and good at finding bugs.
import { createRandom, nextBelow } from '../../kernel/random.ts'
import {
  type AgentCommand,
  COMBAT_ACTION_TYPES,
  COMMAND_TYPES,
  INTERACTION_TYPES,
} from '../../protocol/perception-command.ts'
import type { Policy, Turn } from './policy.ts'

/** Maximum distance of a random walk's target, in the world's units. */
const STRIDE = 6

/** @param seed unsigned 32-bit integer: the same perceptions give the same commands */
export function createRandomPolicy(seed: number): Policy {
  const random = createRandom(seed, 'agent/random')
  const pick = <T>(list: readonly T[], otherwise: T): T =>
    list[nextBelow(random, Math.max(1, list.length))] ?? otherwise
  const choose = ({ perception }: Turn): AgentCommand => {
    const near = pick(perception.nearby_entities, undefined)
    const id = near?.entity_id ?? 'nothing'
    const stray = (at: number): number => Math.round(at) + nextBelow(random, 2 * STRIDE + 1) - STRIDE
    switch (pick(COMMAND_TYPES, 'noop')) {
      case 'move_to':
        if (near && nextBelow(random, 2) === 0) return { command: 'move_to', params: { entity_id: id } }
        return {
          command: 'move_to',
          params: { target_x: stray(perception.location.x), target_y: stray(perception.location.y) },
        }
      case 'interact':
        return { command: 'interact', params: { entity_id: id, interaction_type: pick(INTERACTION_TYPES, 'examine') } }
      case 'use_item':
        return { command: 'use_item', params: { item_id: id, target_entity_id: id } }
      case 'wait':
        return { command: 'wait', params: { duration_seconds: 1 + nextBelow(random, 60) } }
      case 'combat_action': {
        const action_type = pick(COMBAT_ACTION_TYPES, 'flee')
        return { command: 'combat_action', params: { action_type, target_entity_id: id } }
      }
      case 'dialogue':
        return { command: 'dialogue', params: { entity_id: id, topic: 'rumours', choice_idx: nextBelow(random, 3) } }
      case 'journal_note':
        return { command: 'journal_note', params: { content: `I was in ${perception.location.cell}.` } }
      case 'noop':
        return { command: 'noop', params: {} }
    }
  }
  return {
    decide: (turn) => Promise.resolve({ command: choose(turn), reasoning: 'Drawn at random.' }),
  }
}
