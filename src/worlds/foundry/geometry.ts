// Geometry: the grid's cells, the six directions, and how a part's footprint and ports turn with its facing. x grows to
// the east, y up, z to the south. Layer y = 0 is the ground: it holds deposits, and parts stand on it.
import { PARTS, type PartDef, type Port, SIDES } from './catalogue.ts'

export interface Size {
  readonly x: number
  readonly y: number
  readonly z: number
}

export const UP = 4
export const DOWN = 5

/** The opposite direction. */
export function opposite(direction: number): number {
  return direction < 4 ? (direction + 2) & 3 : 9 - direction
}

/** Number of a cell; the cell must be inside. */
export function cellAt(size: Size, x: number, y: number, z: number): number {
  return (y * size.z + z) * size.x + x
}

/** Coordinates of a cell. */
export function cellToPoint(size: Size, cell: number): Size {
  const x = cell % size.x
  const rest = (cell - x) / size.x
  const z = rest % size.z
  return { x, y: (rest - z) / size.z, z }
}

/** The cell next to `cell`; -1 outside the grid. */
export function neighbour(size: Size, cell: number, direction: number): number {
  const { x, y, z } = cellToPoint(size, cell)
  switch (direction) {
    case 0:
      return z > 0 ? cell - size.x : -1
    case 1:
      return x + 1 < size.x ? cell + 1 : -1
    case 2:
      return z + 1 < size.z ? cell + size.x : -1
    case 3:
      return x > 0 ? cell - 1 : -1
    case UP:
      return y + 1 < size.y ? cell + size.x * size.z : -1
    default:
      return y > 0 ? cell - size.x * size.z : -1
  }
}

/** A port of a turned part. */
export interface ShapePort {
  readonly port: Port
  /** Cell within the turned footprint. */
  readonly dx: number
  readonly dy: number
  readonly dz: number
  /** The direction it faces. */
  readonly direction: number
  readonly isOut: boolean
}

/** A part definition, turned. */
export interface Shape {
  readonly def: PartDef
  /** Extent in x, y and z. */
  readonly extent: Size
  readonly cells: readonly Size[]
  /** The cell where the part emits and is fouled: the middle of its back row. */
  readonly anchor: Size
  /** At most four. */
  readonly itemPorts: readonly ShapePort[]
  readonly powerPorts: readonly ShapePort[]
  /** The item ports that are inputs, and those that are outputs, in order. */
  readonly takes: readonly number[]
  readonly gives: readonly number[]
}

/**
 * Shapes of every definition, facing and handedness: `shapes[(def * 4 + facing) * 2 + hand]`.
 *
 * Hand 1 swaps left and right in the order of ports. Parts at even x + z have hand 0, the others hand 1. So when a part
 * must choose between left and right, its first choice depends neither on the build order nor on a compass direction,
 * and a layout mirrored in a grid of even width makes the mirrored choice.
 */
export function createShapes(): readonly Shape[] {
  const shapes: Shape[] = []
  for (const def of PARTS) {
    for (let facing = 0; facing < 4; facing++) shapes.push(turn(def, facing, 0), turn(def, facing, 1))
  }
  return shapes
}

function turn(def: PartDef, facing: number, hand: number): Shape {
  const [width, height, depth] = def.footprint
  const isAcross = facing % 2 === 1
  const cells: Size[] = []
  for (let up = 0; up < height; up++) {
    for (let forward = 0; forward < depth; forward++) {
      for (let right = 0; right < width; right++) cells.push(turnCell(def, facing, [right, up, forward]))
    }
  }
  const ports = hand === 0 ? def.ports : def.ports.map((port) => swapHand(def, port))
  const turned = ports.map((port) => turnPort(def, facing, port))
  const itemPorts = turned.filter(({ port }) => port.kind === 'item')
  return {
    def,
    extent: { x: isAcross ? depth : width, y: height, z: isAcross ? width : depth },
    cells,
    anchor: turnCell(def, facing, [(width - 1) >> 1, 0, 0]),
    itemPorts,
    takes: [...itemPorts.keys()].filter((port) => itemPorts[port]?.isOut === false),
    gives: [...itemPorts.keys()].filter((port) => itemPorts[port]?.isOut === true),
    powerPorts: turned.filter(({ port }) => port.kind === 'power'),
  }
}

function turnCell(def: PartDef, facing: number, at: Port['at']): Size {
  const [right, y, forward] = at
  const [width, , depth] = def.footprint
  switch (facing) {
    case 0:
      return { x: right, y, z: depth - 1 - forward }
    case 1:
      return { x: forward, y, z: right }
    case 2:
      return { x: width - 1 - right, y, z: forward }
    default:
      return { x: depth - 1 - forward, y, z: width - 1 - right }
  }
}

function turnPort(def: PartDef, facing: number, port: Port): ShapePort {
  const cell = turnCell(def, facing, port.at)
  const side = SIDES.indexOf(port.side)
  return {
    port,
    dx: cell.x,
    dy: cell.y,
    dz: cell.z,
    direction: side < 4 ? (facing + side) & 3 : side,
    isOut: port.direction === 'out',
  }
}

function swapHand(def: PartDef, port: Port): Port {
  const side = port.side === 'left' ? 'right' : port.side === 'right' ? 'left' : port.side
  return { ...port, side, at: [def.footprint[0] - 1 - port.at[0], port.at[1], port.at[2]] }
}
