// frontier: a small country in which agents act by perceptions and commands. Up to four agents walk, talk, carry, fight
// and rest. The rules start in tick.ts and commands.ts; places and people are in content/; the data sheet for people is
// docs/worlds/frontier.md.
import { z } from 'zod'
import { defineWorld, type World } from '../../kernel/world.ts'
import { AgentCommand } from '../../protocol/perception-command.ts'
import { createAtlas } from './atlas.ts'
import { createBots } from './bots.ts'
import { code } from './code.ts'
import { acceptCommand } from './commands.ts'
import { CONTENT } from './content/content.ts'
import type { Content } from './content/shape.ts'
import { type FrontierObservation, observe, perceive, spectate } from './perceive.ts'
import { areQuestsDone } from './quests.ts'
import type { Scene } from './scene.ts'
import { FrontierResults, standingOf } from './scores.ts'
import { findViolations } from './sound.ts'
import { createState, type FrontierConfig, FrontierState, MAX_SLOTS } from './state.ts'
import { advanceTick, endOf } from './tick.ts'

const TITLE = 'Frontier'
const SUMMARY =
  'A ford town, a marsh road, a heath and a flooded quarry. Up to four travellers walk, talk, carry, fight and rest, each by what it perceives; quests, gold, discovery and survival count.'

const VARIANTS = [
  {
    id: 'arrival',
    title: 'Arrival',
    description: 'One traveller, three quests, two days.',
    config: { quests: ['bitter-cup', 'blue-wax', 'still-bell'], slots: 1, max_ticks: 2880 },
  },
  {
    id: 'company',
    title: 'Company',
    description: 'Four travellers in one country, four quests, three days.',
    config: { quests: ['bitter-cup', 'blue-wax', 'still-bell', 'leaning-hand'], slots: 4, max_ticks: 4320 },
  },
  {
    id: 'errand',
    title: 'Errand',
    description: 'One traveller and one errand across the street, five hours at most.',
    config: { quests: ['leaning-hand'], slots: 1, max_ticks: 300 },
  },
]

function createConfig(content: Content): z.ZodType<FrontierConfig> {
  const known = content.quests.map((quest) => quest.id)
  return z.strictObject({
    quests: z
      .array(z.enum(known))
      .min(1)
      .refine((quests) => new Set(quests).size === quests.length, 'a quest stands there twice')
      .describe('Which quests are played.'),
    slots: z.int().min(1).max(MAX_SLOTS).default(1).describe('How many agents.'),
    max_ticks: z.int().min(1).max(100_000).describe('Ticks until the end, a minute each.'),
  })
}

/**
 * Creates the world for the given content. `frontier` uses the built-in content; other content with the same rules
 * makes another country.
 * @throws Error that lists every fault of the content
 */
export function createFrontier(
  content: Content,
): World<FrontierConfig, FrontierState, AgentCommand, FrontierObservation> {
  const atlas = createAtlas(content)
  const sceneOf = (state: FrontierState, out: Scene['out']): Scene => ({ atlas, state, out })
  return defineWorld<FrontierConfig, FrontierState, AgentCommand, FrontierObservation>({
    id: 'frontier',
    version: '1.1.0',
    title: TITLE,
    summary: SUMMARY,
    code,
    config: createConfig(content),
    command: AgentCommand,
    results: FrontierResults,
    state: FrontierState.superRefine((state, context) => {
      for (const message of findViolations(atlas, state)) context.addIssue({ code: 'custom', message })
    }),
    bots: createBots(content),
    variants: VARIANTS,
    slots: (config) => config.slots,
    create: (config, seed) => createState(atlas, config, seed),
    apply(state, slot, command, out) {
      const self = state.agents[slot]
      if (!self) return { code: 'VALIDATION_ERROR', reason: `There is no slot ${slot}.` }
      return acceptCommand(sceneOf(state, out), { slot, self }, command)
    },
    step: (state, out) => advanceTick(sceneOf(state, out)),
    observe: (state, slot) => observe(atlas, state, slot),
    view: { spectate: (state) => spectate(atlas, state) },
    perception: { perceive: (state, slot) => perceive(atlas, state, slot) },
    // In lockstep the world waits for idle agents; it does not wait for busy or unconscious ones.
    awaits: (state) =>
      state.agents.flatMap(({ command, down }, slot) =>
        down > 0 || (command !== null && command.ended_at === null) ? [] : [slot],
      ),
    fallback: (state, slot) => {
      const command = state.agents[slot]?.command
      return command && command.ended_at === null ? undefined : { command: 'noop', params: {} }
    },
    standing: standingOf,
    outcome(state) {
      const scene = { atlas, state }
      const reason = endOf(scene)
      if (reason === undefined) return undefined
      return { ended: areQuestsDone(scene) ? 'terminated' : 'truncated', reason }
    },
  })
}

export const frontier = createFrontier(CONTENT)
