// A world in 40 lines: two players take one to three from a heap in turn; the player who takes the last one wins.
import { Results } from 'paracosm/protocol'
import { createRandom, defineWorld, nextBelow } from 'paracosm/world'
import { z } from 'zod'

export const countdown = defineWorld({
  id: 'countdown',
  version: '1.0.0',
  title: 'Countdown',
  summary: 'Take one to three; the player who takes the last one wins.',
  config: z.strictObject({ least: z.int().min(1).max(100).default(15) }),
  command: z.strictObject({ take: z.int().min(1).max(3) }),
  results: Results,
  state: z.strictObject({ left: z.int(), turn: z.int(), last: z.int() }),
  variants: [{ id: 'default', title: 'About twenty', description: 'A heap of 15 to 24.', config: {} }],
  bots: [
    { name: 'one', summary: 'Takes one.', create: () => ({ decide: () => ({ take: 1 }) }) },
    {
      name: 'modulo',
      summary: 'Leaves a multiple of four.',
      create: () => ({ decide: ({ left }: { left: number }) => ({ take: left % 4 || 1 }) }),
    },
  ],
  slots: () => 2,
  create: ({ least }, seed) => ({ left: least + nextBelow(createRandom(seed, 'heap'), 10), turn: 0, last: -1 }),
  apply(state, slot, { take }) {
    if (slot !== state.turn) return { code: 'NOT_YOUR_TURN', reason: 'It is the other player’s turn.' }
    if (take > state.left) return { code: 'TOO_MANY', reason: `Only ${state.left} are left.` }
    state.left -= take
    state.last = slot
    return undefined
  },
  step(state) {
    state.turn = 1 - state.turn
  },
  awaits: (state) => [state.turn],
  observe: (state) => ({ left: state.left, turn: state.turn }),
  view: { spectate: (state) => ({ left: state.left, turn: state.turn }) },
  standing: (state) => ({ scores: [0, 1].map((slot) => (state.left === 0 && state.last === slot ? 1 : 0)) }),
  outcome: (state) => (state.left === 0 ? { ended: 'terminated', reason: 'Nothing is left.' } : undefined),
})
