// The memory of a bot without a guide: places and what it saw in them, people and their topics, things and what became
// of them. Everything comes from perceptions and from the outcomes of its commands.
import type { FrontierObservation } from './perceive.ts'

type Seen = FrontierObservation['perception']
export type Near = Seen['nearby_entities'][number]

export interface Spot {
  readonly cell: string
  readonly x: number
  readonly y: number
}

/** A seen entity, and the position from which it was seen. */
export interface Remembered extends Spot {
  readonly id: string
  readonly name: string
  readonly type: Near['entity_type']
  readonly distance: number
}

/** Tiles between the points from which a cell is explored. */
const STRIDE = 7
/** How far the bot explores a cell from where it entered, in strides. */
const REACH = 4

export class Memory {
  /** By id: the nearest position from which it was seen. */
  readonly remembered = new Map<string, Remembered>()
  /** People it has talked to, with the chapter; a new chapter begins when a quest advances. */
  readonly talked = new Map<string, number>()
  /** `person topic` pairs it has asked, with the chapter. */
  readonly asked = new Map<string, number>()
  /** By `person topic`: choices that are offered and not yet taken. */
  readonly choices = new Map<string, readonly { readonly index: number; readonly text: string }[]>()
  /** Doors, things and containers that need no further attention. */
  readonly done = new Set<string>()
  /** Items it has tried, and those that heal or can be thrown, according to the outcome. */
  readonly tried = new Set<string>()
  readonly healing = new Set<string>()
  readonly thrown = new Set<string>()
  /** By cell: the remaining points to explore from. */
  readonly points = new Map<string, Spot[]>()
  chapter = 0
  /** Parries in a row. */
  parries = 0
  #journal = ''

  /** Records the current perception. */
  see({ location, nearby_entities, active_quests }: Seen): void {
    const { cell, x, y } = location
    for (const { entity_id: id, name, entity_type: type, distance } of nearby_entities) {
      const known = this.remembered.get(id)
      if (known && known.cell === cell && known.distance <= distance) continue
      this.remembered.set(id, { id, name, type, cell, x, y, distance })
    }
    if (!this.points.has(cell)) this.points.set(cell, pointsAround(location))
    const journal = JSON.stringify(active_quests)
    if (journal === this.#journal) return
    this.#journal = journal
    this.chapter++
  }

  /** Marks the points of the cell that are near enough as explored. */
  lookFrom({ cell, x, y }: Spot): void {
    const left = this.points.get(cell)?.filter((point) => Math.abs(point.x - x) + Math.abs(point.y - y) > STRIDE / 2)
    if (left) this.points.set(cell, left)
  }

  /** The remaining point of a cell that is nearest to a position. */
  nextPoint(cell: string, { x, y }: Pick<Spot, 'x' | 'y'>): Spot | undefined {
    let best: Spot | undefined
    let least = Number.POSITIVE_INFINITY
    for (const point of this.points.get(cell) ?? []) {
      const distance = Math.abs(point.x - x) + Math.abs(point.y - y)
      if (distance >= least) continue
      least = distance
      best = point
    }
    return best
  }

  drop(point: Spot): void {
    const left = this.points.get(point.cell)?.filter((each) => each !== point)
    if (left) this.points.set(point.cell, left)
  }
}

function pointsAround({ cell, x, y }: Spot): Spot[] {
  const points: Spot[] = []
  for (let row = -REACH; row <= REACH; row++) {
    for (let column = -REACH; column <= REACH; column++) {
      const point = { cell, x: x + column * STRIDE, y: y + row * STRIDE }
      if (point.x >= 0 && point.y >= 0) points.push(point)
    }
  }
  return points
}
