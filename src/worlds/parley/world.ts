// parley: a player's character and a simulated one meet in text. Five games share one engine; models open, answer,
// judge and score. Every model call is an effect, so a session replays without models. Data sheet:
// docs/worlds/parley.md.
import { z } from 'zod'
import { defineWorld } from '../../kernel/world.ts'
import { Results } from '../../protocol/episode.ts'
import { BOTS } from './bots.ts'
import { code } from './code.ts'
import { Command } from './commands.ts'
import { Config } from './config.ts'
import { dialogue } from './dialogue.ts'
import { answer, command } from './engine.ts'
import { storedReason } from './exits.ts'
import { GAMES } from './games.ts'
import { ParleyRequest } from './request.ts'
import { answerAs } from './responder/answer.ts'
import { fromRuntimeState } from './snapshot.ts'
import { createState, State } from './state.ts'
import { VARIANTS } from './variants.ts'
import { type Observation, observe, spectate, summarize } from './views.ts'

const ParleyResults = Results.extend({
  scores: z.array(z.int().min(0).max(100)).length(1),
  tier: z.int().min(0).max(3).nullable(),
  turns: z.int().min(0),
  termination_reason: z.string().nullable(),
})

export const parley = defineWorld<Config, State, Command, Observation>({
  id: 'parley',
  version: '1.0.0',
  title: 'Parley',
  summary:
    'A text role-play: you play one character, a model plays the other, and further models see to the rules. Five games, from free exploration to working together.',
  code,
  config: Config,
  command: Command,
  results: ParleyResults,
  state: State,
  variants: VARIANTS,
  bots: BOTS,
  slots: () => 1,
  create: (config, seed) =>
    config.restore === undefined ? createState(config, seed) : fromRuntimeState(config, config.restore, seed),
  apply: (state, _slot, said, out) => command(state, said, out),
  // All work happens when a command or a reply arrives.
  step: () => undefined,
  reply: answer,
  awaits: (state) => (state.exit === null && state.phase.kind === 'idle' ? [0] : []),
  observe: (state) => observe(state),
  offline: { model: (request, at) => ({ text: answerAs(ParleyRequest.parse(request)), at }) },
  view: { spectate },
  dialogue,
  headless: {
    summarize,
    outline: (config) => ({ objective: { kind: config.game, description: GAMES[config.game].description } }),
  },
  standing: (state) => ({
    scores: [state.score?.score ?? 0],
    tier: state.score?.tier ?? null,
    turns: state.turns,
    termination_reason: state.exit === null ? null : storedReason(state.exit),
  }),
  outcome: (state) => (state.exit === null ? undefined : { ended: 'terminated', reason: storedReason(state.exit) }),
})
