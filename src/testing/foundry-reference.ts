// A second, deliberately simple implementation of the foundry's transport: cell by cell, every item in every tick, with
// links recomputed each time. It shares no code with the world; tests compare the world's lines with it.

/** A part of a save, reduced to the fields that transport needs. */
export interface RefPart {
  readonly id: number
  readonly def_id: string
  readonly origin: { readonly x: number; readonly y: number; readonly z: number }
  readonly facing: string
  /** From front to back. */
  items: { item: string; offset: number }[]
  core?: string | undefined
  turn: number
  ports: Map<number, string>
  readonly stock: Map<string, number>
}

const SPEED = 4
const CELL = 16
const ITEM = 8
const FULL_STORAGE = 60
const COMPASS = ['north', 'east', 'south', 'west', 'up', 'down']
const STEP: Readonly<Record<string, readonly [number, number, number]>> = {
  north: [0, 0, -1],
  east: [1, 0, 0],
  south: [0, 0, 1],
  west: [-1, 0, 0],
  up: [0, 1, 0],
  down: [0, -1, 0],
}
const BACK: Readonly<Record<string, string>> = {
  north: 'south',
  south: 'north',
  east: 'west',
  west: 'east',
  up: 'down',
  down: 'up',
}

type Side = 'front' | 'right' | 'back' | 'left'
const TURNS: readonly Side[] = ['front', 'right', 'back', 'left']

/** Sides of a node's item ports in order, and how many of them (from the start of the list) are inputs. */
const PORTS: Readonly<Record<string, { readonly sides: readonly Side[]; readonly taking: readonly number[] }>> = {
  splitter: { sides: ['back', 'front', 'left', 'right'], taking: [0] },
  merger: { sides: ['back', 'left', 'right', 'front'], taking: [0, 1, 2] },
  storage: { sides: ['back', 'front'], taking: [0] },
  delivery_port: { sides: ['back', 'left', 'right', 'front'], taking: [0, 1, 2, 3] },
}

export class ReferenceTransport {
  readonly #parts: readonly RefPart[]
  readonly #at = new Map<string, RefPart>()
  /** Items in catalogue order: storages output the first of them that they hold. */
  readonly #items: readonly string[]

  constructor(parts: readonly RefPart[], items: readonly string[]) {
    this.#parts = parts
    this.#items = items
    for (const part of parts) this.#at.set(Object.values(part.origin).join(), part)
  }

  step(): void {
    this.#move()
    for (const part of this.#parts) this.#take(part)
    for (const part of this.#parts) this.#give(part)
    for (const part of this.#parts) this.#pull(part)
  }

  #next(part: RefPart, direction: string): RefPart | undefined {
    const [x, y, z] = STEP[direction] ?? [0, 0, 0]
    return this.#at.get([part.origin.x + x, part.origin.y + y, part.origin.z + z].join())
  }

  #sideOf(part: RefPart, side: Side): string {
    return COMPASS[(COMPASS.indexOf(part.facing) + TURNS.indexOf(side)) % 4] ?? ''
  }

  /** Direction of a node's port; parts on odd cells swap left and right. */
  #portDirection(part: RefPart, port: number): string {
    const side = PORTS[part.def_id]?.sides[port] ?? 'front'
    const isOdd = (part.origin.x + part.origin.z) % 2 === 1
    const swapped = side === 'left' ? 'right' : side === 'right' ? 'left' : side
    return this.#sideOf(part, isOdd ? swapped : side)
  }

