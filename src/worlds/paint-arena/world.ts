// paint-arena: two to four painters on one field; the painter with the most tiles at the end wins.
// The rules are in rules.ts, the bots in bots.ts; the data sheet for people is docs/worlds/paint-arena.md.
import { z } from 'zod'
import { Digester } from '../../kernel/digest.ts'
import { parseWith } from '../../kernel/parse.ts'
import { defineWorld } from '../../kernel/world.ts'
import { Results } from '../../protocol/episode.ts'
import { BOTS } from './bots.ts'
import { code } from './code.ts'
import { perceive } from './perceive.ts'
import { createPaint, MOVES, type PaintState, snapshot, tickPaint } from './rules.ts'
import { translate } from './translate.ts'

const Config = z.strictObject({
  width: z.int().min(4).max(40).describe('Tiles from left to right.'),
  height: z.int().min(4).max(40).describe('Tiles from top to bottom.'),
  max_ticks: z.int().min(1).max(10_000).describe('Ticks until the end.'),
  slots: z.int().min(2).max(4).default(2).describe('How many painters.'),
  starts: z
    .enum(['corners', 'drawn'])
    .optional()
    .describe('Where painters start: in the corners, or where the seed draws them, mirrored. Default: corners.'),
})

/** Unknown moves become `stay`, as players of the original expect. */
const Command = z.object({ move: z.enum(MOVES).catch('stay') })

const Observation = z.strictObject({
  slot: z.int(),
  width: z.int(),
  height: z.int(),
  positions: z.array(z.array(z.int())),
  tile_owners: z.array(z.int()),
  scores: z.array(z.int()),
  tick: z.int(),
  max_ticks: z.int(),
})
export type PaintObservation = z.infer<typeof Observation>

const PaintResults = Results.extend({
  scores: z.array(z.int().min(0)).min(1).max(4),
  painted_tiles: z.array(z.int().min(0)).min(1).max(4),
  ticks: z.int().min(0),
})

const Saved = z.strictObject({
  width: z.int().min(4).max(40),
  height: z.int().min(4).max(40),
  max_ticks: z.int().min(1).max(10_000),
  tick: z.int().min(0),
  actions: z.array(z.int().min(0).max(4)).min(2).max(4),
  xs: z.array(z.int().min(0)),
  ys: z.array(z.int().min(0)),
  owners: z.array(z.int().min(-1).max(3)),
  scores: z.array(z.int().min(0)),
})

const Consistent = Saved.refine((state) => {
  const slots = state.actions.length
  const counts = new Array<number>(slots).fill(0)
  for (const owner of state.owners) if (owner >= 0) counts[owner] = (counts[owner] ?? Number.NaN) + 1
  return (
    [state.xs, state.ys, state.scores].every((list) => list.length === slots) &&
    state.owners.length === state.width * state.height &&
    state.tick <= state.max_ticks &&
    state.xs.every((x) => x < state.width) &&
    state.ys.every((y) => y < state.height) &&
    counts.length === slots &&
    counts.every((count, slot) => count === state.scores[slot])
  )
}, 'lists, positions and scores must fit the field')

const STAY = Object.freeze({ move: 'stay' as const })

function digest(state: PaintState): string {
  const digester = new Digester()
  for (const number of [state.width, state.height, state.max_ticks, state.tick, state.actions.length])
    digester.word(number)
  digester.words(state.actions)
  digester.words(state.xs)
  digester.words(state.ys)
  digester.words(state.owners)
  return digester.end()
}

const field = (width: number, height: number, rest: { max_ticks: number; slots: number }) => ({
  width,
  height,
  ...rest,
})

export const paintArena = defineWorld<z.infer<typeof Config>, PaintState, z.infer<typeof Command>, PaintObservation>({
  id: 'paint-arena',
  version: '1.0.0',
  title: 'Paint Arena',
  summary: 'Two to four painters walk a field of tiles. Each tile belongs to whoever stood on it last; most tiles win.',
  code,
  config: Config,
  command: Command,
  results: PaintResults,
  bots: BOTS,
  variants: [
    {
      id: 'default',
      title: 'Standard field',
      description: 'Two painters on 12 x 8 tiles for 100 ticks.',
      config: field(12, 8, { max_ticks: 100, slots: 2 }),
    },
    {
      id: 'duel',
      title: 'Duel',
      description: 'Two painters on a close field of 6 x 6 tiles for 60 ticks.',
      config: field(6, 6, { max_ticks: 60, slots: 2 }),
    },
    {
      id: 'grand',
      title: 'Grand field',
      description: 'Four painters on 40 x 40 tiles for 1,000 ticks.',
      config: field(40, 40, { max_ticks: 1000, slots: 4 }),
    },
    {
      id: 'scattered',
      title: 'Scattered',
      description:
        'Two painters on 12 x 8 tiles for 100 ticks. They start where the seed puts them, so no two matches are alike.',
      config: { ...field(12, 8, { max_ticks: 100, slots: 2 }), starts: 'drawn' },
    },
  ],
  slots: (config) => config.slots,
  create: (config, seed) => createPaint(config, seed),
  apply(state, slot, command) {
    state.actions[slot] = MOVES.indexOf(command.move)
    return undefined
  },
  step: tickPaint,
  observe: (state, slot) => ({ slot, ...snapshot(state) }),
  view: { spectate: snapshot },
  perception: { perceive, translate },
  fallback: () => STAY,
  standing: (state) => ({ scores: state.scores.slice(), painted_tiles: state.scores.slice(), ticks: state.tick }),
  outcome: (state) =>
    state.tick >= state.max_ticks ? { ended: 'terminated', reason: 'All ticks have been played.' } : undefined,
  save: (state) => structuredClone(state),
  load: (saved) =>
    structuredClone(parseWith(Consistent, saved, { code: 'STATE_INVALID', what: 'State of paint-arena' })),
  digest,
})
