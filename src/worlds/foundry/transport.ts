// The third phase of a tick: items. Four passes, in each of which whatever happens at one place leaves all others
// alone, so no order of parts matters: lines move; nodes take what waits for them; nodes pass on, to their ports;
// lines pull what waits at the ports that feed them.
import { moveLines, pullLines, takeWaiting, waitingItem } from './belts.ts'
import { ITEM_COUNT, PARTS, type PartKind, STORAGE_ITEMS } from './catalogue.ts'
import { recipeOf, refreshMachine, wantedOf } from './machines.ts'
import { ENABLED, hasFlag, PORTS, QUEUED, setFlag, stockTotal } from './node-table.ts'
import { shapeOf } from './parts.ts'
import { listNetOf } from './power.ts'
import { wakeNode } from './queue.ts'
import { FUEL } from './recipes.ts'
import { addCount, type Foundry } from './state.ts'

export function transport(f: Foundry): void {
  moveLines(f)
  const queue = f.queue
  for (let i = 0; i < queue.length; i++) take(f, queue[i] ?? 0)
  f.queue = f.spareQueue
  for (const row of queue) setFlag(f.nodes, row, QUEUED, false)
  for (const row of queue) give(f, row)
  queue.length = 0
  f.spareQueue = queue
  pullLines(f)
}

function kindOf(f: Foundry, row: number): PartKind | undefined {
  return PARTS[(f.parts.def[f.nodes.part[row] ?? 0] ?? 0) - 1]?.kind
}

/** Number of the item that waits at an in port; 0: none. */
function offered(f: Foundry, row: number, port: number): number {
  const link = f.nodes.link[row * PORTS + port] ?? 0
  if (link > 0) return waitingItem(f.belts, link)
  return link < 0 ? (f.nodes.slot[-link - 1] ?? 0) : 0
}

/** Takes what waits at an in port. */
function accept(f: Foundry, row: number, port: number): void {
  const link = f.nodes.link[row * PORTS + port] ?? 0
  if (link > 0) takeWaiting(f, link)
  else {
    f.nodes.slot[-link - 1] = 0
    wakeNode(f, Math.trunc((-link - 1) / PORTS))
  }
}

function take(f: Foundry, row: number): void {
  const { nodes, ledger } = f
  switch (kindOf(f, row)) {
    case 'splitter':
    case 'merger':
      takeCore(f, row)
      return
    case 'filter':
      if (nodes.recipe[row] !== 0 && hasFlag(nodes, row, ENABLED)) takeCore(f, row)
      return
    case 'storage':
      takeStock(f, row, () => stockTotal(nodes, row) < STORAGE_ITEMS)
      return
    case 'machine': {
      const recipe = recipeOf(f, row)
      takeStock(f, row, (item) => (nodes.stock[row * ITEM_COUNT + item - 1] ?? 0) < wantedOf(recipe, item))
      return
    }
    case 'generator':
      takeStock(f, row, (item) => item === FUEL.item && (nodes.stock[row * ITEM_COUNT + item - 1] ?? 0) < FUEL.most)
      return
    case 'delivery':
      eachInPort(f, row, (port, item) => {
        addCount(ledger.delivered, item - 1, 1)
        accept(f, row, port)
        return true
      })
      return
    default:
  }
}

/** Offers what waits at the in ports, in turn; `visit` says whether it took it, and whoever is served is last next time. */
function eachInPort(f: Foundry, row: number, visit: (port: number, item: number) => boolean): void {
  const ports = shapeOf(f, f.nodes.part[row] ?? 0).itemPorts
  const start = f.nodes.turn[row] ?? 0
  let served = -1
  for (let i = 0; i < ports.length; i++) {
    const port = (start + i) % ports.length
    if (ports[port]?.isOut !== false) continue
    const item = offered(f, row, port)
    if (item !== 0 && visit(port, item) && served < 0) served = port
  }
  if (served >= 0) f.nodes.turn[row] = (served + 1) % ports.length
}

