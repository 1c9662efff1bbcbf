// Combat between agents and creatures. A throw of 1..20 plus skill must reach 10 plus defence; damage is the weapon's
// minimum plus a throw. People and other agents cannot be attacked.
import { nextBelow } from '../../kernel/random.ts'
import type { CombatActionParams } from '../../protocol/perception-command.ts'
import { placeOf } from './atlas.ts'
import { type Entity, findEntity, REACH, tooFar } from './entities.ts'
import { countOf, spendGold, spendItems } from './inventory.ts'
import { type Actor, type Ending, type Failure, fail, isFailure, type Scene, tell } from './scene.ts'
import type { Creature, Task } from './state.ts'
import { distanceOf, findPath, isOpen } from './terrain.ts'

/** Duration of each action in ticks; fleeing has no fixed duration. */
const TICKS = { attack: 2, block: 4, cast: 3 } as const
/** The defence added by a parry. */
const PARRY = 6
const FISTS = { skill: 0, damage: 1, spread: 2 } as const
/** Maximum distance of a flight, in tiles. */
const FLIGHT = 8
/** Ticks that a fallen agent lies in the refuge, and the health with which it wakes. */
export const DOWN_TICKS = 60
export const WAKING_HEALTH = 30

type Foe = Extract<Entity, { kind: 'creature' }>

/** Whether a living creature is attacking the slot. */
export function isInCombat(scene: Pick<Scene, 'state'>, slot: number): boolean {
  for (const creature of scene.state.creatures) if (creature.target === slot && creature.health > 0) return true
  return false
}

export function prepareCombat(scene: Scene, actor: Actor, params: CombatActionParams): Task | Failure {
  if (params.action_type === 'flee') return prepareFlight(scene, actor)
  const foe = findFoe(scene, actor, params)
  if (isFailure(foe)) return foe
  if (params.action_type === 'block') actor.self.guarded_until = scene.state.tick + TICKS.block
  return { left: TICKS[params.action_type], path: [], goal: null }
}

export function finishCombat(scene: Scene, actor: Actor, params: CombatActionParams): Ending {
  if (params.action_type === 'flee') return endFlight(scene, actor)
  if (params.action_type === 'block') return { text: 'You lower your guard.' }
  const foe = findFoe(scene, actor, params)
  if (isFailure(foe)) return foe
  return params.action_type === 'cast' ? cast(scene, actor, foe) : strike(scene, actor, foe)
}

function findFoe(scene: Scene, actor: Actor, params: CombatActionParams): Foe | Failure {
  const entity = findEntity(scene, actor, params.target_entity_id ?? '')
  if (isFailure(entity)) return entity
  if (entity.kind === 'person' || entity.kind === 'agent') return fail('PEACEFUL', `You will not fight ${entity.name}.`)
  if (entity.kind !== 'creature') return fail('NOT_SUITABLE', `${entity.name} is nothing to fight.`)
  if (params.action_type === 'block') return entity
  const flask = params.action_type === 'cast' ? flaskOf(scene, actor) : undefined
  if (params.action_type === 'cast' && !flask) return fail('NOT_CARRIED', 'You carry nothing to cast.')
  return tooFar(actor.self, entity, flask?.reach ?? REACH) ?? entity
}

function flaskOf({ atlas }: Scene, { self }: Actor) {
  for (const item of atlas.content.items) {
    if (item.use.kind === 'cast' && countOf(self.items, item.id) > 0) return { id: item.id, ...item.use }
  }
  return undefined
}

function strike(scene: Scene, actor: Actor, foe: Foe): Ending {
  const { self, slot } = actor
  const use = self.weapon === null ? undefined : scene.atlas.items.get(self.weapon)?.use
  const weapon = use?.kind === 'weapon' ? use : FISTS
  const { combat } = scene.state.random
  rouse(scene, foe.creature, slot)
  if (nextBelow(combat, 20) + 1 + weapon.skill < 10 + foe.row.defence) {
    tell(scene, 'combat.missed', { slot, target: foe.id })
    return { text: `You miss ${foe.name}.` }
  }
  return wound(scene, actor, foe, weapon.damage + nextBelow(combat, weapon.spread))
}

function cast(scene: Scene, actor: Actor, foe: Foe): Ending {
  const flask = flaskOf(scene, actor)
  if (!flask) return fail('NOT_CARRIED', 'You carry nothing to cast.')
  spendItems(scene, actor, flask.id, 1)
  rouse(scene, foe.creature, actor.slot)
  return wound(scene, actor, foe, flask.damage + nextBelow(scene.state.random.combat, flask.spread))
}

