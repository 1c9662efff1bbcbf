// Adds, turns and removes parts. The rules are in commands.ts; this file keeps everything that depends on a part
// consistent: cells, lines, links, nets, contamination.
import { absent } from '../../kernel/at.ts'
import { ITEM_COUNT, PARTS } from './catalogue.ts'
import { noticeAir, stirAir } from './contamination.ts'
import { cellAt, cellToPoint, DOWN, neighbour, type Size } from './geometry.ts'
import { buildLines, type LooseBelts, loosen } from './lines.ts'
import { isBelt, partnerOf } from './links.ts'
import { refreshMachine, setRunning } from './machines.ts'
import { joinNets, leaveNet, splitNet } from './nets.ts'
import { addNode, dropNode, NODE, PORTS } from './node-table.ts'
import { reserveParts } from './part-table.ts'
import { cellsOf, defOf, partIn, shapeNumber, shapeOf } from './parts.ts'
import { unqueueNode, wakeNode } from './queue.ts'
import { addCount, type Foundry } from './state.ts'
import { partsAround } from './support.ts'

export interface Placing {
  /** Number of the definition, from 0. */
  readonly def: number
  readonly origin: Size
  readonly facing: number
  readonly owner: number
  readonly isFixed: boolean
}

/** Cells that a definition would occupy; some may be outside the grid. */
export function cellsFor(f: Foundry, def: number, facing: number, origin: Size): Size[] {
  const shape = f.shapes[shapeNumber(def, facing, origin)]
  return (shape?.cells ?? []).map((cell) => ({ x: origin.x + cell.x, y: origin.y + cell.y, z: origin.z + cell.z }))
}

export function isInside(size: Size, { x, y, z }: Size): boolean {
  return x >= 0 && y >= 0 && z >= 0 && x < size.x && y < size.y && z < size.z
}

/** Whether a kind of part has a row in the table of nodes. */
export function isNodeKind(def: number): boolean {
  const kind = PARTS[def]?.kind
  return kind !== 'frame' && kind !== 'wire' && kind !== 'belt'
}

function nodeKind(def: number): number {
  const kind = PARTS[def]?.kind ?? 'frame'
  const kinds: Readonly<Record<string, number>> = NODE
  return kinds[kind] ?? NODE.other
}

/** Enters a part into the tables and cells. Does not update lines, links and nets. */
export function enterPart(f: Foundry, part: number, placing: Placing): void {
  const { parts } = f
  const { def, origin, facing, owner, isFixed } = placing
  reserveParts(parts, part)
  parts.def[part] = def + 1
  parts.facing[part] = facing
  parts.shape[part] = shapeNumber(def, facing, origin)
  parts.owner[part] = owner
  parts.isFixed[part] = isFixed ? 1 : 0
  parts.origin[part] = cellAt(f.size, origin.x, origin.y, origin.z)
  parts.row[part] = isNodeKind(def) ? addNode(f.nodes, part, nodeKind(def)) : 0
  parts.ahead[part] = 0
  parts.net[part] = 0
  parts.count++
  if (part > parts.last) parts.last = part
  for (const cell of cellsOf(f, part)) f.cells[cell] = part
}

/** Places a part; there must be room for it. Returns its id. */
export function placePart(f: Foundry, placing: Placing): number {
  const part = f.parts.last + 1
  const cells = cellsFor(f, placing.def, placing.facing, placing.origin).map(({ x, y, z }) => cellAt(f.size, x, y, z))
  const edit = beginEdit(f, cells, 0)
  enterPart(f, part, placing)
  if (isBelt(f, part)) edit.loose.set(part, [])
  endEdit(f, edit, cells, part)
  joinNets(f, part)
  stirAir(f, cells)
  noticeAir(f, part, defOf(f, part))
  return part
}

/** Removes a part with all its contents. */
export function removePart(f: Foundry, part: number): void {
  const cells = cellsOf(f, part)
  const def = defOf(f, part)
  const row = f.parts.row[part] ?? absent()
  const isNode = isNodeKind(PARTS.indexOf(def))
  if (isNode) setRunning(f, row, false)
  const edit = beginEdit(f, cells, part)
  for (const packed of edit.loose.get(part) ?? []) addCount(f.ledger.destroyed, (packed & 15) - 1, 1)
  edit.loose.delete(part)
  const left = leaveNet(f, part)
  if (isNode) scrap(f, row, def.capacity > 0)
  for (const cell of cells) f.cells[cell] = 0
  f.parts.def[part] = 0
  f.parts.row[part] = 0
  f.parts.count--
  if (left) splitNet(f, left.net, left.neighbours)
  endEdit(f, edit, cells, 0)
  stirAir(f, cells)
}

