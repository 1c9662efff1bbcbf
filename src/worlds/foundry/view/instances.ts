// Fills the buffers that the graphics card draws from: one unit cube and, for each box, its corner, size and style.

import { read } from '../../../kernel/view/read.ts'
import { ITEMS } from '../catalogue.ts'
import type { Size } from '../geometry.ts'
import { BELT_TOP, COLOURS, type Colour, DECALS, type Decal, formOf, plainFormOf, turnBox } from './boxes.ts'
import { type BeltPath, beltPath, isBeltRow, type Layout, originOf, powerArms, rowOfId, stepOf } from './layout.ts'
import type { Scene } from './scene.ts'

/** Numbers per box: corner (3), size (3), colour, decal with its turn, row + 1. */
export const STRIDE = 9
/** Number of parts from which each is drawn as one box: fine detail would be less than a pixel. */
export const PLAIN_FROM = 40_000

export interface Instances {
  readonly data: Float32Array
  readonly count: number
}

/** Grows by doubling. There is one per kind of object, so that a frame allocates nothing. */
export class BoxList {
  #data = new Float32Array(STRIDE * 256)
  #count = 0

  add(min: readonly [number, number, number], size: readonly [number, number, number], style: Style): void {
    const at = this.#count * STRIDE
    if (at + STRIDE > this.#data.length) {
      const grown = new Float32Array(this.#data.length * 2)
      grown.set(this.#data)
      this.#data = grown
    }
    this.#data.set(min, at)
    this.#data.set(size, at + 3)
    this.#data[at + 6] = COLOURS.indexOf(style.colour)
    this.#data[at + 7] = DECALS.indexOf(style.decal) * 16 + style.turn
    this.#data[at + 8] = style.row + 1
    this.#count++
  }

  take(): Instances {
    return { data: this.#data.subarray(0, this.#count * STRIDE), count: this.#count }
  }
}

interface Style {
  readonly colour: Colour
  readonly decal: Decal
  /** Facing of a chevron, or index of a letter. */
  readonly turn: number
  /** -1: belongs to no part. */
  readonly row: number
}

/** The ground with its deposits, and every part. */
export function buildParts(scene: Pick<Scene, 'layout' | 'deposits' | 'size'>): Instances {
  const { layout, size } = scene
  const list = new BoxList()
  list.add([0, 0.7, 0], [size.x, 0.3, size.z], { colour: 'floor', decal: 'grid', turn: 0, row: -1 })
  for (const { x, z, item } of scene.deposits) {
    const colour = itemColour(item)
    list.add([x + 0.03, 1, z + 0.03], [0.94, 0.015, 0.94], { colour, decal: 'hatch', turn: 0, row: -1 })
  }
  const isPlain = layout.count >= PLAIN_FROM
  for (let row = 0; row < layout.count; row++) addPart(list, layout, row, isPlain)
  return list.take()
}

/** Adds the boxes of one part; also used for previews and selections. */
export function addPart(list: BoxList, layout: Layout, row: number, isPlain: boolean): void {
  const def = read(layout.parts.def, row)
  const facing = read(layout.parts.facing, row)
  const origin = originOf(layout, row)
  addForm(list, { def, facing, origin, row, isPlain })
  if (!isPlain && formOf(def)[0]?.colour === 'wire') {
    for (const arm of powerArms(layout, row)) {
      list.add(...armBox(origin, arm), { colour: 'wire', decal: 'none', turn: 0, row })
    }
  }
}

export interface Placed {
  readonly def: number
  readonly facing: number
  readonly origin: Size
  readonly row: number
  readonly isPlain: boolean
}

export function addForm(list: BoxList, { def, facing, origin, row, isPlain }: Placed): void {
  for (const box of isPlain ? plainFormOf(def) : formOf(def)) {
    const { min, size } = turnBox(box, def, facing)
    const at = [origin.x + min[0], origin.y + min[1], origin.z + min[2]] as const
    list.add(at, size, { colour: box.colour, decal: box.decal, turn: facing, row })
  }
}

/** A box from the centre of a cell to one of its faces. */
function armBox(origin: Size, direction: number): [[number, number, number], [number, number, number]] {
  const step = stepOf(direction)
  const span = (at: number, along: number): [number, number] => {
    if (along === 0) return [at + 0.43, 0.14]
    return along > 0 ? [at + 0.6, 0.4] : [at, 0.4]
  }
  const [x, width] = span(origin.x, step.x)
  const [y, height] = span(origin.y, step.y)
  const [z, depth] = span(origin.z, step.z)
  return [
    [x, y, z],
    [width, height, depth],
  ]
}

export function itemColour(item: number): Colour {
  return ITEMS[item - 1] ?? 'frame'
}

/** Numbers per item: previous position (3), current position (3), colour, letter. */
export const ITEM_STRIDE = 8
const CELL_UNITS = 16
const ITEM_UNITS = 8
/** Units per tick: how far a moving item has come since the previous tick. */
const BELT_SPEED = 4

export interface ItemInstances {
  readonly data: Float32Array
  readonly count: number
}

/** Items on belts, with their movement in this tick; `previous` shows which of them stand still. */
export function buildItems(scene: Scene, previous: Scene | undefined, paths: PathCache): ItemInstances {
  const { layout, items } = scene
  const data = new Float32Array(items.length * ITEM_STRIDE)
  const still = new Set<number>(previous && previous.layout === layout ? previous.items : [])
  const isNext = previous !== undefined && scene.tick === previous.tick + 1
  let count = 0
  for (const packed of items) {
    const row = rowOfId(layout, Math.floor(packed / 256))
    if (row < 0 || !isBeltRow(layout, row)) continue
    const path = paths.of(layout, row)
    const origin = originOf(layout, row)
    const middle = ((packed >> 4) & 15) + ITEM_UNITS / 2
    const moved = isNext && !still.has(packed) ? BELT_SPEED : 0
    const at = count * ITEM_STRIDE
    data.set(alongBelt(origin, path, (middle - moved) / CELL_UNITS), at)
    data.set(alongBelt(origin, path, middle / CELL_UNITS), at + 3)
    data[at + 6] = COLOURS.indexOf(itemColour(packed & 15))
    data[at + 7] = (packed & 15) - 1
    count++
  }
  return { data: data.subarray(0, count * ITEM_STRIDE), count }
}

/** The turns of belts, computed once per layout: most belts carry items in many frames. */
export class PathCache {
  #layout: Layout | undefined
  #paths: (BeltPath | undefined)[] = []

  of(layout: Layout, row: number): BeltPath {
    if (layout !== this.#layout) {
      this.#layout = layout
      this.#paths = new Array<BeltPath | undefined>(layout.count)
    }
    const known = this.#paths[row]
    if (known) return known
    const path = beltPath(layout, row)
    this.#paths[row] = path
    return path
  }
}

/** The centre of an item's base, `share` of the way across a belt: 0 where it enters, 1 where it leaves. */
export function alongBelt(origin: Size, { from, to }: BeltPath, share: number): [number, number, number] {
  const side = share < 0.5 ? stepOf(from) : stepOf(to)
  const reach = share < 0.5 ? 0.5 - share : share - 0.5
  return [origin.x + 0.5 + side.x * reach, origin.y + BELT_TOP + side.y * reach, origin.z + 0.5 + side.z * reach]
}
