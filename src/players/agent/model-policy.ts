// A language model as a policy. The model sees the rules of the protocol, its perception and its past turns, and
// answers with one command as JSON. The prompt depends only on the episode, so a replayed run sends the same requests.

import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { firstJsonObject, withoutThinking } from '../../kernel/model-text.ts'
import { describeIssue } from '../../kernel/parse.ts'
import type { ModelClient } from '../../models/client.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { ModelMessage } from '../../protocol/model.ts'
import { AgentCommand, COMMAND_TYPES } from '../../protocol/perception-command.ts'
import { type Decision, NOOP, type Policy, type Turn } from './policy.ts'

export interface ModelPolicyOptions {
  readonly client: ModelClient
  readonly model: string
  /** The goal of the agent, instead of the general aim. */
  readonly goal?: string | undefined
  /** Number of past turns in the prompt. */
  readonly memory?: number
}

const MEMORY = 12
/** Token limit of one answer: models that think aloud need room. */
const MAX_TOKENS = 2000
/** Characters of an outcome or reason in the prompt. */
const MAX_REMEMBERED = 400

const GOAL =
  'Explore, talk to people, and finish as many quests as you can. Stay alive: rest or leave when your health is low.'

/** The shape of an answer. Looser than the protocol, which decides. */
const Answer = z.object({
  reasoning: z.string().min(1).max(4000),
  command: z.enum(COMMAND_TYPES),
  params: JsonObject,
})
const ANSWER_SCHEMA = JsonObject.parse(z.toJSONSchema(Answer))

const RULES = `You control one agent in a simulated world. Each time you are told what the agent perceives, you answer with exactly one command.
Answer with one JSON object and nothing else: {"reasoning": "why, in one or two sentences", "command": "<word>", "params": {...}}

Words and their params:
- move_to: one of {"entity_id"}, {"target_cell"}, {"target_x", "target_y"}. Walking may take a while.
- interact: {"entity_id", "interaction_type"} with interaction_type one of talk, activate, open, take, examine. You must stand beside it.
- dialogue: {"entity_id", "topic", "choice_idx"?}. Topics are told when you talk to somebody.
- use_item: {"item_id", "target_entity_id"?}.
- combat_action: {"action_type", "target_entity_id"} with action_type one of attack, block, cast, flee; flee needs no target.
- wait: {"duration_seconds"} above 0.
- journal_note: {"content", "tags"?}: a note to yourself; you are reminded of your latest notes.
- noop: {}.
Use only ids that you perceive or were told of. If a command fails, do something else next time.`

interface Memory {
  readonly cycle: number
  readonly command: string
  readonly reasoning: string
  outcome: string
}

export function createModelPolicy(options: ModelPolicyOptions): Policy {
  const memories: Memory[] = []
  const notes: string[] = []
  const most = options.memory ?? MEMORY
  return {
    async decide(turn, signal) {
      const last = memories.at(-1)
      if (last && turn.last) last.outcome = clip(`${turn.last.status}: ${turn.last.outcome ?? ''}`)
      const decision = await think(options, messagesFor(turn, memories.slice(-most), notes, options.goal), signal)
      const { command, params } = decision.command
      memories.push({
        cycle: turn.cycle,
        command: `${command} ${JSON.stringify(params)}`,
        reasoning: clip(decision.reasoning),
        outcome: '',
      })
      if (memories.length > most) memories.shift()
      if (decision.command.command === 'journal_note') notes.push(clip(decision.command.params.content))
      if (notes.length > most) notes.shift()
      return decision
    },
  }
}

const clip = (text: string): string => (text.length > MAX_REMEMBERED ? `${text.slice(0, MAX_REMEMBERED)}…` : text)

function messagesFor(
  { perception, cycle }: Turn,
  memories: readonly Memory[],
  notes: readonly string[],
  goal: string = GOAL,
): ModelMessage[] {
  // The time of the snapshot is wall-clock time: with it, no run could be replayed.
  const { timestamp: _, protocol_version: __, ...seen } = perception
  const past = memories.map(
    (each) => `- turn ${each.cycle}: ${each.command} (${each.reasoning}) -> ${each.outcome || 'no outcome yet'}`,
  )
  const parts = [
    past.length === 0 ? 'You have done nothing yet.' : `What you did:\n${past.join('\n')}`,
    ...(notes.length === 0 ? [] : [`Your notes:\n${notes.map((note) => `- ${note}`).join('\n')}`]),
    `Turn ${cycle}. You perceive:\n${JSON.stringify(seen)}`,
  ]
  return [
    { role: 'system', content: `${RULES}\n\nYour aim: ${goal}` },
    { role: 'user', content: parts.join('\n\n') },
  ]
}

/**
 * Asks, and asks once more with the fault in the prompt. A model that fails twice does nothing, and the log says why.
 */
async function think(
  { client, model }: ModelPolicyOptions,
  messages: readonly ModelMessage[],
  signal: AbortSignal,
): Promise<Decision> {
  const request = { model, schema: { name: 'command', schema: ANSWER_SCHEMA }, max_tokens: MAX_TOKENS }
  let asked = [...messages]
  let fault = ''
  for (let attempt = 0; attempt < 2; attempt++) {
    let text: string
    try {
      text = (await client.complete({ ...request, messages: asked }, { signal })).text
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'MODEL_REPLY_INVALID') throw error
      text = ''
    }
    const read = readDecision(text)
    if (!('fault' in read)) return read
    fault = read.fault
    asked = [
      ...messages,
      { role: 'assistant', content: text.slice(0, 4000) || '(nothing)' },
      { role: 'user', content: `That is not a valid command: ${fault}. Answer again, with one JSON object only.` },
    ]
  }
  return { command: NOOP, reasoning: `The model gave no valid command twice (${clip(fault)}), so nothing is done.` }
}

/** Reads an answer: JSON alone, fenced, or with prose around it. */
export function readDecision(text: string): Decision | { fault: string } {
  const body = firstJsonObject(withoutThinking(text)) ?? /\{[\s\S]*\}/.exec(text)?.[0]
  if (body === undefined) return { fault: 'there is no JSON object in the answer' }
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return { fault: 'the JSON object does not parse' }
  }
  const answer = Answer.safeParse(json)
  if (!answer.success) return { fault: describeIssue(answer.error, 'command') }
  const { command, params, reasoning } = answer.data
  // Models send null for absent values; the protocol omits them.
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
  const parsed = AgentCommand.safeParse({ command, params: given })
  return parsed.success ? { command: parsed.data, reasoning } : { fault: describeIssue(parsed.error, 'command') }
}
