// Assembles the whole content of frontier.
import { CELLS } from './cells.ts'
import { CREATURES } from './creatures.ts'
import { DOORS } from './doors.ts'
import { CONTAINERS, ITEMS, THINGS } from './items.ts'
import { TOWNSPEOPLE } from './people.ts'
import { QUESTS } from './quests.ts'
import type { Content } from './shape.ts'
import { WAYFARERS } from './wayfarers.ts'

export const CONTENT: Content = {
  cells: CELLS,
  doors: DOORS,
  people: [...TOWNSPEOPLE, ...WAYFARERS],
  creatures: CREATURES,
  containers: CONTAINERS,
  items: ITEMS,
  things: THINGS,
  quests: QUESTS,
  start: {
    cell: 'lowmarrow',
    tiles: [
      [13, 8],
      [14, 8],
      [13, 9],
      [14, 9],
    ],
    refuge: { cell: 'mend-house', x: 7, y: 3 },
    gold: 20,
    items: { 'ash-staff': 1, bandage: 2 },
    weapon: 'ash-staff',
  },
}
