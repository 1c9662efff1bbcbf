// Who plays the roles that parley asks for: models, the offline responder, or one fixed text.
import { AppError } from '../../kernel/errors.ts'
import type { CompleteOptions, ModelClient } from '../../models/client.ts'
import type { Meter, Spent } from '../../models/meter.ts'
import type { ModelUsage } from '../../protocol/model.ts'
import type { ModelProfile, RoleModelsInfo } from '../../protocol/session.ts'
import type { ParleyRequest } from '../../worlds/parley/request.ts'
import { answerAs } from '../../worlds/parley/responder/answer.ts'

/** Which model plays which role. */
export interface ModelNames {
  readonly opener: string
  readonly updater: string
  readonly validator: string
  readonly scorer: string
}

export interface RoleModels {
  /** 'model', or what stands in for one. */
  readonly kind: RoleModelsInfo['kind']
  readonly profile: ModelProfile
  /** What has been asked so far; absent where nothing costs anything. */
  readonly spent?: () => Spent
  /** @throws AppError as ModelClient does */
  answer(request: ParleyRequest, options: CompleteOptions): Promise<Answer>
}

export interface Answer {
  readonly text: string
  /** Who answered at what price, for the journal; absent for those who stand in for a model. */
  readonly by?: { readonly model: string; readonly usage: ModelUsage }
}

/** Characters that an answer may have: an answer beyond them is no scene of a few words. */
const MAX_ANSWER = 20_000

/** A cast of models behind one client. */
export function createModelRoles(client: ModelClient, meter: Meter, models: ModelNames): RoleModels {
  return {
    kind: 'model',
    spent: () => meter.spent,
    profile: { updater_model: models.updater, validator_model: models.validator, scorer_model: models.scorer },
    async answer(request, options) {
      const reply = await client.complete({ model: models[request.role], messages: request.messages }, options)
      if (reply.text.length > MAX_ANSWER) {
        throw new AppError('MODEL_REPLY_INVALID', `the model answered with more than ${MAX_ANSWER} characters`)
      }
      return { text: reply.text, by: { model: reply.model, usage: reply.usage } }
    },
  }
}

/** The rule-based stand-in: it needs no key and no network, and says so wherever models are named. */
export function createOfflineResponder(): RoleModels {
  const name = 'local-models'
  return {
    kind: 'local',
    profile: { updater_model: name, validator_model: name, scorer_model: name },
    answer: (request) => Promise.resolve({ text: answerAs(request) }),
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
