// The table of nodes: every part with state of its own that is not a belt. A row holds the contents of the part (items
// taken in, items ready to output, energy), its progress, and the links of its item ports.
import { absent } from '../../kernel/at.ts'
import { ITEM_COUNT } from './catalogue.ts'
import { bytes, grown, longs, shorts } from './columns.ts'

/** Maximum number of item ports of a part. */
export const PORTS = 4

/** Bits of `flags`. */
export const ENABLED = 1
/** Has consumed its inputs but not yet produced its outputs. */
export const IN_CYCLE = 2
/** Draws power and makes progress. Derived. */
export const RUNNING = 4
/** Contamination exceeds its tolerance. Derived. */
export const FOULED = 8
/** Waits in the queue of the next transport. Derived. */
export const QUEUED = 16
/** Has an item to output but no free port; the part that empties a port wakes it. Derived. */
export const WAITING = 32

/** The kind of a node as a small number: the transport reads it for every node it processes. */
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
  /** Port to serve next. */
  turn: Uint8Array
  /** Progress of this cycle in permille of a tick, as of `at`. */
  progress: Int32Array
  /** Number of work phases included in `progress`. Derived. */
  at: Int32Array
  /** Work phase in which the cycle completes; 0: none. Derived. */
  due: Int32Array
  /** Battery: charge. Generator: energy left in the burning fuel. */
  energy: Int32Array
  /** PORTS per row: the item waiting at an out port. */
  slot: Uint8Array
  /** PORTS per row: the link of an item port. 0: none; > 0: a line; < 0: port -link - 1 of another node. Derived. */
  link: Int32Array
  /** ITEM_COUNT per row: items taken in. */
  stock: Uint16Array
  /** ITEM_COUNT per row: items made but not yet at a port. */
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

/** Allocates an enabled, empty row for a part. */
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

/** Frees a row. Its links must have been cut, and it must not be queued. */
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

/** Total number of items in `stock`. */
export function stockTotal(nodes: Nodes, row: number): number {
  let total = 0
  for (let i = row * ITEM_COUNT; i < (row + 1) * ITEM_COUNT; i++) total += nodes.stock[i] ?? absent()
  return total
}
