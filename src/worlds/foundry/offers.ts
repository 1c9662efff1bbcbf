// The items waiting for a node at its in ports: at the end of a line, or at an out port of another node.
import { absent } from '../../kernel/at.ts'
import { takeWaiting, waitingItem } from './belts.ts'
import { PORTS } from './node-table.ts'
import { shapeOf } from './parts.ts'
import { portEmptied } from './queue.ts'
import type { Foundry } from './state.ts'

/** Number of the item waiting at an in port; 0: none. */
export function offered(f: Foundry, row: number, port: number): number {
  const link = f.nodes.link[row * PORTS + port] ?? absent()
  if (link > 0) return waitingItem(f.belts, link)
  return link < 0 ? (f.nodes.slot[-link - 1] ?? absent()) : 0
}

/** Whether an item waits at any in port. */
export function isOffered(f: Foundry, row: number): boolean {
  const { takes } = shapeOf(f, f.nodes.part[row] ?? absent())
  for (let i = 0; i < takes.length; i++) if (offered(f, row, takes[i] ?? absent()) !== 0) return true
  return false
}

/** Takes the item waiting at an in port. */
export function accept(f: Foundry, row: number, port: number): void {
  const link = f.nodes.link[row * PORTS + port] ?? absent()
  if (link > 0) takeWaiting(f, link)
  else {
    f.nodes.slot[-link - 1] = 0
    portEmptied(f, -link - 1)
  }
}
