// Where the items on belts are, by part: what saves, digests and reports are written from.
import { absent } from '../../kernel/at.ts'
import { CELL_UNITS } from './catalogue.ts'
import { beltsOf, forEachItem } from './lines.ts'
import type { Foundry } from './state.ts'

/** Items whose back edge can be on one belt at a time. */
export const ITEMS_PER_BELT = 2

/**
 * Items by part: ITEMS_PER_BELT places a part id, from front to back; each is 0 or
 * 1 + offset of the back edge * 16 + item number.
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
  // A loop's chain of items begins anywhere: what is in front comes first all the same.
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
