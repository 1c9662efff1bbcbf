// A world that ends its process, for tests of quarantine.
import { join } from 'node:path'

/**
 * Source of a module with the world `deadly`: one slot, the bot `talker`, and no end.
 * @param line runs in every step, with the state in `at`; `at.step` counts from 0
 */
export const deadlyWorld = (line: string): string => `
import { z } from ${JSON.stringify(import.meta.resolve('zod'))}
import { defineWorld } from ${JSON.stringify(join(import.meta.dirname, '..', 'kernel', 'index.ts'))}
const state = z.strictObject({ step: z.int() })
export default defineWorld({
  id: 'deadly', version: '1.0.0', title: 'Deadly', summary: 'Takes its process down.',
  config: z.strictObject({}), command: z.strictObject({ say: z.string() }), state,
  results: z.object({ scores: z.array(z.number()) }),
  variants: [{ id: 'default', title: 'Deadly', description: 'Deadly.', config: {} }],
  bots: [{ name: 'talker', summary: 'Talks.', create: () => ({ decide: () => ({ say: 'x' }) }) }],
  slots: () => 1, create: () => ({ step: 0 }), apply() { return undefined },
  step(at) { ${line}; at.step++ },
  observe: (at) => ({ step: at.step }), standing: (at) => ({ scores: [at.step] }), outcome: () => undefined,
})
`

/** The line that ends the process at the sixth step, as a crash does. */
export const DIES = "if (at.step > 5) process.kill(process.pid, 'SIGKILL')"
