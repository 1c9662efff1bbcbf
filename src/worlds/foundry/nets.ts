// Keeps power nets up to date as parts are added and removed. A new part joins the nets around it: smaller nets take
// the number of the largest. Removing a part may split its net: searches start from all its neighbours in turn and end
// when all but one are exhausted, so the cost follows the smaller pieces and not the whole net.
import { absent } from '../../kernel/at.ts'
import { neighbour, opposite } from './geometry.ts'
import { addNet, dropNet, listNet, type Net } from './net-table.ts'
import { hasFlag, RUNNING } from './node-table.ts'
import { defOf, partIn, portCell, shapeOf } from './parts.ts'
import type { Foundry } from './state.ts'
import { scheduleWork, syncWork } from './work.ts'

/** Parts whose power ports face those of `part`, each once, in port order. */
export function powerNeighbours(f: Foundry, part: number): number[] {
  const found: number[] = []
  for (const port of shapeOf(f, part).powerPorts) {
    const other = powerPartnerAt(f, portCell(f, part, port), port.direction)
    if (other !== 0 && other !== part && !found.includes(other)) found.push(other)
  }
  return found
}

/** The part next to `cell` in `direction` with a power port facing back; 0: none. */
export function powerPartnerAt(f: Foundry, cell: number, direction: number): number {
  const cellThere = neighbour(f.size, cell, direction)
  const other = partIn(f, cellThere)
  if (other === 0) return 0
  const back = opposite(direction)
  const ports = shapeOf(f, other).powerPorts
  return ports.some((port) => port.direction === back && portCell(f, other, port) === cellThere) ? other : 0
}

function hasPower(f: Foundry, part: number): boolean {
  return shapeOf(f, part).powerPorts.length > 0
}

/** Adds an existing part to the nets around it. */
export function joinNets(f: Foundry, part: number): void {
  if (!hasPower(f, part)) return
  const { parts, nets } = f
  const own = addNet(nets, part)
  parts.net[part] = own.id
  parts.netNext[part] = part
  parts.netBack[part] = part
  account(f, part, own, 1)
  let net = own
  for (const other of powerNeighbours(f, part)) {
    const theirs = nets.byId[parts.net[other] ?? absent()]
    if (theirs && theirs !== net) net = net.size > theirs.size ? merge(f, net, theirs) : merge(f, theirs, net)
  }
  listNet(nets, net)
}

/** Adds a part's contribution to its net, or removes it. */
function account(f: Foundry, part: number, net: Net, sign: 1 | -1): void {
  const def = defOf(f, part)
  net.size += sign
  if (def.kind === 'solar') net.solar += sign * def.supply
  const row = f.parts.row[part] ?? absent()
  const isNode = def.kind !== 'wire' && def.kind !== 'frame' && def.kind !== 'belt'
  if (isNode && def.draw > 0 && hasFlag(f.nodes, row, RUNNING)) net.demand += sign * def.draw
  if (def.kind === 'generator') net.generators = listed(f, net.generators, row, sign)
  if (def.kind === 'battery') net.batteries = listed(f, net.batteries, row, sign)
}

function listed(f: Foundry, rows: readonly number[], row: number, sign: 1 | -1): number[] {
  const others = rows.filter((each) => each !== row)
  if (sign === 1) others.push(row)
  return others.sort((a, b) => (f.nodes.part[a] ?? absent()) - (f.nodes.part[b] ?? absent()))
}

/** Moves all parts of `small` into `large`. */
function merge(f: Foundry, large: Net, small: Net): Net {
  const { parts, nodes } = f
  const running: number[] = []
  let part = small.part
  for (let i = 0; i < small.size; i++) {
    const row = runningRow(f, part)
    if (row !== 0) {
      syncWork(f, row)
      running.push(row)
    }
    parts.net[part] = large.id
    part = parts.netNext[part] ?? absent()
  }
  joinRings(f, large.part, small.part)
  large.size += small.size
  large.solar += small.solar
  large.demand += small.demand
  const byPart = (a: number, b: number): number => (nodes.part[a] ?? absent()) - (nodes.part[b] ?? absent())
  if (small.generators.length > 0) large.generators = [...large.generators, ...small.generators].sort(byPart)
  if (small.batteries.length > 0) large.batteries = [...large.batteries, ...small.batteries].sort(byPart)
  dropNet(f.nets, small)
  for (const row of running) scheduleWork(f, row)
  return large
}