/** Counts the contents of a node as destroyed, and frees its row. */
function scrap(f: Foundry, row: number, isBattery: boolean): void {
  const { nodes, ledger } = f
  for (let i = 0; i < ITEM_COUNT; i++) {
    const cell = row * ITEM_COUNT + i
    addCount(ledger.destroyed, i, (nodes.stock[cell] ?? absent()) + (nodes.ready[cell] ?? absent()))
  }
  for (const item of [nodes.core[row] ?? absent(), ...nodes.slot.subarray(row * PORTS, row * PORTS + PORTS)]) {
    if (item !== 0) addCount(ledger.destroyed, item - 1, 1)
  }
  if (isBattery) ledger.lost += nodes.energy[row] ?? absent()
  f.cleaners.delete(row)
  unqueueNode(f, row)
  dropNode(nodes, row)
}

/** Turns a part with its contents about its origin. */
export function rotatePart(f: Foundry, part: number, facing: number): void {
  const before = cellsOf(f, part)
  const { parts } = f
  const row = parts.row[part] ?? absent()
  const def = defOf(f, part)
  const origin = cellToPoint(f.size, parts.origin[part] ?? absent())
  const number = PARTS.indexOf(def)
  const after = cellsFor(f, number, facing, origin).map(({ x, y, z }) => cellAt(f.size, x, y, z))
  const cells = [...new Set([...before, ...after])]
  const isNode = isNodeKind(number)
  if (isNode) setRunning(f, row, false)
  const edit = beginEdit(f, cells, part)
  const left = leaveNet(f, part)
  for (const cell of before) f.cells[cell] = 0
  parts.facing[part] = facing
  parts.shape[part] = shapeNumber(number, facing, origin)
  if (left) splitNet(f, left.net, left.neighbours)
  for (const cell of after) f.cells[cell] = part
  endEdit(f, edit, cells, part)
  joinNets(f, part)
  if (def.kind === 'machine') refreshMachine(f, row)
  stirAir(f, cells)
  noticeAir(f, part, def)
}

interface Edit {
  readonly loose: LooseBelts
}

/** Takes apart everything that depends on the parts in (or next to) some cells, before they change. */
function beginEdit(f: Foundry, cells: readonly number[], part: number): Edit {
  const loose: LooseBelts = new Map()
  for (const other of touched(f, cells, part)) {
    if (isBelt(f, other)) loosen(f, other, loose)
    else unlinkNode(f, other)
  }
  return { loose }
}

/** Rebuilds and relinks after the change. */
function endEdit(f: Foundry, edit: Edit, cells: readonly number[], part: number): void {
  const around = touched(f, cells, part)
  for (const other of around) if (isBelt(f, other)) loosen(f, other, edit.loose)
  buildLines(f, edit.loose)
  for (const other of around) linkNode(f, other)
}

/** The part, its neighbours, and the part in front of a lift below: that lift may give upwards from now on. */
function touched(f: Foundry, cells: readonly number[], part: number): number[] {
  const parts = new Set(partsAround(f, cells, part))
  if (part !== 0) parts.add(part)
  for (const cell of cells) {
    const below = neighbour(f.size, cell, DOWN)
    const lift = partIn(f, below)
    if (isBelt(f, lift)) parts.add(partIn(f, neighbour(f.size, below, f.parts.facing[lift] ?? absent())))
  }
  parts.delete(0)
  return [...parts]
}

function unlinkNode(f: Foundry, part: number): void {
  const { nodes, parts, belts } = f
  if (!isNodeKind((parts.def[part] ?? absent()) - 1)) return
  const row = parts.row[part] ?? absent()
  for (let end = row * PORTS; end < row * PORTS + PORTS; end++) {
    const link = nodes.link[end] ?? absent()
    if (link < 0) nodes.link[-link - 1] = 0
    if (link > 0 && belts.source[link] === end + 1) belts.source[link] = 0
    if (link > 0 && belts.sink[link] === end + 1) belts.sink[link] = 0
    nodes.link[end] = 0
  }
}

/** Links the item ports of a node. Lines must have been built and know their ends. */
export function linkNode(f: Foundry, part: number): void {
  const { nodes, parts, belts } = f
  if (!isNodeKind((parts.def[part] ?? absent()) - 1)) return
  const row = parts.row[part] ?? absent()
  for (const [port, own] of shapeOf(f, part).itemPorts.entries()) {
    const end = row * PORTS + port
    const partner = partnerOf(f, part, port)
    nodes.link[end] = 0
    if (!partner) continue
    const other = parts.row[partner.part] ?? absent()
    if (isBelt(f, partner.part)) {
      nodes.link[end] = other
      if (own.isOut) belts.source[other] = end + 1
      else belts.sink[other] = end + 1
      belts.pulling.push(other)
    } else {
      const there = other * PORTS + partner.port
      nodes.link[end] = -there - 1
      nodes.link[there] = -end - 1
      wakeNode(f, other)
    }
  }
  wakeNode(f, row)
}
