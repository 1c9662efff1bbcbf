// Sessions of parley for tests, with scripted models and a manual clock.
import { DialogueEvent, DialogueNotice, DialogueTurnEnd } from '../kernel/dialogue.ts'
import { createFold, type Fold, foldCommand, foldReply, foldStep } from '../kernel/fold.ts'
import { parseWith } from '../kernel/parse.ts'
import type { World } from '../kernel/world.ts'
import type { EffectReply, EffectRequest, Refusal } from '../protocol/episode.ts'
import type { JsonObject } from '../protocol/json.ts'
import { ParleyRequest } from '../worlds/parley/request.ts'
import { parley } from '../worlds/parley/world.ts'

export const PERSON: JsonObject = {
  hid: 'PA',
  authors: ['T'],
  is_human: true,
  pc_eligible: true,
  common_labels: ['test'],
  short_description: 'A person who repairs clocks.',
  long_description: 'A person who repairs clocks in a small town.',
  abilities: ['Can repair clocks.', 'Can do what most people can.'],
  goals: ['finish the station clock'],
  hsn_divergence: { stability_assumptions: { functional_stability: { value: 'normative', explanation: 'Steady.' } } },
  dimensions: null,
}
export const ROBOT: JsonObject = {
  hid: 'RB',
  authors: ['T'],
  is_human: false,
  pc_eligible: false,
  common_labels: ['test'],
  short_description: 'A small robot that looks for sockets.',
  long_description: 'A small robot on two wheels. Its battery is nearly empty.',
  abilities: ['Can roll on two wheels.', 'Can beep.', 'Cannot speak.'],
  goals: ['find a socket and charge the battery'],
  hsn_divergence: null,
  dimensions: { form: { value: ['embodied (physical)'], explanation: 'Wheels.' } },
}

/** A model's reaction to a request: a text, or a failure. */
export type Reaction = string | { readonly code: string; readonly message: string }

export const ai = (content: string, more: JsonObject = {}): string => JSON.stringify({ type: 'ai', content, ...more })
export const PASS = '{"pass":true}'
export const refuse = (reason: string): string => JSON.stringify({ pass: false, reason })
export const SCORE = '{"tier":2,"score":60,"reasoning":"Close."}'

/** All models work: scenes are numbered by turn. */
export function obliging({ role, cast, game }: ParleyRequest): Reaction {
  if (role === 'validator') return PASS
  if (role === 'scorer') return SCORE
  if (role === 'updater') return ai(`RB answers ${cast.turn}.`)
  return game === 'teamwork' ? ai('A new space.', { metadata: { shared_goal: 'to charge RB' } }) : ai('A new space.')
}

export interface Asked {
  readonly id: string
  readonly request: ParleyRequest
}

export class ParleyStage {
  readonly fold: Fold
  /** Milliseconds; each command and each answer advances it. */
  at = 0
  readonly events: DialogueEvent[] = []
  readonly notices: DialogueNotice[] = []
  readonly ends: DialogueTurnEnd[] = []
  /** Kinds of events in the order received. */
  readonly kinds: string[] = []
  readonly cancelled: string[] = []

  constructor(config: JsonObject, seed = 1) {
    const world: World = parley
    const parsed = parseWith(
      world.config,
      { rules: 2, pc: PERSON, npc: ROBOT, ...config },
      { code: 'CONFIG_INVALID', what: 'Test' },
    )
    this.fold = createFold(world, parsed, seed)
  }

  command(command: unknown): Refusal | undefined {
    const refusal = foldCommand(this.fold, 0, parley.command.parse(command))
    this.#step()
    return refusal
  }

  /** Requests that await an answer. */
  get pending(): Asked[] {
    return [...this.fold.out.pending.values()].map(({ id, request }: EffectRequest) => ({
      id,
      request: ParleyRequest.parse(request),
    }))
  }

  /** Answers one request by id, or the first of a role or check. */
  answer(which: string, reaction: Reaction): void {
    const asked = this.pending.find(({ id, request }) => [id, request.role, request.check].includes(which))
    if (!asked) throw new Error(`nothing asked of ${which}`)
    this.answerAll([[asked.id, reaction]])
  }

  /** Answers that arrive together, in one step. */
  answerAll(answers: readonly (readonly [id: string, reaction: Reaction])[]): void {
    for (const [effect, reaction] of answers) {
      this.at += 10
      const reply: EffectReply =
        typeof reaction === 'string'
          ? { ok: true, effect, value: { text: reaction, at: this.at } }
          : { ok: false, effect, ...reaction }
      foldReply(this.fold, reply)
    }
    this.#step()
  }

  /** Lets the models answer until no effect is pending. */
  settle(model: (request: ParleyRequest) => Reaction = obliging): void {
    for (let rounds = 0; this.fold.out.pending.size > 0 && rounds < 100; rounds++) {
      this.answerAll(this.pending.map(({ id, request }) => [id, model(request)]))
    }
  }

  begin(model?: (request: ParleyRequest) => Reaction): this {
    this.command({ type: 'begin', at: this.at })
    this.settle(model)
    return this
  }

  /** One input with all its consequences; returns only the events of this turn. */
  say(text: string, model?: (request: ParleyRequest) => Reaction): DialogueEvent[] {
    const before = this.events.length
    this.at += 1000
    this.command({ type: 'say', text, at: this.at })
    this.settle(model)
    return this.events.slice(before)
  }

  #step(): void {
    foldStep(this.fold)
    const { out } = this.fold
    for (const { kind, data } of out.events) {
      this.kinds.push(kind)
      if (kind === 'session_event') this.events.push(DialogueEvent.parse(data))
      else if (kind === 'notice') this.notices.push(DialogueNotice.parse(data))
      else this.ends.push(DialogueTurnEnd.parse(data))
    }
    this.cancelled.push(...out.cancelled)
    out.clear()
  }
}

/** Type and content of each event, for comparisons. */
export const brief = (events: readonly DialogueEvent[]): string[] =>
  events.map(({ direction, event_source, event_type }) => `${direction} ${event_source} ${event_type}`)
