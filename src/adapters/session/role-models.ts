// Who answers the model calls of text worlds: models by role, the worlds' own stand-ins, or one fixed text.
import type { ModelCall, ModelRole } from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CompleteOptions, ModelClient } from '../../models/client.ts'
import type { Meter, SpendingLimits, Spent } from '../../models/meter.ts'
import type { ModelUsage } from '../../protocol/model.ts'
import type { ModelProfile, RoleModelsInfo } from '../../protocol/session.ts'

/** Which model plays which role. */
export type ModelNames = Readonly<Record<ModelRole, string>>

export interface RoleModels {
  /** 'model', or what stands in for one. */
  readonly kind: RoleModelsInfo['kind']
  readonly profile: ModelProfile
  /** The client behind the roles, for agents that models play; absent where no model is configured. */
  readonly client?: ModelClient
  /** What has been asked so far; absent where nothing costs anything. */
  readonly spent?: () => Spent
  /** What plays slots of episodes; absent where no model is configured. */
  readonly agent?: { readonly client: ModelClient; readonly model: string }
  /** Where the server stops asking; absent where nothing costs anything. */
  readonly limits?: SpendingLimits
  /** @throws AppError as ModelClient does; MODEL_MISSING where a world has no stand-in */
  answer(call: ModelCall, options: CompleteOptions): Promise<Answer>
}

export interface Answer {
  readonly text: string
  /** Who answered at what price, for the journal; absent for those who stand in for a model. */
  readonly by?: { readonly model: string; readonly usage: ModelUsage }
}

/** Characters that an answer may have: an answer beyond them is no scene of a few words. */
const MAX_ANSWER = 20_000

/** How models are asked beside what the world asks. */
export interface Sampling {
  /** 0..2; absent: the endpoint's own. */
  readonly temperature?: number | undefined
  /** Tokens that one answer may have; absent: the endpoint's own limit. */
  readonly maxTokens?: number | undefined
}

/** Models by role behind one client. */
export function createModelRoles(
  client: ModelClient,
  meter: Meter,
  models: ModelNames,
  { temperature, maxTokens }: Sampling = {},
): RoleModels {
  const sampling = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  }
  return {
    kind: 'model',
    client,
    spent: () => meter.spent,
    agent: { client, model: models.updater },
    limits: meter.limits,
    profile: { updater_model: models.updater, validator_model: models.validator, scorer_model: models.scorer },
    async answer({ role, messages, schema }, options) {
      const shape = schema === undefined ? {} : { schema: { name: schema.name, schema: schema.schema } }
      const asked = { model: models[role], messages: [...messages], ...shape, ...sampling }
      const reply = await client.complete(asked, options)
      if (reply.text.length > MAX_ANSWER) {
        throw new AppError('MODEL_REPLY_INVALID', `the model answered with more than ${MAX_ANSWER} characters`)
      }
      return { text: reply.text, by: { model: reply.model, usage: reply.usage } }
    },
  }
}

/** The worlds' rule-based stand-ins: they need no key and no network, and are named wherever models are. */
export function createOfflineResponder(): RoleModels {
  const name = 'local-models'
  return {
    kind: 'local',
    profile: { updater_model: name, validator_model: name, scorer_model: name },
    async answer({ role, standIn }) {
      if (standIn) return { text: standIn() }
      throw new AppError('MODEL_MISSING', `the world has no stand-in for its ${role}, and no model is configured`)
    },
  }
}

/** One text for every call, as `--fake-ai-response` asks. */
export function createFixedRoleModels(text: string): RoleModels {
  const name = 'fake-ai-response'
  return {
    kind: 'fixed',
    profile: { updater_model: name, validator_model: name, scorer_model: name },
    answer: () => Promise.resolve({ text }),
  }
}
