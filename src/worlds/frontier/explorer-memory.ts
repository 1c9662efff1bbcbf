// What a traveller without a guide remembers of what it perceived: places and what was seen in them, people and what they
// talk about, things and what became of them. Everything comes from perceptions and from the outcomes of its commands.
import type { FrontierObservation } from './perceive.ts'

type Seen = FrontierObservation['perception']
export type Near = Seen['nearby_entities'][number]

export interface Spot {
  readonly cell: string
  readonly x: number
  readonly y: number
}

/** Something that was seen, and from where. */
export interface Remembered extends Spot {
  readonly id: string
  readonly name: string
  readonly type: Near['entity_type']
  readonly distance: number
}

/** Tiles between the points from which a cell is looked at. */
const STRIDE = 7
/** How far from where it came in a cell is walked over, in strides. */
const REACH = 4

export class Memory {
  /** By id: where it was seen from, as near as it ever was. */
  readonly remembered = new Map<string, Remembered>()
  /** People that were talked to, with the chapter in which; a new chapter opens when a quest moves on. */
  readonly talked = new Map<string, number>()
  /** `person topic` that were asked, with the chapter. */
  readonly asked = new Map<string, number>()
  /** By `person topic`: choices that are offered and not taken yet. */
  readonly choices = new Map<string, readonly { readonly index: number; readonly text: string }[]>()
  /** Doors, things and containers that are done with. */
  readonly done = new Set<string>()
  /** Items that were tried out, and those that heal or are thrown, by what came of it. */
  readonly tried = new Set<string>()
  readonly healing = new Set<string>()
  readonly thrown = new Set<string>()
  /** By cell: points to look from that are left. */
  readonly points = new Map<string, Spot[]>()
  chapter = 0
  /** Parries in a row. */
  parries = 0
  #journal = ''

  /** Takes in what is perceived now. */
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

  /** Points of the cell that are near enough count as looked from. */
  lookFrom({ cell, x, y }: Spot): void {
    const left = this.points.get(cell)?.filter((point) => Math.abs(point.x - x) + Math.abs(point.y - y) > STRIDE / 2)
    if (left) this.points.set(cell, left)
  }

  /** The point of a cell that is nearest to a place, of those that are left. */
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
