// Item movement along lines. Every item moves BELT_SPEED units per tick, or as far as the item before it (or the stop
// at the end of the line) leaves room, resolved from the front to the back.
//
// A line is processed only in the moves in which something happens to it: its first movable item runs into the one
// before it or reaches the stop, an item enters, or an item leaves. In between, all items from `lead` back move at full
// speed, so the values follow from the count of moves alone (`syncLine`).
import { absent } from '../../kernel/at.ts'
import { addItem, type Belts, dropItem } from './belt-table.ts'
import { BELT_SPEED, ITEM_UNITS } from './catalogue.ts'
import { portEmptied, wakeReference } from './queue.ts'
import type { Foundry } from './state.ts'
import { dueAt, schedule, WHEEL_REACH } from './wheel.ts'

/** Updates a line to a count of moves in which nothing happened to it. */
function runTo(belts: Belts, line: number, moves: number): void {
  const lead = belts.lead[line] ?? absent()
  if (lead !== 0) {
    const distance = (moves - (belts.at[line] ?? absent())) * BELT_SPEED
    belts.gap[lead] = (belts.gap[lead] ?? absent()) - distance
    belts.span[line] = (belts.span[line] ?? absent()) - distance
  }
  belts.at[line] = moves
}

/** Brings a line up to date. Loops are always up to date: see `loopPosition`. */
export function syncLine(belts: Belts, line: number): void {
  if (belts.isLoop[line] === 0) runTo(belts, line, belts.moves)
}

/** Units from the start of a loop to an item on it. Items in a loop never block each other. */
export function loopPosition(belts: Belts, line: number, item: number): number {
  const moved = (belts.moves - (belts.at[line] ?? absent())) * BELT_SPEED
  return ((belts.gap[item] ?? absent()) + moved) % (belts.units[line] ?? absent())
}

/** One move, item by item from the first that can move, until one moves at full speed: all items behind it follow. */
function moveOnce(belts: Belts, line: number): void {
  const { gap, behind } = belts
  let item = belts.lead[line] ?? absent()
  let moved = 0
  while (item !== 0) {
    const room = (gap[item] ?? absent()) + moved
    moved = Math.min(room, BELT_SPEED)
    gap[item] = room - moved
    if (moved === BELT_SPEED) break
    item = behind[item] ?? absent()
  }
  belts.span[line] = (belts.span[line] ?? absent()) - moved
  let lead = belts.lead[line] ?? absent()
  while (lead !== 0 && gap[lead] === 0) lead = behind[lead] ?? absent()
  belts.lead[line] = lead
}

/** Free units at the back of a line minus those that an item needs: an item can enter if the result is not negative. */
function roomToEnter(belts: Belts, line: number): number {
  if (belts.tail[line] === 0) return (belts.units[line] ?? absent()) - ITEM_UNITS
  return (belts.units[line] ?? absent()) - 2 * ITEM_UNITS - (belts.span[line] ?? absent())
}

/** Schedules the next event of a line. The line must be up to date. */
export function scheduleLine(f: Foundry, line: number): void {
  const { belts, nodes } = f
  const lead = belts.lead[line] ?? absent()
  if (lead === 0 || belts.isLoop[line] === 1) {
    belts.due[line] = 0
    return
  }
  let wait = Math.ceil((belts.gap[lead] ?? absent()) / BELT_SPEED)
  const source = belts.source[line] ?? absent()
  if (source !== 0 && nodes.slot[source - 1] !== 0) {
    const missing = -roomToEnter(belts, line)
    if (missing > 0) wait = Math.min(wait, Math.ceil(missing / BELT_SPEED))
  }
  const due = belts.moves + Math.min(wait, WHEEL_REACH)
  if (belts.due[line] === due) return
  belts.due[line] = due
  schedule(belts.wheel, line, due)
}

/** The first pass of the transport: one move of every line. Wakes nodes whose item has arrived. */
export function moveLines(f: Foundry): void {
  const { belts } = f
  belts.moves++
  const due = dueAt(belts.wheel, belts.moves)
  for (let i = 0; i < due.length; i++) {
    const line = due[i] ?? absent()
    if (belts.due[line] !== belts.moves) continue
    belts.due[line] = 0
    runTo(belts, line, belts.moves - 1)
    const head = belts.head[line] ?? absent()
    const isComing = belts.lead[line] === head
    moveOnce(belts, line)
    belts.at[line] = belts.moves
    if (isComing && belts.gap[head] === 0) wakeReference(f, belts.sink[line] ?? absent())
    const source = belts.source[line] ?? absent()
    if (source !== 0 && f.nodes.slot[source - 1] !== 0) belts.pulling.push(line)
    else scheduleLine(f, line)
  }
  if (due.length > 0) due.length = 0
}

/** Number of the item waiting at the end of a line; 0: none. */
export function waitingItem(belts: Belts, line: number): number {
  const head = belts.head[line] ?? absent()
  return head !== 0 && belts.gap[head] === 0 && belts.isLoop[line] === 0 ? (belts.kind[head] ?? absent()) : 0
}

/** Takes the item waiting at the end of a line. */
export function takeWaiting(f: Foundry, line: number): void {
  const { belts } = f
  syncLine(belts, line)
  const head = belts.head[line] ?? absent()
  const next = belts.behind[head] ?? absent()
  dropItem(belts, head)
  belts.head[line] = next
  belts.lead[line] = next
  if (next === 0) {
    belts.tail[line] = 0
    belts.span[line] = 0
  } else belts.gap[next] = (belts.gap[next] ?? absent()) + ITEM_UNITS
  scheduleLine(f, line)
}

/** Puts an item at the back of a line that has room. The line must be up to date. */
function enter(belts: Belts, line: number, kind: number): void {
  const item = addItem(belts, kind)
  const distance = (belts.units[line] ?? absent()) - ITEM_UNITS
  const tail = belts.tail[line] ?? absent()
  const slack = tail === 0 ? distance : distance - ITEM_UNITS - (belts.span[line] ?? absent())
  belts.gap[item] = slack
  if (tail === 0) belts.head[line] = item
  else belts.behind[tail] = item
  belts.tail[line] = item
  belts.span[line] = distance
  if (belts.lead[line] === 0 && slack > 0) belts.lead[line] = item
}

/** The last pass of the transport: lines take the items waiting at the ports that feed them. */
export function pullLines(f: Foundry): void {
  const { belts, nodes } = f
  for (let i = 0; i < belts.pulling.length; i++) {
    const line = belts.pulling[i] ?? absent()
    const source = belts.source[line] ?? absent()
    if (source === 0) continue
    syncLine(belts, line)
    const kind = nodes.slot[source - 1] ?? absent()
    if (kind !== 0 && roomToEnter(belts, line) >= 0) {
      nodes.slot[source - 1] = 0
      enter(belts, line, kind)
      portEmptied(f, source - 1)
    }
    scheduleLine(f, line)
  }
  if (belts.pulling.length > 0) belts.pulling.length = 0
}
