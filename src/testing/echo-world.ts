// The smallest text world for tests: one game, no characters. It repeats the player's input; "ask ..." sends a request
// to a model.
import { z } from 'zod'
import { DIALOGUE_EVENTS, type DialogueCapability, type DialogueEvent } from '../kernel/dialogue.ts'
import { defineWorld, type StepOutput, type World } from '../kernel/world.ts'
import { Results } from '../protocol/episode.ts'
import type { JsonObject } from '../protocol/json.ts'

const at = z.int().min(0)
const Command = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('begin'), at }),
  z.strictObject({ type: z.literal('say'), text: z.string(), at }),
  z.strictObject({ type: z.literal('resume'), at }),
  z.strictObject({ type: z.literal('exit'), reason: z.string(), at }),
])
const State = z.strictObject({ turns: z.int(), isAsking: z.boolean(), ended: z.string().nullable(), at: z.int() })
type State = z.infer<typeof State>

const dialogue: DialogueCapability<State> = {
  games: [
    {
      ...{ id: 'echo', name: 'Echo', description: 'What you say comes back.', version: '1.0.0', authors: ['T'] },
      ...{ stopping_conditions: {}, is_scored: false, overrides: z.strictObject({}) },
    },
  ],
  configure: () => ({}),
  commands: {
    begin: (time) => ({ type: 'begin', at: time }),
    say: (text, time) => ({ type: 'say', text, at: time }),
    resume: (time) => ({ type: 'resume', at: time }),
    exit: (reason, time) => ({ type: 'exit', reason, at: time }),
  },
  progress: ({ turns }) => ({ turns, hasBegun: turns > 0 }),
  models: {
    effect: 'oracle',
    call: (request) => ({
      role: 'updater',
      messages: [{ role: 'user', content: z.string().parse(request) }],
      standIn: () => `The stand-in heard: ${z.string().parse(request)}`,
    }),
  },
}

function row(
  state: State,
  out: StepOutput,
  of: Pick<DialogueEvent, 'direction' | 'event_type' | 'event_source' | 'content'>,
): void {
  const data: DialogueEvent = {
    ...{ content_format: 'markdown', turn_index: state.turns, command_name: null, command_args: null },
    ...{ visible_to_user: true, at: state.at, ...of },
  }
  out.event({ slot: 0, kind: DIALOGUE_EVENTS.event, data })
}

function answer(state: State, out: StepOutput, content: string): void {
  state.turns++
  row(state, out, { direction: 'outbound', event_type: 'message', event_source: 'npc', content })
  out.event({ slot: 0, kind: DIALOGUE_EVENTS.turnEnd, data: { turns: state.turns, exited: state.ended !== null } })
}

function take(state: State, said: z.infer<typeof Command>, out: StepOutput): void {
  state.at = Math.max(state.at, said.at)
  if (said.type === 'begin') answer(state, out, 'Hello.')
  else if (said.type === 'exit') {
    state.ended = said.reason.replaceAll(' ', '_')
    const content = `session_end: ${state.ended}`
    row(state, out, { direction: 'internal', event_type: 'session_end', event_source: 'system', content })
  } else if (said.type === 'say') {
    if (said.text === 'throw') throw new Error('the echo broke')
    row(state, out, { direction: 'inbound', event_type: 'message', event_source: 'user', content: said.text })
    if (!said.text.startsWith('ask ')) answer(state, out, `You said: ${said.text}`)
    else {
      out.effect('oracle', said.text.slice(4))
      state.isAsking = true
    }
  }
}

/** @param name name of its game */
export function createEchoWorld(version = '1.0.0', name = 'Echo'): World {
  const games = dialogue.games.map((game) => ({ ...game, name }))
  return defineWorld<JsonObject, State, z.infer<typeof Command>, State>({
    ...{ id: 'echo', version, title: 'Echo', summary: 'Repeats what is said.', results: Results, slots: () => 1 },
    ...{ config: z.strictObject({}), command: Command, state: State, dialogue: { ...dialogue, games } },
    variants: [{ id: 'default', title: 'Echo', description: 'The only one.', config: {} }],
    create: () => ({ turns: 0, isAsking: false, ended: null, at: 0 }),
    apply(state, _slot, said, out) {
      take(state, said, out)
      return undefined
    },
    step: () => undefined,
    reply(state, reply, out) {
      state.isAsking = false
      answer(state, out, reply.ok ? z.object({ text: z.string() }).parse(reply.value).text : 'Nobody knows.')
    },
    awaits: (state) => (state.isAsking || state.ended !== null ? [] : [0]),
    observe: (state) => ({ ...state }),
    standing: () => ({ scores: [0] }),
    outcome: (state) => (state.ended === null ? undefined : { ended: 'terminated', reason: state.ended }),
  })
}