function takeStock(f: Foundry, row: number, isWanted: (item: number) => boolean): void {
  eachInPort(f, row, (port, item) => {
    if (!isWanted(item)) return false
    const at = row * ITEM_COUNT + item - 1
    f.nodes.stock[at] = (f.nodes.stock[at] ?? 0) + 1
    accept(f, row, port)
    return true
  })
}

/** Splitters, mergers and filters hold one item. A splitter's turn belongs to its out ports. */
function takeCore(f: Foundry, row: number): void {
  const { nodes } = f
  if (nodes.core[row] !== 0) return
  const ports = shapeOf(f, nodes.part[row] ?? 0).itemPorts
  const isMerger = kindOf(f, row) === 'merger'
  const start = isMerger ? (nodes.turn[row] ?? 0) : 0
  for (let i = 0; i < ports.length; i++) {
    const port = (start + i) % ports.length
    if (ports[port]?.isOut !== false) continue
    const item = offered(f, row, port)
    if (item === 0) continue
    nodes.core[row] = item
    accept(f, row, port)
    if (isMerger) nodes.turn[row] = (port + 1) % ports.length
    return
  }
}

function give(f: Foundry, row: number): void {
  switch (kindOf(f, row)) {
    case 'splitter':
      giveCore(f, row, () => true)
      return
    case 'merger':
      giveCore(f, row, () => true)
      return
    case 'filter': {
      const sorts = recipeOf(f, row)?.sorts ?? 0
      if (sorts === 0 || !hasFlag(f.nodes, row, ENABLED)) return
      const isMatch = f.nodes.core[row] === sorts
      giveCore(f, row, (isFront) => isFront === isMatch)
      return
    }
    case 'storage':
      giveCounted(f, row, f.nodes.stock)
      return
    case 'machine':
      giveCounted(f, row, f.nodes.ready)
      refreshMachine(f, row)
      return
    case 'generator':
      listNetOf(f, f.nodes.part[row] ?? 0)
      return
    default:
  }
}

/** Puts the item inside at the next free, linked out port that `mayUse` allows. */
function giveCore(f: Foundry, row: number, mayUse: (isFront: boolean) => boolean): void {
  const { nodes } = f
  const item = nodes.core[row] ?? 0
  if (item === 0) return
  const ports = shapeOf(f, nodes.part[row] ?? 0).itemPorts
  const isMerger = kindOf(f, row) === 'merger'
  const start = isMerger ? 0 : (nodes.turn[row] ?? 0)
  for (let i = 0; i < ports.length; i++) {
    const port = (start + i) % ports.length
    const own = ports[port]
    if (!own?.isOut || !mayUse(own.port.side === 'front') || !isFree(f, row, port)) continue
    nodes.core[row] = 0
    if (!isMerger) nodes.turn[row] = (port + 1) % ports.length
    offer(f, row, port, item)
    return
  }
}

function isFree(f: Foundry, row: number, port: number): boolean {
  return f.nodes.link[row * PORTS + port] !== 0 && f.nodes.slot[row * PORTS + port] === 0
}

/** Puts an item at an out port, and tells whoever takes from there. */
function offer(f: Foundry, row: number, port: number, item: number): void {
  const { nodes } = f
  nodes.slot[row * PORTS + port] = item
  const link = nodes.link[row * PORTS + port] ?? 0
  if (link > 0) f.belts.pulling.push(link)
  else wakeNode(f, Math.trunc((-link - 1) / PORTS))
  wakeNode(f, row)
}

/** Gives out one item of a table of counts, the lowest item number first. */
function giveCounted(f: Foundry, row: number, counts: Uint16Array): void {
  const port = shapeOf(f, f.nodes.part[row] ?? 0).itemPorts.findIndex((each) => each.isOut)
  if (port < 0 || !isFree(f, row, port)) return
  for (let i = 0; i < ITEM_COUNT; i++) {
    const count = counts[row * ITEM_COUNT + i] ?? 0
    if (count === 0) continue
    counts[row * ITEM_COUNT + i] = count - 1
    offer(f, row, port, i + 1)
    return
  }
}
