// Who plays the characters of text games: from options and environment to a cast.
import {
  createFixedRoleModels,
  createModelRoles,
  createOfflineResponder,
  type RoleModels,
} from '../adapters/session/role-models.ts'
import { AppError } from '../kernel/errors.ts'
import { createEndpointClient, MODEL_TIMEOUT_MS } from '../models/endpoint-client.ts'
import { Meter, withMeter } from '../models/meter.ts'
import { withQueue } from '../models/queue.ts'
import { withRetries } from '../models/retrying-client.ts'
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
}

const OPENAI = 'https://api.openai.com/v1'
const OPENROUTER = 'https://openrouter.ai/api/v1'
/** What the original asks when nothing is named. */
const OPENROUTER_MODEL = 'openai/gpt-5-mini'
/** Calls to the endpoint at once, of all sessions together. */
const AT_ONCE = 64

/**
 * A fixed text if one is given; models if one is named (or a key of OpenRouter is there); otherwise the offline responder.
 * @throws AppError MODEL_MISSING for a hosted endpoint without a key
 */
export async function createRoleModels(io: Io, options: RoleModelOptions): Promise<RoleModels> {
  if (options.fakeAiResponse !== undefined) return createFixedRoleModels(options.fakeAiResponse)
  const { config } = io
  const isOpenRouter = config.OPENROUTER_API_KEY !== undefined && config.OPENAI_BASE_URL === undefined
  const named = options.model ?? config.PARACOSM_MODEL ?? (isOpenRouter ? OPENROUTER_MODEL : undefined)
  const roles = {
    opener: options.openerModel ?? config.PARACOSM_OPENER_MODEL,
    updater: options.updaterModel ?? config.PARACOSM_UPDATER_MODEL,
    validator: options.validatorModel ?? config.PARACOSM_VALIDATOR_MODEL,
    scorer: options.scorerModel ?? config.PARACOSM_SCORER_MODEL,
  }
  const first = named ?? Object.values(roles).find((role) => role !== undefined)
  if (first === undefined) return createOfflineResponder()
  const baseUrl = options.baseUrl ?? config.OPENAI_BASE_URL ?? (isOpenRouter ? OPENROUTER : OPENAI)
  // Each key goes to its own house alone, wherever the base URL points.
  const apiKey = baseUrl.startsWith('https://openrouter.ai/') ? config.OPENROUTER_API_KEY : config.OPENAI_API_KEY
  if (apiKey === undefined && (baseUrl === OPENAI || baseUrl === OPENROUTER)) {
    throw new AppError('MODEL_MISSING', `model ${first} is named, and there is no key for ${new URL(baseUrl).host}`, {
      hint: 'Set OPENAI_API_KEY (or OPENROUTER_API_KEY), name a local endpoint with --base-url, or try it with --fake-ai-response.',
    })
  }
  const timeoutMs = options.modelTimeout ?? MODEL_TIMEOUT_MS
  const endpoint = await createEndpointClient({ baseUrl, apiKey, timeoutMs })
  const meter = new Meter({ usd: options.maxUsd, tokens: options.maxTokens })
  const client = withRetries(withMeter(withQueue(endpoint, options.modelConcurrency ?? AT_ONCE), meter))
  const names = {
    opener: roles.opener ?? first,
    updater: roles.updater ?? first,
    validator: roles.validator ?? first,
    scorer: roles.scorer ?? first,
  }
  const { modelTemperature: temperature, modelAnswerTokens: maxTokens } = options
  return createModelRoles(client, meter, names, { temperature, maxTokens })
}
