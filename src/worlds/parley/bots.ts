// The bots that ship with parley. They see what a player sees. They have no clock: each input adds some seconds of
// thinking time to the latest time that the session knows.
import { at } from '../../kernel/at.ts'
import { createRandom, nextBelow, type RandomState, shuffled } from '../../kernel/random.ts'
import type { Bot, BotMaker } from '../../kernel/world.ts'
import type { Command } from './commands.ts'
import type { Observation } from './views.ts'

const THINKING_MS = 4000
/** Turns after which the visitor finishes, including the opening: the minimum, and the maximum random addition. */
const TURNS = { least: 6, spread: 5 } as const

/** `{npc}`: the other character. `{thing}`: something that the last scene mentioned. */
const ACTIONS = [
  'I wave to {npc}.',
  'I say: "Hello, {npc}."',
  'I move a little closer to {npc} and stop.',
  'I ask {npc} what it wants.',
  'I touch the {thing}.',
  'I push the {thing} towards {npc}.',
  'I offer {npc} the {thing}.',
  'I wait for a while.',
  'I tap a rhythm on the {thing}.',
  'I ask {npc}: "Can you help me with the {thing}?"',
  'I turn the {thing} over.',
  'I hum a short tune.',
] as const
const GUESSES = ['comes closer', 'keeps its distance', 'makes a sound', 'waits', 'answers'] as const

function fill(template: string, seen: Observation, random: RandomState): string {
  const last = seen.transcript.findLast((entry) => entry.event_type === 'ai')?.content ?? ''
  const things = [...last.matchAll(/\b(?:the|a|an) ([a-z]{3,})\b/g)].map(([, thing = '']) => thing)
  const thing = things[nextBelow(random, Math.max(1, things.length))] ?? 'floor'
  return template.replaceAll('{thing}', thing).replaceAll('{npc}', seen.npc)
}

/** What the bot has learned: the words that occurred most often near the other character's name. */
function impression(seen: Observation): string {
  const scenes = seen.transcript.filter((entry) => entry.event_type === 'ai').map((entry) => entry.content)
  const telling = scenes.flatMap((scene) => scene.split('. ').filter((sentence) => sentence.includes(seen.npc)))
  return `${seen.npc} seems to care about this: ${telling.slice(-2).join('. ').slice(0, 200)}`
}

function createVisitor(seed: number): Bot<Observation, Command> {
  const random = createRandom(seed, 'parley/visitor')
  const actions = shuffled(random, ACTIONS)
  const turns = TURNS.least + nextBelow(random, TURNS.spread)
  let said = 0
  const speak = (seen: Observation): string => {
    if (seen.question === 'answer') return impression(seen)
    if (seen.question === 'confidence') return 'Fairly confident: it came back to it more than once.'
    if (seen.turns >= turns || said >= 2 * turns) return '/finish'
    const action = fill(at(actions, said++ % actions.length), seen, random)
    const guess = GUESSES[nextBelow(random, GUESSES.length)]
    return seen.game === 'Foresight' ? `${action} I predict that ${seen.npc} ${guess}.` : action
  }
  return {
    decide(seen) {
      if (!seen.awaits) return undefined
      const when = seen.at + THINKING_MS
      return seen.has_begun ? { type: 'say', text: speak(seen), at: when } : { type: 'begin', at: when }
    },
  }
}

export const BOTS: readonly BotMaker<Observation, Command>[] = [
  {
    name: 'visitor',
    summary: 'Tries this and that for some turns, finishes, and answers what it is asked.',
    create: createVisitor,
  },
  {
    name: 'brief',
    summary: 'Begins, and finishes at once.',
    create: () => ({
      decide(seen) {
        if (!seen.awaits) return undefined
        const when = seen.at + THINKING_MS
        return seen.has_begun
          ? { type: 'say', text: seen.question === 'none' ? '/finish' : 'I cannot say.', at: when }
          : { type: 'begin', at: when }
      },
    }),
  },
]
