// The queue of nodes to process in the next transport. Nodes outside the queue have nothing to do.
import { absent } from '../../kernel/at.ts'
import { hasFlag, PORTS, QUEUED, setFlag, WAITING } from './node-table.ts'
import type { Foundry } from './state.ts'

export function wakeNode(f: Foundry, row: number): void {
  const flags = f.nodes.flags[row] ?? absent()
  if ((flags & QUEUED) !== 0) return
  f.nodes.flags[row] = flags | QUEUED
  f.queue.push(row)
}

/** Notifies a node that one of its out ports is free; `at` is the port's index in `slot`. */
export function portEmptied(f: Foundry, at: number): void {
  const row = Math.trunc(at / PORTS)
  if (((f.nodes.flags[row] ?? absent()) & WAITING) !== 0) wakeNode(f, row)
}

/** Wakes the node referenced by a line's `source` or `sink`. */
export function wakeReference(f: Foundry, reference: number): void {
  if (reference > 0) wakeNode(f, Math.trunc((reference - 1) / PORTS))
}

/** Removes a node from the queue when the node is removed. */
export function unqueueNode(f: Foundry, row: number): void {
  if (!hasFlag(f.nodes, row, QUEUED)) return
  setFlag(f.nodes, row, QUEUED, false)
  f.queue = f.queue.filter((each) => each !== row)
}
