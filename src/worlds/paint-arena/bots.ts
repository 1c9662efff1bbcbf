// The built-in bots of paint-arena. They use only observations.
import { at } from '../../kernel/at.ts'
import { createRandom, nextBelow } from '../../kernel/random.ts'
import type { BotMaker } from '../../kernel/world.ts'
import { MOVES, type Move } from './rules.ts'

interface Seen {
  readonly slot: number
  readonly width: number
  readonly height: number
  readonly positions: readonly (readonly number[])[]
  readonly tile_owners: readonly number[]
}

interface Said {
  readonly move: Move
}

/** One frozen command per move: bots send the same few commands a million times. */
const SAY = {
  stay: Object.freeze({ move: 'stay' }),
  up: Object.freeze({ move: 'up' }),
  down: Object.freeze({ move: 'down' }),
  left: Object.freeze({ move: 'left' }),
  right: Object.freeze({ move: 'right' }),
} as const satisfies Record<Move, Said>

function positionOf(seen: Seen): readonly [x: number, y: number] {
  const position = at(seen.positions, seen.slot)
  return [at(position, 0), at(position, 1)]
}

/** Row by row: even slots from the top, odd slots mirrored from the bottom, like the original's bundled player. */
function sweep(seen: Seen): Said {
  const [x, y] = positionOf(seen)
  const isEvenRow = y % 2 === 0
  if (seen.slot % 2 === 0) {
    if (isEvenRow && x < seen.width - 1) return SAY.right
    if (!isEvenRow && x > 0) return SAY.left
    return y < seen.height - 1 ? SAY.down : SAY.up
  }
  if (isEvenRow && x > 0) return SAY.left
  if (!isEvenRow && x < seen.width - 1) return SAY.right
  return y > 0 ? SAY.up : SAY.down
}

/** Moves towards the nearest tile that it does not own; ties go to the first in reading order. */
function greedy(seen: Seen): Said {
  const [x, y] = positionOf(seen)
  let best = seen.width + seen.height
  let bestX = x
  let bestY = y
  for (let tile = 0; tile < seen.tile_owners.length; tile++) {
    if (seen.tile_owners[tile] === seen.slot) continue
    const tileX = tile % seen.width
    const tileY = (tile - tileX) / seen.width
    const distance = Math.abs(tileX - x) + Math.abs(tileY - y)
    if (distance > 0 && distance < best) {
      best = distance
      bestX = tileX
      bestY = tileY
    }
  }
  if (bestX !== x) return bestX > x ? SAY.right : SAY.left
  if (bestY !== y) return bestY > y ? SAY.down : SAY.up
  return SAY.stay
}

export const BOTS: readonly BotMaker<Seen, Said>[] = [
  { name: 'sweep', summary: 'Paints row by row from its own side.', create: () => ({ decide: sweep }) },
  { name: 'greedy', summary: 'Walks to the nearest tile that is not its own.', create: () => ({ decide: greedy }) },
  {
    name: 'random',
    summary: 'Moves at random, seeded.',
    create(seed) {
      const random = createRandom(seed, 'paint-arena/random')
      return { decide: () => SAY[MOVES[nextBelow(random, MOVES.length)] ?? 'stay'] }
    },
  },
  {
    name: 'idle',
    summary: 'Never moves: the floor that every painter should beat.',
    create: () => ({ decide: () => undefined }),
  },
]
