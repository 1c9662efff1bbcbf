// Links between item ports, derived from the grid. An output port is linked to an input port when they face each other.
// A belt takes from one side only: from its back, or else from its left or right when exactly one of them gives to it.
// A lift on top of a lift takes only from below, and gives upwards in preference to its front.

import { absent } from '../../kernel/at.ts'
import { cellAt, neighbour, opposite, type Shape, UP } from './geometry.ts'
import { PORTS } from './node-table.ts'
import { defOf, partIn, shapeOf } from './parts.ts'
import type { Foundry } from './state.ts'

/** A part, and the number of one of its item ports. */
export interface End {
  readonly part: number
  readonly port: number
}

export function isBelt(f: Foundry, part: number): boolean {
  return part > 0 && defOf(f, part).kind === 'belt'
}

function isLift(f: Foundry, part: number): boolean {
  return part > 0 && defOf(f, part).id === 'lift'
}

/** Direction in which a belt outputs. */
function beltOut(f: Foundry, belt: number): number {
  const above = partIn(f, neighbour(f.size, f.parts.origin[belt] ?? absent(), UP))
  return isLift(f, belt) && isLift(f, above) ? UP : (f.parts.facing[belt] ?? absent())
}

/** The item port of a part in `cell` that faces `direction`; -1: none. */
function portAt(f: Foundry, part: number, cell: number, direction: number): number {
  const shape = shapeOf(f, part)
  const origin = f.parts.origin[part] ?? absent()
  return shape.itemPorts.findIndex(
    (port) => port.direction === direction && origin + cellAt(f.size, port.dx, port.dy, port.dz) === cell,
  )
}

function isOut(shape: Shape, port: number): boolean {
  return shape.itemPorts[port]?.isOut === true
}

/** The port that gives into `cell` through its `side` (a direction, seen from the cell); undefined: none. */
function giverAt(f: Foundry, cell: number, side: number): End | undefined {
  const from = neighbour(f.size, cell, side)
  const part = partIn(f, from)
  if (part === 0) return undefined
  const direction = opposite(side)
  if (isBelt(f, part) && beltOut(f, part) !== direction) return undefined
  const port = portAt(f, part, from, direction)
  return port >= 0 && isOut(shapeOf(f, part), port) ? { part, port } : undefined
}

/** The port that feeds a belt; undefined: none. */
export function feederOf(f: Foundry, belt: number): End | undefined {
  const cell = f.parts.origin[belt] ?? absent()
  const below = partIn(f, neighbour(f.size, cell, opposite(UP)))
  if (isLift(f, belt) && isLift(f, below)) return giverAt(f, cell, opposite(UP))
  const facing = f.parts.facing[belt] ?? absent()
  const back = giverAt(f, cell, (facing + 2) & 3)
  if (back) return back
  const left = giverAt(f, cell, (facing + 3) & 3)
  const right = giverAt(f, cell, (facing + 1) & 3)
  return left && right ? undefined : (left ?? right)
}

/** The port that a belt gives to; undefined: none. */
export function targetOf(f: Foundry, belt: number): End | undefined {
  const direction = beltOut(f, belt)
  const cell = neighbour(f.size, f.parts.origin[belt] ?? absent(), direction)
  return takerAt(f, { part: belt, port: -1 }, cell, direction)
}

/** The link of a node's port `port`: the port it gives to or takes from. */
export function partnerOf(f: Foundry, part: number, port: number): End | undefined {
  const shape = shapeOf(f, part)
  const own = shape.itemPorts[port]
  if (!own) return undefined
  const cell = (f.parts.origin[part] ?? absent()) + cellAt(f.size, own.dx, own.dy, own.dz)
  if (!own.isOut) return giverAt(f, cell, own.direction)
  return takerAt(f, { part, port }, neighbour(f.size, cell, own.direction), own.direction)
}

/** Whether the part in `cell` takes from `giver`, which gives in `direction`. */
function takerAt(f: Foundry, giver: End, cell: number, direction: number): End | undefined {
  const part = partIn(f, cell)
  if (part === 0) return undefined
  const port = portAt(f, part, cell, opposite(direction))
  if (port < 0 || isOut(shapeOf(f, part), port)) return undefined
  if (isBelt(f, part) && feederOf(f, part)?.part !== giver.part) return undefined
  return { part, port }
}

/** The value in a line's `source` or `sink` for a port of a node; see wakeReference. */
export function reference(row: number, port: number): number {
  return 1 + row * PORTS + port
}
