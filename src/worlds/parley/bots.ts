// Players that ship with parley. They have no clock: each input counts as some seconds of thought.
import type { BotMaker } from '../../kernel/world.ts'
import type { Command } from './commands.ts'
import type { Observation } from './views.ts'

const THINKING_MS = 4000

export const BOTS: readonly BotMaker<Observation, Command>[] = [
  {
    name: 'finisher',
    summary: 'Begins, and finishes at once.',
    create: () => ({
      decide: (seen) => {
        if (!seen.awaits) return undefined
        const at = seen.at + THINKING_MS
        if (!seen.has_begun) return { type: 'begin', at }
        return { type: 'say', text: seen.question === 'none' ? '/finish' : 'I cannot say.', at }
      },
    }),
  },
]
