// One frame of a foundry as the view draws it, read from the public view or from a crew's observation (which has no
// items, nets or contamination). A frame without building shares the layout of the previous one.

import { columnOf, countsOf, listOf, numberOf, objectOf, textOf } from '../../../kernel/view/read.ts'
import { isObject } from '../../../protocol/is-object.ts'
import type { JsonObject } from '../../../protocol/json.ts'
import { defNumber, FACINGS, itemNumber } from '../catalogue.ts'
import { cellAt, type Size } from '../geometry.ts'
import { createLayout, type Layout, type PartColumns } from './layout.ts'

/** The same list as in status.ts, whose imports would include the rules; a test compares the two. */
export const STATES = [
  'disabled',
  'no_recipe',
  'unpowered',
  'brownout',
  'starved',
  'blocked',
  'fouled',
  'working',
  'idle',
] as const

export interface GoalView {
  readonly kind: string
  readonly text: string
  readonly done: number
  readonly needed: number
  readonly met: boolean
}

export interface ObjectiveView {
  readonly status: string
  readonly completedAt: number | null
  readonly goals: readonly GoalView[]
}

export interface NetView {
  /** Units per tick. */
  readonly supply: number
  readonly demand: number
  /** Permille. */
  readonly satisfaction: number
}

export interface Plot {
  readonly x0: number
  readonly x1: number
  readonly z0: number
  readonly z1: number
}

/** A box that must contain all parts of a kind. */
export interface Zone {
  /** Number of the definition. */
  readonly def: number
  readonly from: Size
  readonly to: Size
}

export interface Scene {
  readonly tick: number
  readonly size: Size
  readonly sun: number
  readonly deposits: readonly { readonly x: number; readonly z: number; readonly item: number }[]
  readonly plots: readonly Plot[]
  readonly zones: readonly Zone[]
  readonly objective: ObjectiveView
  readonly delivered: Readonly<Record<string, number>>
  /** By slot; one list for a crew's own observation. */
  readonly inventories: readonly Readonly<Record<string, number>>[]
  readonly contamination: number
  readonly layout: Layout
  /** Index in STATES, by row. */
  readonly states: Uint8Array
  /** Packed: part * 256 + offset * 16 + item number. */
  readonly items: Int32Array
  readonly nets: ReadonlyMap<number, NetView>
  /** A flat list of cell and amount. */
  readonly air: Int32Array
}

/** @param previous the previous frame, whose unchanged data is reused */
export function readScene(view: JsonObject, previous?: Scene): Scene {
  const size = sizeOf(objectOf(view.size))
  const isObservation = Array.isArray(view.parts)
  const parts = isObservation ? readList(listOf(view.parts), size) : readColumns(objectOf(view.parts))
  const layout = previous && isSame(previous.layout, size, parts) ? previous.layout : createLayout(size, parts)
  const plot = isObject(view.plot) ? [plotOf(view.plot)] : []
  return {
    tick: numberOf(view.tick),
    size,
    sun: numberOf(view.sun, 1000),
    deposits: listOf(view.deposits).map((each) => {
      const { x, z, item } = objectOf(each)
      return { x: numberOf(x), z: numberOf(z), item: itemNumber(textOf(item)) }
    }),
    plots: isObservation ? plot : listOf(view.plots).map((each) => plotOf(objectOf(each))),
    zones: listOf(view.zones).map((each) => zoneOf(objectOf(each))),
    objective: objectiveOf(objectOf(view.objective)),
    delivered: countsOf(view.delivered),
    inventories: isObservation ? [countsOf(view.build_inventory)] : listOf(view.inventories).map(countsOf),
    contamination: numberOf(view.contamination),
    layout,
    states: isObservation ? statesOfList(listOf(view.parts)) : statesOf(textOf(view.states), layout.count),
    items: columnOf(view.items),
    nets: netsOf(columnOf(view.nets)),
    air: columnOf(view.air),
  }
}

const MAX_SIDE = 4096

function sizeOf({ x, y, z }: JsonObject): Size {
  const side = (value: JsonObject[string] | undefined): number =>
    Math.min(MAX_SIDE, Math.max(1, Math.trunc(numberOf(value, 1))))
  return { x: side(x), y: side(y), z: side(z) }
}

function plotOf({ x0, x1, z0, z1 }: JsonObject): Plot {
  return { x0: numberOf(x0), x1: numberOf(x1), z0: numberOf(z0), z1: numberOf(z1) }
}

function zoneOf({ def_id, from, to }: JsonObject): Zone {
  const point = ({ x, y, z }: JsonObject): Size => ({ x: numberOf(x), y: numberOf(y), z: numberOf(z) })
  return { def: defNumber(textOf(def_id)), from: point(objectOf(from)), to: point(objectOf(to)) }
}

function readColumns(columns: JsonObject): PartColumns {
  return {
    id: columnOf(columns.id),
    def: columnOf(columns.def),
    facing: columnOf(columns.facing),
    origin: columnOf(columns.origin),
    net: columnOf(columns.net),
    owner: columnOf(columns.owner),
    fixed: new Set(columnOf(columns.fixed)),
  }
}

function readList(list: readonly JsonObject[string][], size: Size): PartColumns {
  const rows = list.map(objectOf)
  const facings: readonly string[] = FACINGS
  const originOf = (origin: JsonObject): number =>
    cellAt(size, numberOf(origin.x), numberOf(origin.y), numberOf(origin.z))
  return {
    id: Int32Array.from(rows, ({ id }) => numberOf(id)),
    def: Int32Array.from(rows, ({ def_id }) => Math.max(0, defNumber(textOf(def_id)))),
    facing: Int32Array.from(rows, ({ facing }) => Math.max(0, facings.indexOf(textOf(facing)))),
    origin: Int32Array.from(rows, ({ origin }) => originOf(objectOf(origin))),
    net: new Int32Array(rows.length),
    owner: new Int32Array(0),
    fixed: new Set(),
  }
}

const COLUMNS = ['id', 'def', 'facing', 'origin', 'net', 'owner'] as const

function isSame(layout: Layout, size: Size, parts: PartColumns): boolean {
  const { size: old } = layout
  if (old.x !== size.x || old.y !== size.y || old.z !== size.z || layout.count !== parts.id.length) return false
  return COLUMNS.every((name) => areEqual(layout.parts[name], parts[name]))
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function statesOf(digits: string, count: number): Uint8Array {
  const states = new Uint8Array(count)
  for (let row = 0; row < count; row++) states[row] = Math.max(0, digits.charCodeAt(row) - 48)
  return states
}

function statesOfList(list: readonly JsonObject[string][]): Uint8Array {
  const names: readonly string[] = STATES
  return Uint8Array.from(list, (each) => Math.max(0, names.indexOf(textOf(objectOf(each).state))))
}

function netsOf(column: Int32Array): ReadonlyMap<number, NetView> {
  const nets = new Map<number, NetView>()
  for (let i = 0; i + 3 < column.length; i += 4) {
    const [id = 0, supply = 0, demand = 0, satisfaction = 0] = column.subarray(i, i + 4)
    nets.set(id, { supply, demand, satisfaction })
  }
  return nets
}

function objectiveOf(objective: JsonObject): ObjectiveView {
  return {
    status: textOf(objective.status, 'none'),
    completedAt: typeof objective.completed_at === 'number' ? objective.completed_at : null,
    goals: listOf(objective.goals).map((each) => {
      const goal = objectOf(each)
      return {
        kind: textOf(goal.kind),
        text: textOf(goal.text),
        done: numberOf(goal.done),
        needed: numberOf(goal.needed),
        met: goal.met === true,
      }
    }),
  }
}
