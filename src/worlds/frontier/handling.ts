// Handling: taking, opening and examining things, and using carried items.
import type { InteractParams, UseItemParams } from '../../protocol/perception-command.ts'
import { nameOfItem } from './atlas.ts'
import { finishCombat } from './combat.ts'
import type { ItemRow } from './content/shape.ts'
import { greet } from './dialogue.ts'
import { type Entity, findEntity, REACH, tooFar } from './entities.ts'
import { addItem, countOf, dropHeld, itemCount, roomFor, spendItems } from './inventory.ts'
import { passDoor, unlock } from './movement.ts'
import { type Actor, type Ending, fail, isFailure, type Scene, tell } from './scene.ts'
import { MAX_HEALTH } from './state.ts'

/** Executes `interact`. */
export function interact(scene: Scene, actor: Actor, params: InteractParams): Ending {
  if (params.interaction_type === 'talk') return greet(scene, actor, params.entity_id)
  const entity = findEntity(scene, actor, params.entity_id)
  if (isFailure(entity)) return entity
  if (params.interaction_type === 'examine') return { text: `${entity.name}. ${entity.text}` }
  return tooFar(actor.self, entity, REACH) ?? handle(scene, actor, entity, params.interaction_type)
}

function handle(scene: Scene, actor: Actor, entity: Entity, type: 'activate' | 'open' | 'take'): Ending {
  switch (entity.kind) {
    case 'item':
      return type === 'open' ? fail('NOT_SUITABLE', `${entity.name} does not open.`) : pickUp(scene, actor, entity)
    case 'container':
      return search(scene, actor, entity)
    case 'door': {
      if (type === 'take') return fail('NOT_SUITABLE', `${entity.name} stays where it is.`)
      return passDoor(scene, actor, entity.row) ?? { text: `You go through: ${entity.name}.` }
    }
    case 'person':
    case 'agent':
    case 'creature':
      return fail('NOT_SUITABLE', `${entity.name} would not like that.`)
  }
}

function pickUp(scene: Scene, { self, slot }: Actor, entity: Extract<Entity, { kind: 'item' }>): Ending {
  if (roomFor(scene.atlas, self, entity.item.id) === 0) return fail('TOO_HEAVY', `${entity.name} is too much to carry.`)
  scene.state.things[entity.index] = 0
  addItem(self.items, entity.item.id, 1)
  tell(scene, 'item.taken', { slot, item: entity.item.id, from: entity.id })
  return { text: `You take: ${entity.name}.` }
}

/** Takes whatever the agent can carry, in the order of the catalogue, and the gold. */
function search(scene: Scene, actor: Actor, entity: Extract<Entity, { kind: 'container' }>): Ending {
  const { self, slot } = actor
  const { stock } = entity
  const locked = unlock(scene, actor, entity.row)
  if (locked) return locked
  if (stock.gold === 0 && itemCount(stock.items) === 0) return fail('EMPTY', `${entity.name} is empty.`)
  const taken: string[] = []
  for (const { id, name } of scene.atlas.content.items) {
    const count = Math.min(countOf(stock.items, id), roomFor(scene.atlas, self, id))
    if (count === 0) continue
    addItem(stock.items, id, -count)
    addItem(self.items, id, count)
    taken.push(`${count} × ${name}`)
    tell(scene, 'item.taken', { slot, item: id, count, from: entity.id })
  }
  if (stock.gold > 0) {
    taken.push(`${stock.gold} gold`)
    tell(scene, 'gold.taken', { slot, amount: stock.gold, from: entity.id })
    self.gold += stock.gold
    stock.gold = 0
  }
  if (taken.length === 0) return fail('TOO_HEAVY', `You can carry nothing more of what is in ${entity.name}.`)
  const rest = itemCount(stock.items) > 0 ? ' The rest is too heavy.' : ''
  return { text: `${entity.name}: you take ${taken.join(', ')}.${rest}` }
}

