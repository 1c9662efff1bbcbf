// The rules of paint-arena, as defined by contract 0.1.0 of the coworld example. No schemas here: a browser can load
// this file alone.
//
// Field   width x height tiles, index = y * width + x, y down; all unowned (-1) at the start, nothing painted.
// Slots   start in the corners (0,0), (W-1,H-1), (0,H-1), (W-1,0); several may stand on one tile. With `starts: drawn`
//         the seed draws the start tile of slot 0 and the others start mirrored, so that no slot has an advantage.
// Tick    every slot moves one tile by its current action, clamped to the field; then, in slot order, each tile under a
//         slot becomes that slot's (the higher slot wins a shared one); tick + 1. An action persists until changed.
// Score   number of owned tiles. The episode ends after max_ticks ticks.
import { absent } from '../../kernel/at.ts'
import { createRandom, nextBelow } from '../../kernel/random.ts'

export const MOVES = ['stay', 'up', 'down', 'left', 'right'] as const
export type Move = (typeof MOVES)[number]

/** The change of x and y for each move. */
const DX = [0, 0, 0, -1, 1] as const
const DY = [0, -1, 1, 0, 0] as const

/** Plain JSON. `actions` are indices into MOVES; the other lists are by slot, `owners` by tile. */
export type PaintState = {
  width: number
  height: number
  max_ticks: number
  tick: number
  actions: number[]
  xs: number[]
  ys: number[]
  owners: number[]
  scores: number[]
}

export interface PaintConfig {
  readonly width: number
  readonly height: number
  readonly max_ticks: number
  readonly slots: number
  /** Default: `corners`, as in the original. */
  readonly starts?: 'corners' | 'drawn' | undefined
}

/** @param seed unsigned 32-bit integer; used only for drawn starts */
export function createPaint(config: PaintConfig, seed = 0): PaintState {
  const { width, height, max_ticks, slots } = config
  const random = createRandom(seed, 'paint-arena/starts')
  const isDrawn = config.starts === 'drawn'
  const x = isDrawn ? nextBelow(random, width) : 0
  const y = isDrawn ? nextBelow(random, height) : 0
  const right = width - 1
  const bottom = height - 1
  return {
    width,
    height,
    max_ticks,
    tick: 0,
    actions: new Array<number>(slots).fill(0),
    xs: [x, right - x, x, right - x].slice(0, slots),
    ys: [y, bottom - y, bottom - y, y].slice(0, slots),
    owners: new Array<number>(width * height).fill(-1),
    scores: new Array<number>(slots).fill(0),
  }
}

/** Advances one tick in place. Scores are updated with each change of owner; the field is never recounted. */
export function tickPaint(state: PaintState): void {
  const { width, actions, xs, ys, owners, scores } = state
  const right = width - 1
  const bottom = state.height - 1
  const slots = actions.length
  for (let slot = 0; slot < slots; slot++) {
    const action = actions[slot] ?? absent()
    const x = (xs[slot] ?? absent()) + (DX[action] ?? absent())
    const y = (ys[slot] ?? absent()) + (DY[action] ?? absent())
    if (x >= 0 && x <= right) xs[slot] = x
    if (y >= 0 && y <= bottom) ys[slot] = y
  }
  for (let slot = 0; slot < slots; slot++) {
    const tile = (ys[slot] ?? absent()) * width + (xs[slot] ?? absent())
    const owner = owners[tile] ?? absent()
    if (owner === slot) continue
    if (owner >= 0) scores[owner] = (scores[owner] ?? absent()) - 1
    owners[tile] = slot
    scores[slot] = (scores[slot] ?? absent()) + 1
  }
  state.tick++
}

/** The complete state of the field, which every painter sees. */
export function snapshot(state: PaintState) {
  const positions: number[][] = []
  for (let slot = 0; slot < state.xs.length; slot++)
    positions.push([state.xs[slot] ?? absent(), state.ys[slot] ?? absent()])
  return {
    width: state.width,
    height: state.height,
    positions,
    tile_owners: state.owners.slice(),
    scores: state.scores.slice(),
    tick: state.tick,
    max_ticks: state.max_ticks,
  }
}
