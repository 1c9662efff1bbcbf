// The third phase of a tick: items, in four passes. In each pass, actions at one place do not affect any other place,
// so the order of parts does not matter: lines move; nodes take the items waiting for them; nodes output to their
// ports; lines pull the items waiting at the ports that feed them. A node is processed only when it may have something
// to do.
import { absent } from '../../kernel/at.ts'
import { moveLines, pullLines } from './belts.ts'
import { ITEM_COUNT, STORAGE_ITEMS } from './catalogue.ts'
import { recipeOf, refreshMachine, wantedOf } from './machines.ts'
import { ENABLED, hasFlag, IN_CYCLE, NODE, PORTS, QUEUED, setFlag, stockTotal, WAITING } from './node-table.ts'
import { accept, isOffered, offered } from './offers.ts'
import { shapeOf } from './parts.ts'
import { listNetOf } from './power.ts'
import { wakeNode } from './queue.ts'
import { FUEL } from './recipes.ts'
import { addCount, type Foundry } from './state.ts'

export function transport(f: Foundry): void {
  moveLines(f)
  if (f.queue.length > 0) runNodes(f)
  pullLines(f)
}

function runNodes(f: Foundry): void {
  const queue = f.queue
  for (let i = 0; i < queue.length; i++) take(f, queue[i] ?? absent())
  f.queue = f.spareQueue
  for (let i = 0; i < queue.length; i++) {
    const row = queue[i] ?? absent()
    f.nodes.flags[row] = (f.nodes.flags[row] ?? absent()) & ~(QUEUED | WAITING)
  }
  for (let i = 0; i < queue.length; i++) give(f, queue[i] ?? absent())
  queue.length = 0
  f.spareQueue = queue
}

function take(f: Foundry, row: number): void {
  switch (f.nodes.kind[row]) {
    case NODE.machine:
    case NODE.generator:
    case NODE.storage:
    case NODE.delivery:
      takeEach(f, row)
      return
    case NODE.splitter:
      takeCore(f, row, 0)
      return
    case NODE.merger:
      takeCore(f, row, f.nodes.turn[row] ?? absent())
      return
    case NODE.filter:
      if (f.nodes.recipe[row] !== 0 && hasFlag(f.nodes, row, ENABLED)) takeCore(f, row, 0)
      return
    default:
  }
}

/** Takes one item from every in port that offers something the node wants. The port served first is last next time. */
function takeEach(f: Foundry, row: number): void {
  const { itemPorts } = shapeOf(f, f.nodes.part[row] ?? absent())
  const count = itemPorts.length
  const start = f.nodes.turn[row] ?? absent()
  let served = -1
  for (let i = 0; i < count; i++) {
    const port = start + i < count ? start + i : start + i - count
    if (itemPorts[port]?.isOut !== false) continue
    const item = offered(f, row, port)
    if (item === 0 || !wants(f, row, item)) continue
    keep(f, row, item)
    accept(f, row, port)
    if (served < 0) served = port
  }
  if (served >= 0) f.nodes.turn[row] = (served + 1) % count
}

function wants(f: Foundry, row: number, item: number): boolean {
  const { nodes } = f
  const stock = nodes.stock[row * ITEM_COUNT + item - 1] ?? absent()
  switch (f.nodes.kind[row]) {
    case NODE.machine:
      return stock < wantedOf(recipeOf(f, row), item)
    case NODE.generator:
      return item === FUEL.item && stock < FUEL.most
    case NODE.storage:
      return stockTotal(nodes, row) < STORAGE_ITEMS
    default:
      return true
  }
}

function keep(f: Foundry, row: number, item: number): void {
  if (f.nodes.kind[row] === NODE.delivery) {
    addCount(f.ledger.delivered, item - 1, 1)
    return
  }
  const at = row * ITEM_COUNT + item - 1
  f.nodes.stock[at] = (f.nodes.stock[at] ?? absent()) + 1
}

