// Answers the model calls of text worlds: with models by role, the worlds' own offline responders, or one fixed text.
import type { ModelCall, ModelRole } from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CompleteOptions, ModelClient } from '../../models/client.ts'
import type { Meter, SpendingLimits, Spent } from '../../models/meter.ts'
import type { ModelUsage } from '../../protocol/model.ts'
import type { ModelProfile, RoleModelsInfo } from '../../protocol/session.ts'

/** Which model plays which role. */
export type ModelNames = Readonly<Record<ModelRole, string>>

export interface RoleModels {
  /** 'model', or its substitute. */
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
  /** Model and cost of an answer, for the journal; absent for substitutes of a model. */
  readonly by?: { readonly model: string; readonly usage: ModelUsage }
}

/** Maximum characters of an answer: scenes are far shorter. */
const MAX_ANSWER = 20_000

/** Model options in addition to the world's request. */
export interface Sampling {
  /** 0..2; absent: the endpoint's own. */
  readonly temperature?: number | undefined
  /** Token limit of one answer; absent: the endpoint's own. */
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

/** The worlds' offline responders: they need no key and no network, and are listed like models. */
export function createOfflineResponder(): RoleModels {
  const name = 'local-models'
  return {
    kind: 'local',
    profile: { updater_model: name, validator_model: name, scorer_model: name },
    async answer({ role, standIn }) {
      if (standIn) return { text: standIn() }
      throw new AppError(
        'MODEL_MISSING',
        `no model is configured, and the world has no offline responder for the role ${role}`,
      )
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
