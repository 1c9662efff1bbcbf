// Translates perception commands into commands of a crew: use_item places a part or sets a recipe; interact switches,
// turns, removes and examines; dialogue sets a recipe by name. docs/worlds/foundry.md has the table. A tick counts as a
// minute, as in frontier.
import { at } from '../../kernel/at.ts'
import type { CommandProgress, CommandTranslation } from '../../kernel/world.ts'
import type { AgentCommand, InteractParams, UseItemParams } from '../../protocol/perception-command.ts'
import { defNumber, FACINGS, type Facing } from './catalogue.ts'
import type { FoundryCommand } from './config.ts'
import { cellToPoint, type Size } from './geometry.ts'
import { ENABLED, hasFlag } from './node-table.ts'
import { isPart } from './part-table.ts'
import { defOf } from './parts.ts'
import { partId } from './perceive.ts'
import { recipeNumber } from './recipes.ts'
import type { Foundry } from './state.ts'
import { PowerOutlook, statusOf } from './status.ts'

type Answer = CommandTranslation<FoundryCommand>

const TICK_SECONDS = 60

const done = (outcome: string): Answer => ({ end: { status: 'done', outcome } })
const fail = (code: string, outcome: string): Answer => ({ end: { status: 'failed', outcome, code } })

export function translateFoundry(f: Foundry, _slot: number, said: AgentCommand, at: CommandProgress): Answer {
  switch (said.command) {
    case 'use_item':
      return carryOut(at, () => use(f, said.params))
    case 'interact':
      return said.params.interaction_type === 'examine'
        ? examine(f, said.params.entity_id)
        : carryOut(at, () => handle(f, said.params))
    case 'dialogue':
      return carryOut(at, () => instruct(f, said.params.entity_id, said.params.topic))
    case 'move_to':
      return done('A crew reaches all of its plot from where it stands.')
    case 'wait':
      return at.calls < Math.ceil(said.params.duration_seconds / TICK_SECONDS) ? {} : done('Time passes.')
    case 'journal_note':
      return done('Noted.')
    case 'noop':
      return done('Nothing is done.')
    case 'combat_action':
      return fail('NOT_SUITABLE', 'There is nobody to fight.')
  }
}

/** Issues one command, waits for its result, and ends with it. */
function carryOut({ last }: CommandProgress, translate: () => FoundryCommand | Answer): Answer {
  if (last === 'none') {
    const command = translate()
    return 'type' in command ? { say: command } : command
  }
  if (last === 'pending') return {}
  return last === 'taken' ? done('Done.') : fail(last.code, last.reason)
}

/** `use_item`: a recipe on a part, or a part (`conveyor`, or `conveyor:east`) in a cell. */
function use(f: Foundry, { item_id, target_entity_id: target }: UseItemParams): FoundryCommand | Answer {
  if (target === undefined) return fail('NOT_SUITABLE', 'target_entity_id: say where, such as cell-3-1-5 or part-7.')
  if (recipeNumber(item_id) >= 0) return instruct(f, target, item_id)
  const [def = '', turned = 'north'] = item_id.split(':')
  const facing = FACINGS.find((each) => each === turned)
  if (defNumber(def) < 0 || !facing) {
    return fail('NOT_CARRIED', `item_id: ${item_id} is neither a part of the build inventory nor a recipe.`)
  }
  const origin = findCell(target)
  return origin
    ? { type: 'place_part', def_id: def, origin, facing }
    : fail('NOT_SUITABLE', 'target_entity_id: a part is placed at cell-x-y-z, or on deposit-x-z.')
}

function findCell(target: string): Size | undefined {
  const [, x, y, z] = /^cell-(\d{1,4})-(\d{1,3})-(\d{1,4})$/.exec(target) ?? []
  if (x !== undefined) return { x: Number(x), y: Number(y), z: Number(z) }
  const [, depositX, depositZ] = /^deposit-(\d{1,4})-(\d{1,4})$/.exec(target) ?? []
  return depositX === undefined ? undefined : { x: Number(depositX), y: 1, z: Number(depositZ) }
}

function findPart(f: Foundry, id: string): number {
  const part = Number(/^part-(\d{1,9})$/.exec(id)?.[1] ?? 0)
  return isPart(f.parts, part) ? part : 0
}

const notHere = (id: string): Answer => fail('NOT_HERE', `There is no part ${id}.`)

/** `interact`: remove, switch on or off (`activate`), turn to the right (`open`). */
function handle(f: Foundry, params: InteractParams): FoundryCommand | Answer {
  const part = findPart(f, params.entity_id)
  if (part === 0) return notHere(params.entity_id)
  switch (params.interaction_type) {
    case 'take':
      return { type: 'remove_part', part_id: part }
    case 'activate':
      return { type: 'set_machine_enabled', part_id: part, enabled: !hasFlag(f.nodes, at(f.parts.row, part), ENABLED) }
    case 'open':
      return { type: 'rotate_part', part_id: part, facing: turnRight(at(f.parts.facing, part)) }
    case 'talk':
    case 'examine':
      return fail('NOT_SUITABLE', 'Machines do not talk; give them a recipe with dialogue.')
  }
}

const turnRight = (facing: number): Facing => FACINGS[(facing + 1) % FACINGS.length] ?? 'north'

/** `dialogue`: the topic is a recipe, a facing, or `none`. */
function instruct(f: Foundry, id: string, topic: string): FoundryCommand | Answer {
  const part = findPart(f, id)
  if (part === 0) return notHere(id)
  const facing = FACINGS.find((each) => each === topic)
  if (facing) return { type: 'rotate_part', part_id: part, facing }
  const type = defOf(f, part).id === 'fabricator' ? 'set_build_recipe' : 'set_machine_recipe'
  return { type, part_id: part, recipe_id: topic === 'none' ? null : topic }
}

function examine(f: Foundry, id: string): Answer {
  const part = findPart(f, id)
  if (part === 0) return notHere(id)
  const { x, y, z } = cellToPoint(f.size, at(f.parts.origin, part))
  const { state, reason } = statusOf(f, part, new PowerOutlook(f))
  return done(`${partId(part)}, ${defOf(f, part).title} at (${x}, ${y}, ${z}), is ${state}: ${reason}.`)
}