/** Row of a running machine; 0: the part is not a running machine. */
export function runningRow(f: Foundry, part: number): number {
  const row = f.parts.row[part] ?? absent()
  if (row === 0 || defOf(f, part).kind !== 'machine') return 0
  return hasFlag(f.nodes, row, RUNNING) ? row : 0
}

function joinRings(f: Foundry, a: number, b: number): void {
  const { netNext, netBack } = f.parts
  const afterA = netNext[a] ?? absent()
  const beforeB = netBack[b] ?? absent()
  netNext[a] = b
  netBack[b] = a
  netNext[beforeB] = afterA
  netBack[afterA] = beforeB
}

function leaveRing(f: Foundry, part: number, net: Net): void {
  const { netNext, netBack } = f.parts
  const next = netNext[part] ?? absent()
  const back = netBack[part] ?? absent()
  netNext[back] = next
  netBack[next] = back
  if (net.part === part) net.part = next
}

/**
 * Takes a part out of its net. The part stays in place but stops running; nothing else changes. Call `splitNet` with
 * the return value once the part is gone.
 */
export function leaveNet(f: Foundry, part: number): { net: Net; neighbours: number[] } | undefined {
  const net = f.nets.byId[f.parts.net[part] ?? absent()]
  if (!net || !hasPower(f, part)) return undefined
  const neighbours = powerNeighbours(f, part)
  leaveRing(f, part, net)
  account(f, part, net, -1)
  f.parts.net[part] = 0
  return { net, neighbours }
}

interface Search {
  /** The search that this one has merged into; itself if none. */
  root: number
  readonly found: number[]
  next: number
}

/** Gives each piece of a split net a net of its own; the piece found last keeps the old net. */
export function splitNet(f: Foundry, net: Net, neighbours: readonly number[]): void {
  if (net.size === 0) {
    dropNet(f.nets, net)
    return
  }
  listNet(f.nets, net)
  const searches: Search[] = neighbours.map((part, index) => ({ root: index, found: [part], next: 0 }))
  const by = new Map(neighbours.map((part, index) => [part, index]))
  const rootOf = (index: number): number => {
    const root = searches[index]?.root ?? index
    return root === index ? index : rootOf(root)
  }
  const open = new Set(searches.keys())
  while (open.size > 1) {
    for (const index of open) {
      const isMet = rootOf(index) !== index
      if (!isMet && advance(f, searches, index, { by, rootOf })) continue
      open.delete(index)
      if (isMet) continue
      // These searches are exhausted: what they found is a separate piece.
      carve(
        f,
        net,
        searches.flatMap((search, each) => (rootOf(each) === index ? search.found : [])),
      )
      if (open.size === 1) return
    }
  }
}

/** One step of the searches merged with `index`; false: all of them are exhausted. */
function advance(
  f: Foundry,
  searches: readonly Search[],
  index: number,
  groups: { readonly by: Map<number, number>; rootOf(index: number): number },
): boolean {
  for (const [each, search] of searches.entries()) {
    if (groups.rootOf(each) !== index || search.next >= search.found.length) continue
    const part = search.found[search.next++] ?? absent()
    for (const other of powerNeighbours(f, part)) {
      const owner = groups.by.get(other)
      if (owner === undefined) {
        groups.by.set(other, index)
        search.found.push(other)
      } else if (groups.rootOf(owner) !== groups.rootOf(index)) {
        const met = searches[groups.rootOf(owner)]
        if (met) met.root = groups.rootOf(index)
      }
    }
    return true
  }
  return false
}

/** Moves a piece of a net into a new net. */
function carve(f: Foundry, from: Net, members: readonly number[]): void {
  const { parts, nets } = f
  const first = members[0] ?? absent()
  const net = addNet(nets, first)
  // Until the next power phase, its machines keep the rate of their previous net.
  net.satisfaction = from.satisfaction
  for (const part of members) {
    leaveRing(f, part, from)
    account(f, part, from, -1)
    parts.netNext[part] = part
    parts.netBack[part] = part
    if (part !== first) joinRings(f, first, part)
    parts.net[part] = net.id
    account(f, part, net, 1)
  }
  listNet(nets, net)
}
