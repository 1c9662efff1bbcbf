// The rules of paint-arena, as contract 0.1.0 of the coworld example fixes them. No schemas here: a browser can load
// this file alone.
//
// Field   width x height tiles, index = y * width + x, y down; all unowned (-1) at the start, nothing painted.
// Slots   start in the corners (0,0), (W-1,H-1), (0,H-1), (W-1,0); several may stand on one tile.
// Tick    every slot moves one tile by its current action, clamped to the field; then, in slot order, each tile under a
//         slot becomes that slot's (the higher slot wins a shared one); tick + 1. An action stays until it is changed.
// Score   tiles owned. The episode ends after max_ticks ticks.
import { absent } from '../../kernel/at.ts'

export const MOVES = ['stay', 'up', 'down', 'left', 'right'] as const
export type Move = (typeof MOVES)[number]

/** What each move adds to x and to y. */
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
}

export function createPaint(config: PaintConfig): PaintState {
  const { width, height, max_ticks, slots } = config
  const right = width - 1
  const bottom = height - 1
  return {
    width,
    height,
    max_ticks,
    tick: 0,
    actions: new Array<number>(slots).fill(0),
    xs: [0, right, 0, right].slice(0, slots),
    ys: [0, bottom, bottom, 0].slice(0, slots),
    owners: new Array<number>(width * height).fill(-1),
    scores: new Array<number>(slots).fill(0),
  }
}

/** One tick, in place. Scores follow each change of owner; the field is never counted anew. */
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

/** Everything there is to see: every painter sees it all. */
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
