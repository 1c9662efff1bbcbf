// Walking: tile by tile within a cell, and through doors from cell to cell. The path is computed when a leg begins and
// kept in the task, so a saved walk continues identically.
import type { MoveToParams } from '../../protocol/perception-command.ts'
import { placeOf } from './atlas.ts'
import type { DoorRow } from './content/shape.ts'
import { findEntity, REACH } from './entities.ts'
import { countOf, isLaden } from './inventory.ts'
import { type Actor, type Ending, type Failure, fail, isFailure, type Scene, tell } from './scene.ts'
import type { Task } from './state.ts'
import { findPath, isOpen } from './terrain.ts'

type Goal = NonNullable<Task['goal']>

/** The first leg of a walk, or the reason why there is no path. */
export function prepareMove(scene: Scene, actor: Actor, params: MoveToParams): Task | Failure {
  const goal = goalOf(scene, actor, params)
  return isFailure(goal) ? goal : planLeg(scene, actor, goal)
}

function goalOf(scene: Scene, actor: Actor, params: MoveToParams): Goal | Failure {
  const { self } = actor
  if (params.entity_id !== undefined) {
    const entity = findEntity(scene, actor, params.entity_id)
    if (isFailure(entity)) return entity
    return { cell: self.cell, x: entity.x, y: entity.y, near: entity.kind === 'door' ? 0 : REACH }
  }
  const cell = params.target_cell ?? self.cell
  const base = cell === self.cell ? self : arrivalAt(scene, self.cell, cell)
  if (!base) return fail('NO_PATH', `No way leads to ${cell}.`)
  const x = tileOf(params.target_x, base.x)
  const y = tileOf(params.target_y, base.y)
  const place = placeOf(scene.atlas, cell)
  if (!isOpen(place.ground, x, y)) return fail('NO_PATH', `Nobody can stand at ${x}, ${y} in ${place.row.name}.`)
  return { cell, x, y, near: 0 }
}

/** The nearest tile; adding zero keeps -0 out of the state. */
function tileOf(coordinate: number | undefined, otherwise: number): number {
  return coordinate === undefined ? otherwise : Math.round(coordinate) + 0
}

/** Where an agent that comes from `from` enters `cell`. */
function arrivalAt({ atlas }: Scene, from: string, cell: string): DoorRow | undefined {
  let at = from
  for (;;) {
    const door = placeOf(atlas, at).ways.get(cell)
    const beyond = door && atlas.doors.get(door.to)
    if (!beyond || beyond.cell === cell) return beyond
    at = beyond.cell
  }
}

function planLeg(scene: Scene, { self }: Actor, goal: Goal): Task | Failure {
  const place = placeOf(scene.atlas, self.cell)
  const to = self.cell === goal.cell ? goal : place.ways.get(goal.cell)
  const near = self.cell === goal.cell ? goal.near : 0
  const path = to && findPath(place.ground, { fromX: self.x, fromY: self.y, toX: to.x, toY: to.y, near })
  if (!path) return fail('NO_PATH', 'There is no way there.')
  return { left: path[0] === undefined ? 1 : tollOf(scene, self.cell, path[0], isLaden(scene.atlas, self)), path, goal }
}

/** Ticks to enter a tile: its cost, plus one on soft ground in wet weather; doubled for a laden agent. */
function tollOf({ atlas, state }: Scene, cell: string, tile: number, laden: boolean): number {
  const place = placeOf(atlas, cell)
  const cost = place.ground.cost[tile] ?? 1
  const isWet = !place.isInterior && (state.weather === 'rain' || state.weather === 'storm')
  return (cost + (isWet && cost > 1 ? 1 : 0)) * (laden ? 2 : 1)
}

/** Enters the next tile. Undefined: the walk continues; a new leg replaces the task. */
export function advanceMove(scene: Scene, actor: Actor, task: Task): Ending | undefined {
  const { self } = actor
  const { goal } = task
  const place = placeOf(scene.atlas, self.cell)
  const tile = task.path.shift()
  if (tile !== undefined) {
    self.x = tile % place.ground.width
    self.y = (tile - self.x) / place.ground.width
  }
  const next = task.path[0]
  if (next !== undefined) {
    task.left = tollOf(scene, self.cell, next, isLaden(scene.atlas, self))
    return undefined
  }
  if (!goal || self.cell === goal.cell) return { text: `You are at ${self.x}, ${self.y} in ${place.row.name}.` }
  const door = place.ways.get(goal.cell)
  if (!door) return fail('NO_PATH', 'There is no way there.')
  const shut = passDoor(scene, actor, door)
  if (shut) return shut
  const leg = planLeg(scene, actor, goal)
  if (isFailure(leg)) return leg
  self.task = leg
  return undefined
}

/** Takes the agent through a door beside it, and unlocks the door with a carried key. */
export function passDoor(scene: Scene, actor: Actor, door: DoorRow): Failure | undefined {
  const { self, slot } = actor
  const beyond = scene.atlas.doors.get(door.to)
  if (!beyond) return fail('NO_PATH', 'It leads nowhere.')
  const locked = unlock(scene, actor, door)
  if (locked) return locked
  self.cell = beyond.cell
  self.x = beyond.x
  self.y = beyond.y
  self.talking = null
  tell(scene, 'agent.entered', { slot, cell: beyond.cell })
  if (!self.discovered.includes(beyond.cell)) {
    self.discovered.push(beyond.cell)
    tell(scene, 'cell.discovered', { slot, cell: beyond.cell })
  }
  return undefined
}

/** Unlocks both sides of a door, or a container, permanently. */
export function unlock(
  { atlas, state }: Scene,
  { self }: Actor,
  lock: { readonly id: string; readonly name: string; readonly key?: string; readonly to?: string },
): Failure | undefined {
  if (lock.key === undefined || state.unlocked.includes(lock.id)) return undefined
  if (countOf(self.items, lock.key) === 0) {
    return fail('LOCKED', `${lock.name} is locked. It takes the ${atlas.items.get(lock.key)?.name ?? lock.key}.`)
  }
  state.unlocked.push(lock.id)
  if (lock.to !== undefined) state.unlocked.push(lock.to)
  return undefined
}
