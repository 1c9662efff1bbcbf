// The models of a pilot: who plays the characters, who writes for the participants, and what was asked of them.
import { createOfflineResponder, type RoleModels } from '../../adapters/session/role-models.ts'
import { type Mind, ruleMind } from '../../experiment/pilot/mind.ts'
import { modelMind } from '../../experiment/pilot/model-mind.ts'
import type { Twister } from '../../experiment/strategy/twister.ts'
import type { Io } from '../io.ts'
import { createRoleModels, planEndpoint, priceOf, type RoleModelOptions } from '../role-models.ts'

export interface PilotModelFlags extends RoleModelOptions {
  readonly participantModel?: string
}

/** What was asked of models, or would have been. */
export interface Usage {
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  /** US dollars; null: unknown. */
  readonly cost_usd: number | null
  /** Counted from characters, since no model was asked. */
  readonly is_estimated: boolean
}

export interface PilotModels {
  /** What plays the characters. */
  readonly roles: RoleModels
  /** Undefined: rules. */
  readonly mind: ((draw: Twister) => Mind) | undefined
  /** One sentence: which models play. */
  readonly about: string
  usage(): Usage
}

/** Characters per token of English text, roughly. */
const CHARACTERS_PER_TOKEN = 4

/** @throws AppError MODEL_MISSING for a hosted endpoint without a key */
export async function createPilotModels(io: Io, flags: PilotModelFlags): Promise<PilotModels> {
  const { participantModel } = flags
  const own = planEndpoint(io, flags)
  const plan =
    own ?? (participantModel === undefined ? undefined : planEndpoint(io, { ...flags, model: participantModel }))
  const asked = await createRoleModels(plan && withParticipants(plan, participantModel), flags)
  const { client } = asked
  const isModel = client !== undefined
  const counted = countCharacters(own || !isModel ? asked : createOfflineResponder())
  const mind =
    client && participantModel !== undefined
      ? (draw: Twister) => modelMind({ client, model: participantModel, signal: io.signal }, draw)
      : undefined
  const host = plan ? ` at ${new URL(plan.baseUrl).host}` : ''
  const characters = own ? `${own.models.updater}${host}` : 'the offline responder'
  const people = mind ? `${participantModel}${host}` : 'rules'
  return {
    roles: counted.roles,
    mind: mind ?? ((draw) => ruleMind(draw)),
    about: `Characters: ${characters}; participants: ${people}.`,
    usage: () => (isModel && asked.spent ? metered(asked.spent()) : estimated(counted, flags)),
  }
}

/** The price of an option applies to the participants' model as well. */
function withParticipants<T extends { readonly models: object }>(plan: T, participant: string | undefined): T {
  return participant === undefined ? plan : { ...plan, models: { ...plan.models, participant } }
}

function metered(spent: ReturnType<NonNullable<RoleModels['spent']>>): Usage {
  const { calls, input_tokens, output_tokens, cost_usd, unpriced_calls } = spent
  return { calls, input_tokens, output_tokens, cost_usd: unpriced_calls > 0 ? null : cost_usd, is_estimated: false }
}

function estimated({ count }: ReturnType<typeof countCharacters>, flags: PilotModelFlags): Usage {
  const tokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN)
  const [input_tokens, output_tokens] = [tokens(count.input), tokens(count.output)]
  const price = priceOf(flags)
  const cost_usd = price ? (input_tokens * price.input + output_tokens * price.output) / 1_000_000 : null
  return { calls: count.calls, input_tokens, output_tokens, cost_usd, is_estimated: true }
}

/** Counts the calls that a model would get, and their characters. */
function countCharacters(models: RoleModels) {
  const count = { calls: 0, input: 0, output: 0 }
  const roles: RoleModels = {
    ...models,
    async answer(call, options) {
      const answer = await models.answer(call, options)
      count.calls++
      count.input += call.messages.reduce((sum, { content }) => sum + content.length, 0)
      count.output += answer.text.length
      return answer
    },
  }
  return { roles, count }
}
