// The table of nodes: every part that has state of its own and is no belt. A row holds what the part keeps (items
// taken in, items ready to leave, energy), how far it is, and what its item ports are linked to.
import { absent } from '../../kernel/at.ts'
import { ITEM_COUNT } from './catalogue.ts'
import { bytes, grown, longs, shorts } from './columns.ts'

/** Item ports of a part, at most. */
export const PORTS = 4

/** Bits of `flags`. */
export const ENABLED = 1
/** Has consumed its inputs and not yet made its outputs. */
export const IN_CYCLE = 2
/** Wants power and makes progress with it. Derived. */
export const RUNNING = 4
/** Contamination is above its tolerance. Derived. */
export const FOULED = 8
/** Waits in the queue of the next transport. Derived. */
export const QUEUED = 16
/** Has an item to give but no free port; the part that empties a port wakes it. Derived. */
export const WAITING = 32

/** What a node is, as a small number: the transport asks it of every node that it looks at. */
export const NODE = {
  other: 0,
  machine: 1,
  generator: 2,
  storage: 3,
  delivery: 4,
  splitter: 5,
  merger: 6,
  filter: 7,
} as const

export interface Nodes {
  /** Rows in use are 1..last, free ones in the chain that `free` starts. */
  last: number
  free: number
  part: Int32Array
  /** One of NODE. Derived. */
  kind: Uint8Array
  flags: Uint8Array
  /** Number of the recipe, from 1; 0: none. */
  recipe: Uint8Array
  /** Splitter, merger, filter: the item inside. */
  core: Uint8Array
  /** Port whose turn it is next. */
  turn: Uint8Array
  /** Permille of a tick done in this cycle, as of `at`. */
  progress: Int32Array
  /** Work phases counted in `progress`. Derived. */
  at: Int32Array
  /** Work phase in which it is due; 0: none. Derived. */
  due: Int32Array
  /** Battery: charge. Generator: energy left in the fuel that burns. */
  energy: Int32Array
  /** PORTS a row: the item that waits at an out port. */
  slot: Uint8Array
  /** PORTS a row: what an item port is linked to. 0: nothing; > 0: a line; < 0: port -link - 1 of another node. Derived. */
  link: Int32Array
  /** ITEM_COUNT a row: items taken in. */
  stock: Uint16Array
  /** ITEM_COUNT a row: items made and not yet at a port. */
  ready: Uint16Array
}

export function createNodes(): Nodes {
  const rows = 32
  return {
    last: 0,
    free: 0,
    part: longs(rows),
    kind: bytes(rows),
    flags: bytes(rows),
    recipe: bytes(rows),
    core: bytes(rows),
    turn: bytes(rows),
    progress: longs(rows),
    at: longs(rows),
    due: longs(rows),
    energy: longs(rows),
    slot: bytes(rows * PORTS),
    link: longs(rows * PORTS),
    stock: shorts(rows * ITEM_COUNT),
    ready: shorts(rows * ITEM_COUNT),
  }
}

function reserveNodes(nodes: Nodes, row: number): void {
  if (row < nodes.part.length) return
  const rows = Math.max(row + 1, nodes.part.length * 2)
  nodes.part = grown(nodes.part, longs, rows)
  nodes.kind = grown(nodes.kind, bytes, rows)
  nodes.flags = grown(nodes.flags, bytes, rows)
  nodes.recipe = grown(nodes.recipe, bytes, rows)
  nodes.core = grown(nodes.core, bytes, rows)
  nodes.turn = grown(nodes.turn, bytes, rows)
  nodes.progress = grown(nodes.progress, longs, rows)
  nodes.at = grown(nodes.at, longs, rows)
  nodes.due = grown(nodes.due, longs, rows)
  nodes.energy = grown(nodes.energy, longs, rows)
  nodes.slot = grown(nodes.slot, bytes, rows * PORTS)
  nodes.link = grown(nodes.link, longs, rows * PORTS)
  nodes.stock = grown(nodes.stock, shorts, rows * ITEM_COUNT)
  nodes.ready = grown(nodes.ready, shorts, rows * ITEM_COUNT)
}

/** A fresh, enabled, empty row for a part. */
export function addNode(nodes: Nodes, part: number, kind: number): number {
  const isReused = nodes.free !== 0
  const row = isReused ? nodes.free : nodes.last + 1
  if (isReused) nodes.free = nodes.part[row] ?? absent()
  else nodes.last = row
  reserveNodes(nodes, row)
  nodes.part[row] = part
  nodes.kind[row] = kind
  nodes.flags[row] = ENABLED
  for (const column of [nodes.recipe, nodes.core, nodes.turn, nodes.progress, nodes.at, nodes.due, nodes.energy]) {
    column[row] = 0
  }
  nodes.slot.fill(0, row * PORTS, row * PORTS + PORTS)
  nodes.link.fill(0, row * PORTS, row * PORTS + PORTS)
  nodes.stock.fill(0, row * ITEM_COUNT, (row + 1) * ITEM_COUNT)
  nodes.ready.fill(0, row * ITEM_COUNT, (row + 1) * ITEM_COUNT)
  return row
}

/** Gives a row back. Its links must have been cut, and it must not be queued. */
export function dropNode(nodes: Nodes, row: number): void {
  nodes.part[row] = nodes.free
  nodes.flags[row] = 0
  nodes.due[row] = 0
  nodes.free = row
}

export function hasFlag(nodes: Nodes, row: number, flag: number): boolean {
  return ((nodes.flags[row] ?? absent()) & flag) !== 0
}

export function setFlag(nodes: Nodes, row: number, flag: number, isOn: boolean): void {
  const flags = nodes.flags[row] ?? absent()
  nodes.flags[row] = isOn ? flags | flag : flags & ~flag
}

/** Items in `stock`, of all kinds. */
export function stockTotal(nodes: Nodes, row: number): number {
  let total = 0
  for (let i = row * ITEM_COUNT; i < (row + 1) * ITEM_COUNT; i++) total += nodes.stock[i] ?? absent()
  return total
}
