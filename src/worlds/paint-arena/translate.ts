// Translates perception commands into moves of a painter. Walking goes tile by tile, x first; every command not related
// to position is refused with an explanation. A tick is a minute.
import { at } from '../../kernel/at.ts'
import type { CommandProgress, CommandTranslation } from '../../kernel/world.ts'
import type { AgentCommand, MoveToParams } from '../../protocol/perception-command.ts'
import { painterId } from './perceive.ts'
import type { Move, PaintState } from './rules.ts'

type Answer = CommandTranslation<{ move: Move }>

const TICK_SECONDS = 60

const stay = { move: 'stay' } as const
const done = (outcome: string): Answer => ({ say: stay, end: { status: 'done', outcome } })
const fail = (code: string, outcome: string): Answer => ({ say: stay, end: { status: 'failed', outcome, code } })

export function translate(state: PaintState, slot: number, said: AgentCommand, { calls }: CommandProgress): Answer {
  switch (said.command) {
    case 'move_to':
      // Following a painter that runs away ends after twice the way around the field.
      return calls > 2 * (state.width + state.height)
        ? fail('NOT_REACHED', 'It keeps running away.')
        : walk(state, slot, said.params)
    case 'wait':
      return calls < Math.ceil(said.params.duration_seconds / TICK_SECONDS) ? { say: stay } : done('Time passes.')
    case 'interact': {
      if (said.params.interaction_type !== 'examine') return fail('NOT_SUITABLE', 'There is nothing here to handle.')
      const place = find(state, said.params.entity_id)
      return place ? done(describe(state, place)) : fail('NOT_HERE', `There is no ${said.params.entity_id}.`)
    }
    case 'journal_note':
      return done('Noted.')
    case 'noop':
      return done('Nothing is done.')
    case 'use_item':
    case 'combat_action':
    case 'dialogue':
      return fail('NOT_SUITABLE', 'Painters only walk.')
  }
}

interface Place {
  readonly x: number
  readonly y: number
}

function walk(state: PaintState, slot: number, params: MoveToParams): Answer {
  const x = at(state.xs, slot)
  const y = at(state.ys, slot)
  if (params.target_cell !== undefined && params.target_cell !== 'field') {
    return fail('NOT_HERE', 'The only cell is field.')
  }
  const named = params.entity_id === undefined ? undefined : find(state, params.entity_id)
  if (params.entity_id !== undefined && !named) return fail('NOT_HERE', `There is no ${params.entity_id}.`)
  const toX = named?.x ?? Math.round(params.target_x ?? x)
  const toY = named?.y ?? Math.round(params.target_y ?? y)
  if (toX < 0 || toX >= state.width || toY < 0 || toY >= state.height) {
    return fail('OUT_OF_BOUNDS', `The field has ${state.width} by ${state.height} tiles.`)
  }
  if (toX !== x) return { say: { move: toX > x ? 'right' : 'left' } }
  if (toY !== y) return { say: { move: toY > y ? 'down' : 'up' } }
  return done(`You stand at (${x}, ${y}).`)
}

/** The current position of a painter, or the position of a tile. */
function find(state: PaintState, id: string): Place | undefined {
  const slot = state.xs.findIndex((_, each) => painterId(each) === id)
  if (slot >= 0) return { x: at(state.xs, slot), y: at(state.ys, slot) }
  const [, x, y] = /^tile-(\d{1,2})-(\d{1,2})$/.exec(id) ?? []
  const tile = { x: Number(x), y: Number(y) }
  return tile.x < state.width && tile.y < state.height ? tile : undefined
}

function describe(state: PaintState, { x, y }: Place): string {
  const owner = at(state.owners, y * state.width + x)
  return `(${x}, ${y}) is ${owner < 0 ? 'bare' : `painter ${owner}\u2019s`}.`
}
