// The actions of creatures in a tick: notice, approach, strike, lose interest, return home. They act after all agents,
// in content order.
import { placeOf } from './atlas.ts'
import { bite } from './combat.ts'
import type { CreatureRow } from './content/shape.ts'
import { isNight } from './day.ts'
import type { Scene } from './scene.ts'
import { tell } from './scene.ts'
import type { Creature } from './state.ts'
import { distanceOf, type Ground, isOpen } from './terrain.ts'

/** Ticks that a creature takes for one tile. */
const STRIDE = 2
/** Additional sight at night, in tiles. */
const NIGHT_SIGHT = 2
/** Distance beyond its sight at which it gives up a chase, in tiles. */
const LEASH = 6

/** One tick of all creatures. Calls `onTurned` for each slot that a creature has just started to attack. */
export function moveCreatures(scene: Scene, onTurned: (slot: number, creature: CreatureRow) => void): void {
  const { atlas, state } = scene
  for (let index = 0; index < state.creatures.length; index++) {
    const creature = state.creatures[index]
    const row = atlas.creatures[index]
    if (!creature || !row || creature.health === 0 || creature.ready_at > state.tick) continue
    if (creature.target >= 0) chase(scene, index)
    else if (!notice(scene, { row, creature }, onTurned)) goHome(scene, row, creature)
  }
}

/** The nearest conscious agent within sight; ties go to the lowest slot. */
function notice(
  scene: Scene,
  { row, creature }: { row: CreatureRow; creature: Creature },
  onTurned: (slot: number, creature: CreatureRow) => void,
): boolean {
  const { state } = scene
  let nearest = -1
  let gap = row.sight + (isNight(state.tick) ? NIGHT_SIGHT : 0) + 1
  for (let slot = 0; slot < state.agents.length; slot++) {
    const agent = state.agents[slot]
    if (!agent || agent.cell !== row.cell || agent.down > 0) continue
    const distance = distanceOf(agent.x, agent.y, creature.x, creature.y)
    if (distance >= gap) continue
    gap = distance
    nearest = slot
  }
  if (nearest < 0) return false
  creature.target = nearest
  creature.ready_at = state.tick + STRIDE
  tell(scene, 'creature.turned', { creature: row.id, slot: nearest })
  onTurned(nearest, row)
  return true
}

function chase(scene: Scene, index: number): void {
  const { atlas, state } = scene
  const creature = state.creatures[index]
  const row = atlas.creatures[index]
  const agent = creature && state.agents[creature.target]
  if (!creature || !row || !agent) return
  const distance = distanceOf(agent.x, agent.y, creature.x, creature.y)
  if (agent.cell !== row.cell || agent.down > 0 || distance > row.sight + LEASH) creature.target = -1
  else if (distance <= 1) {
    bite(scene, index, { slot: creature.target, self: agent })
    creature.ready_at = state.tick + row.pace
  } else stride(scene, { row, creature }, agent)
}

function goHome(scene: Scene, row: CreatureRow, creature: Creature): void {
  if (creature.x !== row.x || creature.y !== row.y) stride(scene, { row, creature }, row)
}

/** Moves one tile nearer, along the longer axis if it is open, else along the other; otherwise waits. */
function stride(
  scene: Scene,
  { row, creature }: { row: CreatureRow; creature: Creature },
  to: { readonly x: number; readonly y: number },
): void {
  const { ground } = placeOf(scene.atlas, row.cell)
  const dx = to.x - creature.x
  const dy = to.y - creature.y
  const isWide = Math.abs(dx) >= Math.abs(dy)
  if (!(isWide ? slide(ground, creature, dx, 0) : slide(ground, creature, 0, dy))) {
    if (isWide) slide(ground, creature, 0, dy)
    else slide(ground, creature, dx, 0)
  }
  creature.ready_at = scene.state.tick + STRIDE
}

function slide(ground: Ground, creature: Creature, dx: number, dy: number): boolean {
  const x = creature.x + (dx > 0 ? 1 : dx < 0 ? -1 : 0)
  const y = creature.y + (dy > 0 ? 1 : dy < 0 ? -1 : 0)
  if ((dx === 0 && dy === 0) || !isOpen(ground, x, y)) return false
  creature.x = x
  creature.y = y
  return true
}