function wound(scene: Scene, { self, slot }: Actor, foe: Foe, damage: number): Ending {
  const { creature } = foe
  creature.health = Math.max(0, creature.health - damage)
  tell(scene, 'combat.hit', { slot, target: foe.id, damage, health: creature.health })
  if (creature.health > 0) return { text: `You hit ${foe.name} for ${damage}.` }
  creature.target = -1
  self.kills++
  tell(scene, 'creature.slain', { slot, creature: foe.id })
  return { text: `You hit ${foe.name} for ${damage}. It falls and does not rise.` }
}

/** A creature that is hit attacks the agent that hit it, unless it already has a target. */
function rouse({ state }: Scene, creature: Creature, slot: number): void {
  if (creature.target >= 0) return
  creature.target = slot
  creature.ready_at = Math.max(creature.ready_at, state.tick + 1)
}

function prepareFlight(scene: Scene, actor: Actor): Task | Failure {
  const { self, slot } = actor
  const foe = scene.state.creatures.find((creature) => creature.target === slot && creature.health > 0)
  if (!foe) return fail('NO_DANGER', 'Nothing is after you.')
  const { ground } = placeOf(scene.atlas, self.cell)
  const refuges: { x: number; y: number; gap: number }[] = []
  for (let y = self.y - FLIGHT; y <= self.y + FLIGHT; y++) {
    for (let x = self.x - FLIGHT; x <= self.x + FLIGHT; x++) {
      if (isOpen(ground, x, y) && distanceOf(x, y, self.x, self.y) <= FLIGHT) {
        refuges.push({ x, y, gap: distanceOf(x, y, foe.x, foe.y) })
      }
    }
  }
  refuges.sort((a, b) => b.gap - a.gap || a.y - b.y || a.x - b.x)
  for (const { x, y } of refuges) {
    const path = findPath(ground, { fromX: self.x, fromY: self.y, toX: x, toY: y, near: 0 })
    if (path && path.length <= FLIGHT + 4) return { left: 1, path, goal: null }
  }
  return fail('NO_PATH', 'There is nowhere to run.')
}

/** One tile per tick on any ground. Undefined: still running. */
export function advanceFlight(scene: Scene, { self }: Actor, task: Task): Ending | undefined {
  const tile = task.path.shift()
  if (tile !== undefined) {
    const { width } = placeOf(scene.atlas, self.cell).ground
    self.x = tile % width
    self.y = (tile - self.x) / width
  }
  task.left = 1
  return task.path.length > 0 ? undefined : { text: '' }
}

/** Creatures that no longer see the agent give up. */
function endFlight(scene: Scene, { self, slot }: Actor): Ending {
  let pursuers = 0
  for (const [index, creature] of scene.state.creatures.entries()) {
    if (creature.target !== slot) continue
    const sight = scene.atlas.creatures[index]?.sight ?? 0
    if (distanceOf(self.x, self.y, creature.x, creature.y) > sight) creature.target = -1
    else pursuers++
  }
  return { text: pursuers === 0 ? 'You get away.' : 'You run, and are still followed.' }
}

/** A creature strikes an agent. */
export function bite(scene: Scene, index: number, actor: Actor): void {
  const row = scene.atlas.creatures[index]
  if (!row) return
  const { self, slot } = actor
  const { combat } = scene.state.random
  const coat = self.armour === null ? undefined : scene.atlas.items.get(self.armour)?.use
  const armour = coat?.kind === 'armour' ? coat.defence : 0
  const guard = self.guarded_until > scene.state.tick ? PARRY : 0
  if (nextBelow(combat, 20) + 1 + row.skill < 10 + armour + guard) {
    tell(scene, 'combat.dodged', { slot, creature: row.id })
    return
  }
  const damage = row.damage + nextBelow(combat, row.spread)
  self.health = Math.max(0, self.health - damage)
  tell(scene, 'combat.hurt', { slot, creature: row.id, damage, health: self.health })
}

/** An agent without health is carried to the refuge, loses a third of its gold, and lies there for an hour. */
export function fall(scene: Scene, { self, slot }: Actor): void {
  const { refuge } = scene.atlas.content.start
  tell(scene, 'agent.fell', { slot, cell: self.cell, x: self.x, y: self.y })
  spendGold(scene.state, self, Math.floor(self.gold / 3))
  self.deaths++
  self.down = DOWN_TICKS
  self.cell = refuge.cell
  self.x = refuge.x
  self.y = refuge.y
  self.talking = null
  self.guarded_until = 0
  for (const creature of scene.state.creatures) if (creature.target === slot) creature.target = -1
}
