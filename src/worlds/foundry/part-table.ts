// The table of parts. Part ids count from 1, ascend, and are never reused: the id is the row.
import { bytes, grown, longs } from './columns.ts'

export interface Parts {
  /** Highest id given so far. */
  last: number
  /** Number of existing parts. */
  count: number
  /** Number of the definition, from 1; 0: no such part, or removed. */
  def: Uint8Array
  facing: Uint8Array
  /** Its turned form: an index into `shapes`. Derived. */
  shape: Uint8Array
  /** Slot of the crew that placed it. */
  owner: Uint8Array
  /** 1: belongs to the scenario. */
  isFixed: Uint8Array
  /** Cell with the smallest x, y and z. */
  origin: Int32Array
  /** Belts: number of the line. Parts with state of their own: row in the table of nodes. Others: 0. */
  row: Int32Array
  /** Belts: the next belt; 0: none. */
  ahead: Int32Array
  /** Power net; 0: none. */
  net: Int32Array
  /** Doubly linked ring of the parts of a net. */
  netNext: Int32Array
  netBack: Int32Array
}

export function createParts(): Parts {
  const rows = 64
  return {
    last: 0,
    count: 0,
    def: new Uint8Array(rows),
    facing: new Uint8Array(rows),
    shape: new Uint8Array(rows),
    owner: new Uint8Array(rows),
    isFixed: new Uint8Array(rows),
    origin: new Int32Array(rows),
    row: new Int32Array(rows),
    ahead: new Int32Array(rows),
    net: new Int32Array(rows),
    netNext: new Int32Array(rows),
    netBack: new Int32Array(rows),
  }
}

/** Allocates room for ids up to `id`. */
export function reserveParts(parts: Parts, id: number): void {
  if (id < parts.def.length) return
  const rows = Math.max(id + 1, parts.def.length * 2)
  parts.def = grown(parts.def, bytes, rows)
  parts.facing = grown(parts.facing, bytes, rows)
  parts.shape = grown(parts.shape, bytes, rows)
  parts.owner = grown(parts.owner, bytes, rows)
  parts.isFixed = grown(parts.isFixed, bytes, rows)
  parts.origin = grown(parts.origin, longs, rows)
  parts.row = grown(parts.row, longs, rows)
  parts.ahead = grown(parts.ahead, longs, rows)
  parts.net = grown(parts.net, longs, rows)
  parts.netNext = grown(parts.netNext, longs, rows)
  parts.netBack = grown(parts.netBack, longs, rows)
}

export function isPart(parts: Parts, id: number): boolean {
  return id >= 1 && id <= parts.last && parts.def[id] !== 0
}
