// The positions of items on belts, by part: the basis of saves, digests and reports.
import { absent } from '../../kernel/at.ts'
import { CELL_UNITS } from './catalogue.ts'
import { beltsOf, forEachItem } from './lines.ts'
import type { Foundry } from './state.ts'

/** Maximum number of items whose back edge is on one belt. */
export const ITEMS_PER_BELT = 2

/**
 * Items by part: ITEMS_PER_BELT entries per part id, from front to back; each is 0 or 1 + offset of the back edge * 16
 * + item number.
 */
export function beltItems(f: Foundry): Uint16Array {
  const { belts, parts } = f
  const items = new Uint16Array((parts.last + 1) * ITEMS_PER_BELT)
  for (let line = 1; line <= belts.lastLine; line++) {
    if (belts.head[line] === 0) continue
    const chain = beltsOf(f, line)
    forEachItem(f, line, (position, kind) => {
      const offset = position % CELL_UNITS
      const at = (chain[(position - offset) / CELL_UNITS] ?? absent()) * ITEMS_PER_BELT
      items[items[at] === 0 ? at : at + 1] = 1 + offset * 16 + kind
    })
  }
  // A loop's chain of items may begin anywhere; items are still listed from front to back.
  for (let at = 0; at < items.length; at += ITEMS_PER_BELT) {
    const a = items[at] ?? absent()
    const b = items[at + 1] ?? absent()
    if (b > a) {
      items[at] = b
      items[at + 1] = a
    }
  }
  return items
}
