// The detailed inspection of one part: its state, its activity and the reason, the links of its ports, and the items on
// it, on their way to it, and just output.
import { at } from '../../kernel/at.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { CELL_UNITS, DIRECTIONS, ITEM_UNITS, itemId } from './catalogue.ts'
import { cellToPoint, neighbour, opposite, type ShapePort } from './geometry.ts'
import { type End, feederOf, isBelt, partnerOf, targetOf } from './links.ts'
import { powerPartnerAt } from './nets.ts'
import { PORTS } from './node-table.ts'
import { partIn, portCell, shapeOf } from './parts.ts'
import { isNodeKind } from './placement.ts'
import { beltItems, ITEMS_PER_BELT } from './positions.ts'
import { savePart } from './save.ts'
import type { Foundry } from './state.ts'
import { PowerOutlook, statusOf } from './status.ts'

export function inspectFoundry(f: Foundry, part: number): JsonObject | undefined {
  if (part < 1 || part > f.parts.last || f.parts.def[part] === 0) return undefined
  const items = beltItems(f)
  return {
    part: savePart(f, part, items),
    status: statusOf(f, part, new PowerOutlook(f)),
    port_links: portLinks(f, part),
    item_traces: itemTraces(f, part, items),
    connected_power_parts: powerParts(f, part),
    connected_item_parts: itemParts(f, part),
  }
}

/** Links of a part's item ports, in order. */
function itemLinks(f: Foundry, part: number): { readonly port: ShapePort; readonly end: End | undefined }[] {
  const { itemPorts } = shapeOf(f, part)
  if (!isBelt(f, part)) return itemPorts.map((port, index) => ({ port, end: partnerOf(f, part, index) }))
  const feeder = feederOf(f, part)
  const target = targetOf(f, part)
  return itemPorts.map((port) => {
    const end = port.isOut ? target : feeder
    const there = partIn(f, neighbour(f.size, portCell(f, part, port), port.direction))
    // A belt has more ports than it uses: only the one facing its feeder or its target is linked.
    return { port, end: end && end.part === there && looksAt(f, end, port) ? end : undefined }
  })
}

function looksAt(f: Foundry, end: End, port: ShapePort): boolean {
  return shapeOf(f, end.part).itemPorts[end.port]?.direction === opposite(port.direction)
}

/** Ports and the parts that they face. The lowest id among its parts identifies a net. */
function portLinks(f: Foundry, part: number): JsonObject[] {
  const links: JsonObject[] = []
  for (const { port, end } of itemLinks(f, part)) {
    const far = end ? shapeOf(f, end.part).itemPorts[end.port] : undefined
    const linked = end && far ? { part_id: end.part, side: far.port.side } : null
    links.push({ ...describePort(f, part, port), linked, net_id: null })
  }
  const net = powerParts(f, part).reduce((least, other) => Math.min(least, other), part)
  for (const port of shapeOf(f, part).powerPorts) {
    const other = powerPartnerAt(f, portCell(f, part, port), port.direction)
    const linked = other === 0 ? null : { part_id: other, side: at(DIRECTIONS, opposite(port.direction)) }
    links.push({ ...describePort(f, part, port), linked, net_id: net })
  }
  return links
}

function describePort(f: Foundry, part: number, port: ShapePort): JsonObject {
  const { x, y, z } = cellToPoint(f.size, portCell(f, part, port))
  const { kind, direction, side } = port.port
  return { kind, direction, cell: { x, y, z }, side, faces: at(DIRECTIONS, port.direction) }
}

function itemTraces(f: Foundry, part: number, items: Uint16Array): JsonObject[] {
  const traces: JsonObject[] = []
  if (isBelt(f, part))
    onBelt(
      items,
      part,
      () => true,
      (item) => traces.push({ ...item, where: 'on' }),
    )
  else if (isNodeKind(at(f.parts.def, part) - 1)) traces.push(...insideNode(f, part))
  for (const { port, end } of itemLinks(f, part)) {
    if (!end) continue
    const isNear = port.isOut
      ? (offset: number): boolean => offset < ITEM_UNITS
      : (offset: number): boolean => offset + ITEM_UNITS >= CELL_UNITS
    const where = port.isOut ? 'leaving' : 'entering'
    if (isBelt(f, end.part)) onBelt(items, end.part, isNear, (item) => traces.push({ ...item, where }))
    else if (!port.isOut) traces.push(...waitingAt(f, end).map((item) => ({ ...item, where })))
  }
  return traces
}

function onBelt(
  items: Uint16Array,
  part: number,
  isWanted: (offset: number) => boolean,
  visit: (item: JsonObject) => void,
): void {
  for (const packed of items.subarray(part * ITEMS_PER_BELT, (part + 1) * ITEMS_PER_BELT)) {
    const offset = (packed - 1) >> 4
    if (packed !== 0 && isWanted(offset))
      visit({ item: itemId((packed - 1) & 15) ?? '', part_id: part, offset, count: 1 })
  }
}

function waitingAt(f: Foundry, end: End): JsonObject[] {
  const item = itemId(at(f.nodes.slot, at(f.parts.row, end.part) * PORTS + end.port))
  return item ? [{ item, part_id: end.part, offset: 0, count: 1 }] : []
}

/** Items that a node holds, with their location in it. */
function insideNode(f: Foundry, part: number): JsonObject[] {
  const traces: JsonObject[] = []
  const saved = savePart(f, part, new Uint16Array(0))
  for (const place of ['stock', 'ready']) {
    for (const [item, count] of Object.entries(saved[place] ?? {})) {
      traces.push({ item, part_id: part, offset: 0, count, where: 'on', place })
    }
  }
  if (saved.core !== undefined) {
    traces.push({ item: saved.core, part_id: part, offset: 0, count: 1, where: 'on', place: 'core' })
  }
  const row = at(f.parts.row, part)
  for (let port = 0; port < PORTS; port++) {
    const item = itemId(at(f.nodes.slot, row * PORTS + port))
    if (item) traces.push({ item, part_id: part, offset: 0, count: 1, where: 'leaving', place: 'port' })
  }
  return traces
}

/** Other parts of its net, ascending. */
function powerParts(f: Foundry, part: number): number[] {
  const net = f.nets.byId[at(f.parts.net, part)]
  const found: number[] = []
  let other = part
  for (let i = 1; net && i < net.size; i++) {
    other = at(f.parts.netNext, other)
    found.push(other)
  }
  return found.sort((a, b) => a - b)
}

/** Parts that it takes items from or gives items to, ascending. */
function itemParts(f: Foundry, part: number): number[] {
  const ends = itemLinks(f, part).flatMap(({ end }) => (end ? [end.part] : []))
  return [...new Set(ends)].sort((a, b) => a - b)
}
