// Builds belts into lines and takes lines apart. An edit takes apart the lines it touches, changes the grid, and
// rebuilds the lines; loading a state builds everything.
//
// Where a line is cut, an item that extends over the cut is pushed back on its own belt, and the items behind it make
// room: a line has room for every item whose back edge is on it, so no item is ever lost.
import { absent } from '../../kernel/at.ts'
import { addItem, addLine, dropItem, dropLine } from './belt-table.ts'
import { loopPosition, scheduleLine, syncLine } from './belts.ts'
import { CELL_UNITS, ITEM_UNITS } from './catalogue.ts'
import { type End, feederOf, isBelt, reference, targetOf } from './links.ts'
import { wakeReference } from './queue.ts'
import type { Foundry } from './state.ts'

/** Items of belts that are in no line, by part, from front to back: offset of the back edge * 16 + item number. */
export type LooseBelts = Map<number, number[]>

/** Visits the items of a line from front to back, with the distance in units from its start to their back edge. */
export function forEachItem(f: Foundry, line: number, visit: (position: number, kind: number) => void): void {
  const { belts } = f
  syncLine(belts, line)
  let edge = belts.units[line] ?? absent()
  for (let item = belts.head[line] ?? absent(); item !== 0; item = belts.behind[item] ?? absent()) {
    edge -= ITEM_UNITS + (belts.gap[item] ?? absent())
    visit(belts.isLoop[line] === 1 ? loopPosition(belts, line, item) : edge, belts.kind[item] ?? absent())
  }
}

/** Parts of a line from back to front. */
export function beltsOf(f: Foundry, line: number): number[] {
  const { belts, parts } = f
  const chain: number[] = []
  const count = (belts.units[line] ?? absent()) / CELL_UNITS
  for (let part = belts.first[line] ?? absent(); chain.length < count; part = parts.ahead[part] ?? absent())
    chain.push(part)
  return chain
}

/** Takes the line of a belt apart, unless already done. */
export function loosen(f: Foundry, belt: number, loose: LooseBelts): void {
  const { belts, nodes, parts } = f
  const line = parts.row[belt] ?? absent()
  if (line === 0) {
    if (!loose.has(belt)) loose.set(belt, [])
    return
  }
  const chain = beltsOf(f, line)
  for (const part of chain) loose.set(part, [])
  forEachItem(f, line, (position, kind) => {
    const offset = position % CELL_UNITS
    loose.get(chain[(position - offset) / CELL_UNITS] ?? absent())?.push(offset * 16 + kind)
  })
  for (const part of chain) {
    parts.row[part] = 0
    parts.ahead[part] = 0
  }
  for (let item = belts.head[line] ?? absent(); item !== 0; ) {
    const next = belts.behind[item] ?? absent()
    dropItem(belts, item)
    item = next
  }
  for (const end of [belts.source[line] ?? absent(), belts.sink[line] ?? absent()])
    if (end !== 0) nodes.link[end - 1] = 0
  dropLine(belts, line)
}

/** Builds the lines of all loose belts, including the lines that these now extend. */
export function buildLines(f: Foundry, loose: LooseBelts): void {
  // Lines that the walk takes apart are appended to the map and rebuilt in turn.
  for (const belt of loose.keys()) if (f.parts.row[belt] === 0) buildLine(f, belt, loose)
}

interface Chain {
  readonly belts: number[]
  readonly isLoop: boolean
  readonly source: End | undefined
  readonly sink: End | undefined
}

function buildLine(f: Foundry, belt: number, loose: LooseBelts): void {
  const chain = walk(f, belt)
  for (const part of chain.belts) loosen(f, part, loose)
  const { belts, parts, nodes } = f
  const line = addLine(belts)
  belts.first[line] = chain.belts[0] ?? absent()
  belts.final[line] = chain.belts.at(-1) ?? absent()
  belts.units[line] = chain.belts.length * CELL_UNITS
  belts.isLoop[line] = chain.isLoop ? 1 : 0
  for (let i = 0; i < chain.belts.length; i++) {
    const part = chain.belts[i] ?? absent()
    parts.row[part] = line
    parts.ahead[part] = chain.belts[i + 1] ?? (chain.isLoop ? (chain.belts[0] ?? absent()) : 0)
  }
  fill(f, line, chain.belts, loose)
  belts.source[line] = endReference(f, chain.source)
  belts.sink[line] = endReference(f, chain.sink)
  for (const end of [belts.source[line] ?? absent(), belts.sink[line] ?? absent()])
    if (end !== 0) nodes.link[end - 1] = line
  if (belts.source[line] !== 0) belts.pulling.push(line)
  wakeReference(f, belts.source[line] ?? absent())
  wakeReference(f, belts.sink[line] ?? absent())
  scheduleLine(f, line)
}

function endReference(f: Foundry, end: End | undefined): number {
  return end ? reference(f.parts.row[end.part] ?? absent(), end.port) : 0
}

/** The maximal run of belts through `start`. */
function walk(f: Foundry, start: number): Chain {
  let first = start
  let source = feederOf(f, first)
  while (source && isBelt(f, source.part) && source.part !== start) {
    first = source.part
    source = feederOf(f, first)
  }
  const chain = [first]
  let sink = targetOf(f, first)
  while (sink && isBelt(f, sink.part) && sink.part !== first) {
    chain.push(sink.part)
    sink = targetOf(f, sink.part)
  }
  const isLoop = sink !== undefined && sink.part === first
  return { belts: chain, isLoop, source: isLoop ? undefined : source, sink: isLoop ? undefined : sink }
}

/** Puts the loose items of a chain of belts onto its line. */
function fill(f: Foundry, line: number, chain: readonly number[], loose: LooseBelts): void {
  const { belts } = f
  const isLoop = belts.isLoop[line] === 1
  let edge = belts.units[line] ?? absent()
  let last = 0
  for (let i = chain.length - 1; i >= 0; i--) {
    const items = loose.get(chain[i] ?? absent()) ?? []
    items.sort((a, b) => b - a)
    for (const packed of items) {
      const position = i * CELL_UNITS + (packed >> 4)
      const item = addItem(belts, packed & 15)
      if (last === 0) belts.head[line] = item
      else belts.behind[last] = item
      last = item
      const place = Math.min(position, edge - ITEM_UNITS)
      belts.gap[item] = isLoop ? position : edge - ITEM_UNITS - place
      if (belts.lead[line] === 0 && belts.gap[item] !== 0) belts.lead[line] = item
      edge = place
    }
  }
  if (edge < 0 && !isLoop) throw new RangeError(`line ${line} has no place for its items`)
  belts.tail[line] = last
  belts.span[line] = last === 0 ? 0 : (belts.units[line] ?? absent()) - ITEM_UNITS - edge
}
