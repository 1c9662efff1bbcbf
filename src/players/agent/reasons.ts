// Reasons for the decisions of a rule-based policy. They name the objects involved, which makes logs useful as training
// data.
import type { Perception } from '../../protocol/perception.ts'
import type { AgentCommand, InteractParams } from '../../protocol/perception-command.ts'

const DEEDS = {
  talk: 'talk to',
  activate: 'try',
  open: 'open',
  take: 'take all of',
  examine: 'examine',
} as const satisfies Readonly<Record<InteractParams['interaction_type'], string>>

/** One or two sentences: the action, its object, and its purpose. */
export function reasonFor(command: AgentCommand, seen: Perception): string {
  const quest = seen.active_quests[0]
  const aim = quest ? ` I am on “${quest.name}”${quest.text === undefined ? '' : `: ${quest.text}`}` : ''
  return `${deed(command, seen)}${aim}`.slice(0, 1000)
}

function deed(command: AgentCommand, seen: Perception): string {
  const nameOf = (id: string | undefined): string => {
    const near = seen.nearby_entities.find((each) => each.entity_id === id)
    const carried = seen.inventory_summary.items?.find((each) => each.item_id === id)
    return near ? `${near.name} (${near.distance} away)` : (carried?.name ?? id ?? 'nothing')
  }
  const { current, max } = seen.health
  switch (command.command) {
    case 'move_to': {
      const { entity_id: id, target_cell: cell = seen.location.cell, target_x: x, target_y: y } = command.params
      if (id !== undefined) return `I walk up to ${nameOf(id)}.`
      if (cell !== seen.location.cell) return `I go from ${seen.location.cell} to ${cell}.`
      return `I look about at ${x ?? '?'}, ${y ?? '?'} in ${cell}; I see ${seen.nearby_entities.length} things from here.`
    }
    case 'interact':
      return `I ${DEEDS[command.params.interaction_type]} ${nameOf(command.params.entity_id)}, which is within reach.`
    case 'use_item':
      return `I use ${nameOf(command.params.item_id)}; my health is ${current} of ${max}.`
    case 'wait':
      return `I rest: my health is ${current} of ${max}, and nothing presses.`
    case 'combat_action': {
      const { action_type, target_entity_id: foe } = command.params
      return `I ${action_type}${foe === undefined ? '' : ` ${nameOf(foe)}`} with ${current} of ${max} health.`
    }
    case 'dialogue': {
      const { entity_id: id, topic, choice_idx: choice } = command.params
      return choice === undefined
        ? `I ask ${nameOf(id)} about ${topic}.`
        : `I answer ${nameOf(id)} on ${topic} with choice ${choice}.`
    }
    case 'journal_note':
      return 'I write down what I should remember.'
    case 'noop':
      return 'There is nothing to do here now.'
  }
}