/** Uses a carried item. */
export function useItem(scene: Scene, actor: Actor, params: UseItemParams): Ending {
  const { self } = actor
  const item = scene.atlas.items.get(params.item_id)
  if (!item || countOf(self.items, item.id) === 0) {
    return fail('NOT_CARRIED', `You do not carry ${nameOfItem(scene.atlas, params.item_id)}.`)
  }
  const given = item.use.kind === 'heal' ? undefined : handOver(scene, actor, item, params.target_entity_id)
  if (given) return given
  switch (item.use.kind) {
    case 'heal':
      return heal(scene, actor, { item, amount: item.use.amount }, params.target_entity_id)
    case 'weapon':
      self.weapon = item.id
      return { text: `You take ${item.name} in hand.` }
    case 'armour':
      self.armour = item.id
      return { text: `You put on ${item.name}.` }
    case 'cast':
      return params.target_entity_id === undefined
        ? fail('NOT_SUITABLE', `${item.name} needs something to be thrown at.`)
        : finishCombat(scene, actor, { action_type: 'cast', target_entity_id: params.target_entity_id })
    case 'none':
      return applyKey(scene, actor, item, params.target_entity_id)
  }
}

/** Gives the item to the target agent if it does not heal. Undefined: the target is not an agent. */
function handOver(scene: Scene, actor: Actor, item: ItemRow, target: string | undefined): Ending | undefined {
  const { self, slot } = actor
  const to = target === undefined ? undefined : findEntity(scene, actor, target)
  if (!to || isFailure(to) || to.kind !== 'agent') return undefined
  const far = tooFar(self, to, REACH)
  if (far) return far
  if (to.agent.down > 0) return fail('NOT_SUITABLE', `${to.name} is out cold.`)
  if (roomFor(scene.atlas, to.agent, item.id) === 0) return fail('TOO_HEAVY', `${to.name} can carry nothing more.`)
  addItem(self.items, item.id, -1)
  addItem(to.agent.items, item.id, 1)
  dropHeld(self, item.id)
  tell(scene, 'item.handed', { slot, item: item.id, to: to.id })
  return { text: `You hand ${item.name} to ${to.name}.` }
}

function heal(
  scene: Scene,
  actor: Actor,
  { item, amount }: { item: ItemRow; amount: number },
  target: string | undefined,
): Ending {
  const entity = target === undefined ? undefined : findEntity(scene, actor, target)
  if (entity && isFailure(entity)) return entity
  if (entity && entity.kind !== 'agent') return fail('NOT_SUITABLE', `${item.name} is not for ${entity.name}.`)
  const far = entity && tooFar(actor.self, entity, REACH)
  if (far) return far
  const patient = entity?.agent ?? actor.self
  if (patient.down > 0) return fail('NOT_SUITABLE', 'Only time helps now.')
  if (patient.health === MAX_HEALTH) return fail('NOT_SUITABLE', 'There is nothing to mend.')
  spendItems(scene, actor, item.id, 1)
  patient.health = Math.min(MAX_HEALTH, patient.health + amount)
  tell(scene, 'item.used', { slot: actor.slot, item: item.id, on: entity?.id ?? null, health: patient.health })
  return { text: `${item.name}: health is ${patient.health} of ${MAX_HEALTH}.` }
}

/** An item without a use of its own can only open the locks that it fits. */
function applyKey(scene: Scene, actor: Actor, item: ItemRow, target: string | undefined): Ending {
  const entity = target === undefined ? undefined : findEntity(scene, actor, target)
  if (entity && isFailure(entity)) return entity
  const lock = entity?.kind === 'door' || entity?.kind === 'container' ? entity : undefined
  const key = lock && 'key' in lock.row ? lock.row.key : undefined
  if (!lock || key !== item.id) return fail('NOT_SUITABLE', `${item.name} is no use like that.`)
  const far = tooFar(actor.self, lock, REACH)
  if (far) return far
  unlock(scene, actor, lock.row)
  return { text: `${lock.name}: unlocked.` }
}
