// The creatures outside the walls of Lowmarrow and underground.
import type { CreatureRow } from './shape.ts'

type At = readonly [cell: string, x: number, y: number]

const placed = (id: string, [cell, x, y]: At) => ({ id, cell, x, y })

const hound = (id: string, at: At): CreatureRow => ({
  ...placed(id, at),
  name: 'Heath hound',
  text: 'Lean, yellow-eyed and far too quiet. It watches your hands.',
  health: 14,
  skill: 4,
  defence: 2,
  damage: 3,
  spread: 3,
  pace: 3,
  sight: 5,
  loot: { 'hound-pelt': 1 },
  gold: 0,
})

const adder = (id: string, at: At): CreatureRow => ({
  ...placed(id, at),
  name: 'Reed adder',
  text: 'As thick as a wrist and the colour of standing water.',
  health: 8,
  skill: 4,
  defence: 4,
  damage: 2,
  spread: 2,
  pace: 4,
  sight: 2,
  loot: {},
  gold: 0,
})

const gnaw = (id: string, at: At): CreatureRow => ({
  ...placed(id, at),
  name: 'Slate gnaw',
  text: 'A blunt grey thing with teeth like chisels. It eats stone, and takes time off for you.',
  health: 16,
  skill: 4,
  defence: 3,
  damage: 3,
  spread: 3,
  pace: 4,
  sight: 4,
  loot: {},
  gold: 4,
})

export const CREATURES: readonly CreatureRow[] = [
  hound('hound-1', ['gorse-heath', 15, 6]),
  hound('hound-2', ['gorse-heath', 23, 8]),
  adder('adder-1', ['sedge-road', 8, 5]),
  adder('adder-2', ['sedge-road', 8, 13]),
  gnaw('gnaw-1', ['ninefold-cut', 11, 8]),
  gnaw('gnaw-2', ['ninefold-cut', 18, 5]),
  gnaw('gnaw-3', ['ninefold-deep', 8, 7]),
  {
    ...placed('mother-slate', ['ninefold-deep', 16, 8]),
    name: 'Mother Slate',
    text: 'A heap of blue stone that breathes. It has set itself between you and the cradle, gently, like a door.',
    health: 46,
    skill: 7,
    defence: 4,
    damage: 6,
    spread: 5,
    pace: 4,
    sight: 4,
    loot: { 'slate-heart': 1 },
    gold: 15,
  },
]
