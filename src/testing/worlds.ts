// Small worlds for tests: one where slots take turns and moves can be illegal, and one that requests effects.
import { z } from 'zod'
import { defineWorld } from '../kernel/world.ts'
import { Results } from '../protocol/episode.ts'
import { JsonValue } from '../protocol/json.ts'

/** Nim: slots take turns to remove one to three objects from a heap; the slot that takes the last one wins. A timeout removes one object. */
export const nim = defineWorld({
  id: 'nim',
  version: '1.0.0',
  title: 'Nim',
  summary: 'Take one to three; whoever takes the last wins.',
  config: z.strictObject({ heap: z.int().min(1).max(1000).default(21) }),
  command: z.strictObject({ take: z.int().min(1).max(3) }),
  results: Results,
  state: z.strictObject({ left: z.int(), turn: z.int(), last: z.int(), present: z.array(z.boolean()) }),
  variants: [{ id: 'default', title: 'Twenty-one', description: 'A heap of twenty-one.', config: {} }],
  bots: [{ name: 'one', summary: 'Always takes one.', create: () => ({ decide: () => ({ take: 1 }) }) }],
  slots: () => 2,
  create: (config) => ({ left: config.heap, turn: 0, last: -1, present: [false, false] }),
  apply(state, slot, { take }) {
    if (slot !== state.turn) return { code: 'NOT_YOUR_TURN', reason: 'Wait for the other.' }
    if (take > state.left) return { code: 'TOO_MANY', reason: `Only ${state.left} are left.` }
    state.left -= take
    state.last = slot
    return undefined
  },
  step(state) {
    state.turn = 1 - state.turn
  },
  presence(state, slot, isPresent) {
    state.present[slot] = isPresent
  },
  awaits: (state) => [state.turn],
  fallback: () => ({ take: 1 }),
  observe: (state) => ({ left: state.left, turn: state.turn }),
  view: { spectate: (state) => ({ left: state.left, turn: state.turn, present: [...state.present] }) },
  standing: (state) => ({ scores: [0, 1].map((slot) => (state.left === 0 && state.last === slot ? 1 : 0)) }),
  outcome: (state) => (state.left === 0 ? { ended: 'terminated', reason: 'Nothing is left.' } : undefined),
})

const OracleState = z.strictObject({
  asked: z.string().nullable(),
  answers: z.array(z.strictObject({ question: z.string(), answer: JsonValue })),
  question: z.string(),
})

/** Oracle: one slot asks; each question is an effect; three answers end the episode. */
export const oracle = defineWorld<unknown, z.infer<typeof OracleState>, { ask: string }, unknown>({
  id: 'oracle',
  version: '1.0.0',
  title: 'Oracle',
  summary: 'Ask three questions.',
  config: z.strictObject({}),
  command: z.strictObject({ ask: z.string().min(1) }),
  results: Results,
  state: OracleState,
  variants: [{ id: 'default', title: 'Oracle', description: 'Three questions.', config: {} }],
  slots: () => 1,
  create: () => ({ asked: null, answers: [], question: '' }),
  apply(state, _slot, { ask }, out) {
    if (state.asked !== null) return { code: 'BUSY', reason: 'The oracle is thinking.' }
    state.question = ask
    state.asked = out.effect('oracle', { question: ask })
    return undefined
  },
  step: () => undefined,
  reply(state, reply) {
    if (reply.effect !== state.asked) return
    state.answers.push({ question: state.question, answer: reply.ok ? reply.value : reply.code })
    state.asked = null
  },
  awaits: (state) => (state.asked === null ? [0] : []),
  observe: (state) => ({ asked: state.asked, answers: structuredClone(state.answers) }),
  view: { spectate: (state) => ({ answers: structuredClone(state.answers) }) },
  standing: (state) => ({ scores: [state.answers.length] }),
  outcome: (state) => (state.answers.length === 3 ? { ended: 'terminated', reason: 'Three answers.' } : undefined),
})