  #isBelt(part: RefPart): boolean {
    return part.def_id === 'conveyor' || part.def_id === 'lift'
  }

  #beltOut(belt: RefPart): string {
    return belt.def_id === 'lift' && this.#next(belt, 'up')?.def_id === 'lift' ? 'up' : belt.facing
  }

  /** The part that gives into a part through a side, and its port (-1: a belt). */
  #giver(part: RefPart, direction: string): { from: RefPart; port: number } | undefined {
    const from = this.#next(part, direction)
    if (!from) return undefined
    const towards = BACK[direction] ?? ''
    if (this.#isBelt(from)) return this.#beltOut(from) === towards ? { from, port: -1 } : undefined
    const ports = PORTS[from.def_id]
    const port = ports?.sides.findIndex((_, i) => !ports.taking.includes(i) && this.#portDirection(from, i) === towards)
    return port === undefined || port < 0 ? undefined : { from, port }
  }

  #feeder(belt: RefPart): { from: RefPart; port: number } | undefined {
    if (belt.def_id === 'lift' && this.#next(belt, 'down')?.def_id === 'lift') return this.#giver(belt, 'down')
    const back = this.#giver(belt, this.#sideOf(belt, 'back'))
    if (back) return back
    const left = this.#giver(belt, this.#sideOf(belt, 'left'))
    const right = this.#giver(belt, this.#sideOf(belt, 'right'))
    return left && right ? undefined : (left ?? right)
  }

  /** The belt that takes items from a belt. */
  #ahead(belt: RefPart): RefPart | undefined {
    const next = this.#next(belt, this.#beltOut(belt))
    return next && this.#isBelt(next) && this.#feeder(next)?.from === belt ? next : undefined
  }

  #move(): void {
    const moved = new Set<RefPart>()
    const crossing: { to: RefPart; item: string; offset: number }[] = []
    for (const belt of this.#parts) {
      if (!this.#isBelt(belt) || moved.has(belt)) continue
      const way: RefPart[] = [belt]
      for (let next = this.#ahead(belt); next && next !== belt && !moved.has(next); next = this.#ahead(next)) {
        if (way.includes(next)) break
        way.push(next)
      }
      const last = way.at(-1)
      const isLoop = last !== undefined && this.#ahead(last) === belt
      for (const each of way.reverse()) {
        this.#moveBelt(each, isLoop, crossing)
        moved.add(each)
      }
    }
    for (const { to, item, offset } of crossing) to.items.push({ item, offset })
  }

  #moveBelt(belt: RefPart, isLoop: boolean, crossing: { to: RefPart; item: string; offset: number }[]): void {
    const next = this.#ahead(belt)
    const waiting = crossing.filter(({ to }) => to === next).map(({ offset }) => offset)
    const behind = Math.min(...(next?.items ?? []).map(({ offset }) => offset), ...waiting)
    let limit = next ? CELL + behind - ITEM : CELL - ITEM
    const stay: RefPart['items'] = []
    for (const { item, offset } of belt.items) {
      const to = isLoop ? offset + SPEED : Math.min(offset + SPEED, limit)
      limit = to - ITEM
      if (to >= CELL && next) crossing.push({ to: next, item, offset: to - CELL })
      else stay.push({ item, offset: to })
    }
    belt.items = stay
  }

  /** The item waiting at a node's port, and how to take it. */
  #offer(part: RefPart, port: number): { item: string; take(): void } | undefined {
    const giver = this.#giver(part, this.#portDirection(part, port))
    if (!giver) return undefined
    const { from } = giver
    if (giver.port < 0) {
      const first = from.items[0]
      return first?.offset === CELL - ITEM ? { item: first.item, take: () => from.items.shift() } : undefined
    }
    const item = from.ports.get(giver.port)
    return item === undefined ? undefined : { item, take: () => from.ports.delete(giver.port) }
  }

  #take(part: RefPart): void {
    const ports = PORTS[part.def_id]
    if (!ports) return
    const start = part.def_id === 'splitter' ? 0 : part.turn
    let served = -1
    for (let i = 0; i < ports.sides.length; i++) {
      const port = (start + i) % ports.sides.length
      const offer = ports.taking.includes(port) ? this.#offer(part, port) : undefined
      if (!offer) continue
      if (part.def_id === 'splitter' || part.def_id === 'merger') {
        if (part.core !== undefined) break
        part.core = offer.item
      } else if (part.def_id === 'storage') {
        if ([...part.stock.values()].reduce((a, b) => a + b, 0) >= FULL_STORAGE) continue
        part.stock.set(offer.item, (part.stock.get(offer.item) ?? 0) + 1)
      }
      offer.take()
      if (served < 0) served = port
    }
    if (served >= 0 && part.def_id !== 'splitter') part.turn = (served + 1) % ports.sides.length
  }

  /** Whether a node's out port is linked. */
  #isLinked(part: RefPart, port: number): boolean {
    const direction = this.#portDirection(part, port)
    const next = this.#next(part, direction)
    if (!next) return false
    if (this.#isBelt(next)) return this.#feeder(next)?.from === part
    const ports = PORTS[next.def_id]
    return ports?.taking.some((each) => this.#portDirection(next, each) === BACK[direction]) === true
  }

  #give(part: RefPart): void {
    const ports = PORTS[part.def_id]
    if (!ports || part.def_id === 'delivery_port') return
    const item = part.def_id === 'storage' ? this.#items.find((each) => (part.stock.get(each) ?? 0) > 0) : part.core
    if (item === undefined) return
    const start = part.def_id === 'splitter' ? part.turn : 0
    for (let i = 0; i < ports.sides.length; i++) {
      const port = (start + i) % ports.sides.length
      if (ports.taking.includes(port) || part.ports.has(port) || !this.#isLinked(part, port)) continue
      part.ports.set(port, item)
      part.core = undefined
      if (part.def_id === 'storage') part.stock.set(item, (part.stock.get(item) ?? 0) - 1)
      if (part.def_id === 'splitter') part.turn = (port + 1) % ports.sides.length
      return
    }
  }

  #pull(belt: RefPart): void {
    if (!this.#isBelt(belt)) return
    const feeder = this.#feeder(belt)
    if (!feeder || feeder.port < 0) return
    const item = feeder.from.ports.get(feeder.port)
    const last = belt.items.at(-1)
    if (item === undefined || (last && last.offset < ITEM)) return
    feeder.from.ports.delete(feeder.port)
    belt.items.push({ item, offset: 0 })
  }
}
