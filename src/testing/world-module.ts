// The source of a small world as a user's module, for tests that load worlds from files and packages.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const urlOf = (path: string): string => pathToFileURL(join(import.meta.dirname, '..', path)).href

interface ModuleOptions {
  readonly id?: string
  readonly version?: string
  /** Text before the definition; default 'export const world = '. */
  readonly exported?: string
}

/** Nim with a heap of random size; without types, so it is valid TypeScript and JavaScript. */
export function worldModule({ id = 'heap', version = '1.0.0', exported = 'export const world =' }: ModuleOptions = {}) {
  return `import { z } from ${JSON.stringify(import.meta.resolve('zod'))}
import { createRandom, defineWorld, nextBelow } from '${urlOf('kernel/index.ts')}'
import { Results } from '${urlOf('protocol/index.ts')}'

${exported} defineWorld({
  id: '${id}', version: '${version}', title: 'Heap', summary: 'Take one to three; the last one wins.',
  config: z.strictObject({ base: z.int().min(1).max(100).default(9) }),
  command: z.strictObject({ take: z.int().min(1).max(3) }),
  results: Results,
  state: z.strictObject({ left: z.int(), last: z.int(), wanted: z.array(z.int()) }),
  variants: [{ id: 'default', title: 'Heap', description: 'About ten.', config: {} }],
  bots: [
    { name: 'one', summary: 'Takes one.', create: () => ({ decide: () => ({ take: 1 }) }) },
    { name: 'two', summary: 'Takes two.', create: () => ({ decide: () => ({ take: 2 }) }) },
  ],
  slots: () => 2,
  create: ({ base }, seed) => ({ left: base + nextBelow(createRandom(seed, 'heap'), 5), last: -1, wanted: [0, 0] }),
  apply(state, slot, { take }) { state.wanted[slot] = take; return undefined },
  step(state) {
    for (const [slot, take] of state.wanted.entries()) {
      if (state.left === 0 || take === 0) continue
      state.left = Math.max(0, state.left - take)
      state.last = slot
    }
    state.wanted.fill(0)
  },
  observe: (state) => ({ left: state.left }),
  standing: (state) => ({ scores: [0, 1].map((slot) => (state.left === 0 && state.last === slot ? 1 : 0)) }),
  outcome: (state) => (state.left === 0 ? { ended: 'terminated', reason: 'Nothing is left.' } : undefined),
})
`
}
