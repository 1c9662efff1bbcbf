// Belts as lines. A line is a maximal run of conveyors and lifts that feed each other; it keeps its items as a chain
// from front to back, and stores for each item only the slack to the one before it. So moving a line changes one
// number, however long it is. belts.ts moves them, lines.ts builds them.
import { absent } from '../../kernel/at.ts'
import { bytes, grown, longs } from './columns.ts'
import { createWheel, type Wheel } from './wheel.ts'

export interface Belts {
  /** Line numbers in use are 1..lastLine, free ones in the chain that `freeLine` starts (through `first`). */
  lastLine: number
  freeLine: number
  /** Parts at the back (where items enter) and at the front. A loop may begin at any part. */
  first: Int32Array
  final: Int32Array
  /** Length in units. */
  units: Int32Array
  isLoop: Uint8Array
  /** Item at the front, item at the back; 0: none. */
  head: Int32Array
  tail: Int32Array
  /** The first item from the front that can move; 0: none. */
  lead: Int32Array
  /** Units from the last item to the position where an item at the front stops. */
  span: Int32Array
  /** Number of moves already included in the values above. */
  at: Int32Array
  /** Move of the next event; 0: it sleeps. */
  due: Int32Array
  /** 1 + node * PORTS + port of the feeding node, and of the node that it feeds; 0: none. */
  source: Int32Array
  sink: Int32Array

  /** Item rows in use are 1..lastItem, free ones in the chain that `freeItem` starts (through `behind`). */
  lastItem: number
  freeItem: number
  /** Items on all lines. */
  itemCount: number
  kind: Uint8Array
  /** Slack to the item before it, or to the stop for the first one; in a loop the position as of `at`. */
  gap: Int32Array
  behind: Int32Array

  /** Total number of moves done. */
  moves: number
  readonly wheel: Wheel
  /** Lines that check their source at the end of this move. */
  pulling: number[]
}

export function createBelts(): Belts {
  const lines = 32
  const items = 64
  return {
    lastLine: 0,
    freeLine: 0,
    first: longs(lines),
    final: longs(lines),
    units: longs(lines),
    isLoop: bytes(lines),
    head: longs(lines),
    tail: longs(lines),
    lead: longs(lines),
    span: longs(lines),
    at: longs(lines),
    due: longs(lines),
    source: longs(lines),
    sink: longs(lines),
    lastItem: 0,
    freeItem: 0,
    itemCount: 0,
    kind: bytes(items),
    gap: longs(items),
    behind: longs(items),
    moves: 0,
    wheel: createWheel(),
    pulling: [],
  }
}

function reserveLines(belts: Belts, line: number): void {
  if (line < belts.first.length) return
  const rows = Math.max(line + 1, belts.first.length * 2)
  belts.first = grown(belts.first, longs, rows)
  belts.final = grown(belts.final, longs, rows)
  belts.units = grown(belts.units, longs, rows)
  belts.isLoop = grown(belts.isLoop, bytes, rows)
  belts.head = grown(belts.head, longs, rows)
  belts.tail = grown(belts.tail, longs, rows)
  belts.lead = grown(belts.lead, longs, rows)
  belts.span = grown(belts.span, longs, rows)
  belts.at = grown(belts.at, longs, rows)
  belts.due = grown(belts.due, longs, rows)
  belts.source = grown(belts.source, longs, rows)
  belts.sink = grown(belts.sink, longs, rows)
}

/** A fresh, empty line. */
export function addLine(belts: Belts): number {
  const isReused = belts.freeLine !== 0
  const line = isReused ? belts.freeLine : belts.lastLine + 1
  if (isReused) belts.freeLine = belts.first[line] ?? absent()
  else belts.lastLine = line
  reserveLines(belts, line)
  for (const column of [belts.head, belts.tail, belts.lead, belts.span, belts.due, belts.source, belts.sink]) {
    column[line] = 0
  }
  belts.isLoop[line] = 0
  belts.at[line] = belts.moves
  return line
}

export function dropLine(belts: Belts, line: number): void {
  for (const column of [belts.head, belts.tail, belts.lead, belts.due, belts.source, belts.sink]) column[line] = 0
  belts.first[line] = belts.freeLine
  belts.freeLine = line
}

export function addItem(belts: Belts, kind: number): number {
  const isReused = belts.freeItem !== 0
  const item = isReused ? belts.freeItem : belts.lastItem + 1
  if (isReused) belts.freeItem = belts.behind[item] ?? absent()
  else {
    belts.lastItem = item
    if (item >= belts.kind.length) {
      const rows = belts.kind.length * 2
      belts.kind = grown(belts.kind, bytes, rows)
      belts.gap = grown(belts.gap, longs, rows)
      belts.behind = grown(belts.behind, longs, rows)
    }
  }
  belts.kind[item] = kind
  belts.behind[item] = 0
  belts.itemCount++
  return item
}

export function dropItem(belts: Belts, item: number): void {
  belts.behind[item] = belts.freeItem
  belts.kind[item] = 0
  belts.freeItem = item
  belts.itemCount--
}
