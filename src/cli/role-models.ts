// Which models play the characters of text games, from options and environment.
import {
  createFixedRoleModels,
  createModelRoles,
  createOfflineResponder,
  type ModelNames,
  type RoleModels,
} from '../adapters/session/role-models.ts'
import { AppError } from '../kernel/errors.ts'
import { createEndpointClient, MODEL_TIMEOUT_MS } from '../models/endpoint-client.ts'
import { Meter, withMeter } from '../models/meter.ts'
import { withQueue } from '../models/queue.ts'
import { withRetries } from '../models/retrying-client.ts'
import type { ModelPrice } from '../protocol/model.ts'
import type { Io } from './io.ts'

export interface RoleModelOptions {
  readonly fakeAiResponse?: string
  readonly model?: string
  readonly openerModel?: string
  readonly updaterModel?: string
  readonly validatorModel?: string
  readonly scorerModel?: string
  readonly baseUrl?: string
  readonly modelTimeout?: number
  readonly modelConcurrency?: number
  readonly modelTemperature?: number
  readonly modelAnswerTokens?: number
  readonly maxTokens?: number
  readonly maxUsd?: number
  readonly priceIn?: number
  readonly priceOut?: number
}

/** The price of every model, if the options give one. */
export function priceOf({ priceIn, priceOut }: RoleModelOptions): ModelPrice | undefined {
  return priceIn === undefined && priceOut === undefined ? undefined : { input: priceIn ?? 0, output: priceOut ?? 0 }
}

const OPENAI = 'https://api.openai.com/v1'
const OPENROUTER = 'https://openrouter.ai/api/v1'
/** The original's default. */
const OPENROUTER_MODEL = 'openai/gpt-5-mini'
/** Concurrent calls to the endpoint, of all sessions together. */
const AT_ONCE = 64

/** The endpoint that plays the characters, and the model of each role. */
export interface EndpointPlan {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly models: ModelNames
}

/**
 * The endpoint from flags and environment; undefined: the offline responder or a fixed text is used.
 * @throws AppError MODEL_MISSING for a hosted endpoint without a key
 */
export function planEndpoint({ config }: Io, options: RoleModelOptions): EndpointPlan | undefined {
  if (options.fakeAiResponse !== undefined) return undefined
  const isOpenRouter = config.OPENROUTER_API_KEY !== undefined && config.OPENAI_BASE_URL === undefined
  const named = options.model ?? config.PARACOSM_MODEL ?? (isOpenRouter ? OPENROUTER_MODEL : undefined)
  const roles = {
    opener: options.openerModel ?? config.PARACOSM_OPENER_MODEL,
    updater: options.updaterModel ?? config.PARACOSM_UPDATER_MODEL,
    validator: options.validatorModel ?? config.PARACOSM_VALIDATOR_MODEL,
    scorer: options.scorerModel ?? config.PARACOSM_SCORER_MODEL,
  }
  const first = named ?? Object.values(roles).find((role) => role !== undefined)
  if (first === undefined) return undefined
  const baseUrl = options.baseUrl ?? config.OPENAI_BASE_URL ?? (isOpenRouter ? OPENROUTER : OPENAI)
  // Never send one provider's key to another host, wherever the base URL points.
  const apiKey = baseUrl.startsWith('https://openrouter.ai/') ? config.OPENROUTER_API_KEY : config.OPENAI_API_KEY
  if (apiKey === undefined && (baseUrl === OPENAI || baseUrl === OPENROUTER)) {
    throw new AppError(
      'MODEL_MISSING',
      `the model ${first} needs a key for ${new URL(baseUrl).host}, and none is set`,
      {
        hint: 'Set OPENAI_API_KEY (or OPENROUTER_API_KEY), name a local endpoint with --base-url, or try it with --fake-ai-response.',
      },
    )
  }
  const { opener = first, updater = first, validator = first, scorer = first } = roles
  return { baseUrl, apiKey, models: { opener, updater, validator, scorer } }
}

/** Models behind the planned endpoint; without one a fixed text if it is given, otherwise the offline responder. */
export async function createRoleModels(plan: EndpointPlan | undefined, options: RoleModelOptions): Promise<RoleModels> {
  if (options.fakeAiResponse !== undefined) return createFixedRoleModels(options.fakeAiResponse)
  if (plan === undefined) return createOfflineResponder()
  const timeoutMs = options.modelTimeout ?? MODEL_TIMEOUT_MS
  const endpoint = await createEndpointClient({ baseUrl: plan.baseUrl, apiKey: plan.apiKey, timeoutMs })
  const price = priceOf(options)
  const priced = price ? Object.values(plan.models).map((model) => [model, price]) : []
  const meter = new Meter({ usd: options.maxUsd, tokens: options.maxTokens }, Object.fromEntries(priced))
  const client = withRetries(withMeter(withQueue(endpoint, options.modelConcurrency ?? AT_ONCE), meter))
  const { modelTemperature: temperature, modelAnswerTokens: maxTokens } = options
  return createModelRoles(client, meter, plan.models, { temperature, maxTokens })
}