/** Splitters, mergers and filters hold one item. A splitter's turn applies to its out ports. */
function takeCore(f: Foundry, row: number, start: number): void {
  const { nodes } = f
  if (nodes.core[row] !== 0) return
  const { itemPorts, takes } = shapeOf(f, nodes.part[row] ?? absent())
  const count = itemPorts.length
  for (let i = 0; i < count; i++) {
    const port = (start + i) % count
    if (itemPorts[port]?.isOut !== false) continue
    const item = offered(f, row, port)
    if (item === 0) continue
    nodes.core[row] = item
    accept(f, row, port)
    if (takes.length > 1) nodes.turn[row] = (port + 1) % count
    return
  }
}

function give(f: Foundry, row: number): void {
  const { nodes } = f
  switch (f.nodes.kind[row]) {
    case NODE.machine:
      giveCounted(f, row, nodes.ready)
      // In the middle of a cycle, items going in or out do not affect the machine.
      if (!hasFlag(nodes, row, IN_CYCLE)) refreshMachine(f, row)
      return
    case NODE.splitter:
      giveCore(f, row, 0)
      return
    case NODE.merger:
      giveCore(f, row, 0)
      return
    case NODE.filter: {
      const sorts = recipeOf(f, row)?.sorts ?? 0
      if (sorts !== 0 && hasFlag(nodes, row, ENABLED)) giveCore(f, row, nodes.core[row] === sorts ? FRONT : SIDES)
      return
    }
    case NODE.storage:
      giveCounted(f, row, nodes.stock)
      if (isOffered(f, row) && stockTotal(nodes, row) < STORAGE_ITEMS) wakeNode(f, row)
      return
    case NODE.generator:
      listNetOf(f, nodes.part[row] ?? absent())
      return
    default:
  }
}

/** The out ports through which an item may leave; 0: all. */
const FRONT = 1
const SIDES = 2

/** Moves the item inside to the next free, linked out port through which it may leave. */
function giveCore(f: Foundry, row: number, through: number): void {
  const { nodes } = f
  const item = nodes.core[row] ?? absent()
  if (item !== 0) {
    const { itemPorts, gives } = shapeOf(f, nodes.part[row] ?? absent())
    const count = itemPorts.length
    const hasTurn = gives.length > 1
    const start = hasTurn ? (nodes.turn[row] ?? absent()) : 0
    for (let i = 0; i < count && nodes.core[row] !== 0; i++) {
      const port = (start + i) % count
      const own = itemPorts[port]
      if (!own?.isOut || !isFree(f, row, port)) continue
      if (through !== 0 && (own.port.side === 'front') !== (through === FRONT)) continue
      nodes.core[row] = 0
      if (hasTurn) nodes.turn[row] = (port + 1) % count
      offer(f, row, port, item)
    }
  }
  if (nodes.core[row] !== 0) setFlag(nodes, row, WAITING, true)
  else if (isOffered(f, row)) wakeNode(f, row)
}

function isFree(f: Foundry, row: number, port: number): boolean {
  return f.nodes.link[row * PORTS + port] !== 0 && f.nodes.slot[row * PORTS + port] === 0
}

/** Puts an item at an out port and wakes the part that takes from it. */
function offer(f: Foundry, row: number, port: number, item: number): void {
  const { nodes } = f
  nodes.slot[row * PORTS + port] = item
  const link = nodes.link[row * PORTS + port] ?? absent()
  if (link > 0) f.belts.pulling.push(link)
  else wakeNode(f, Math.trunc((-link - 1) / PORTS))
}

/** Outputs one item of a table of counts, lowest item number first. */
function giveCounted(f: Foundry, row: number, counts: Uint16Array): void {
  const port = shapeOf(f, f.nodes.part[row] ?? absent()).gives[0]
  if (port === undefined) return
  let canGive = isFree(f, row, port)
  for (let i = 0; i < ITEM_COUNT; i++) {
    const count = counts[row * ITEM_COUNT + i] ?? absent()
    if (count === 0) continue
    if (!canGive) {
      setFlag(f.nodes, row, WAITING, true)
      return
    }
    counts[row * ITEM_COUNT + i] = count - 1
    offer(f, row, port, i + 1)
    canGive = false
    if (count > 1) i--
  }
}
