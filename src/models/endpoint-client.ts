// Any OpenAI-compatible endpoint, hosted or local. The `openai` package does the transport; its own retries are off, since
// ours stand above the recorder and know the deadline.
import type OpenAI from 'openai'
import type { APIError } from 'openai'
import { AppError } from '../kernel/errors.ts'
import type { ModelReply, ModelRequest, ModelUsage } from '../protocol/model.ts'
import type { CompleteOptions, ModelClient } from './client.ts'
import { limitBody } from './limit-body.ts'

export interface Endpoint {
  /** Up to and with the version: 'https://api.openai.com/v1', 'http://127.0.0.1:11434/v1'. */
  readonly baseUrl: string
  /** Absent for local endpoints that want none. */
  readonly apiKey?: string | undefined
  /** Milliseconds for one attempt, from the request to the last byte of the answer. */
  readonly timeoutMs: number
}

/** Milliseconds that one attempt may take when nothing else is said: slow local models think for a minute. */
export const MODEL_TIMEOUT_MS = 120_000
/** Bytes of an answer; a model that goes on beyond them has lost its way. */
const MAX_ANSWER_BYTES = 512 * 1024

type Library = typeof import('openai')

/**
 * A client of one endpoint. An endpoint that refuses a JSON Schema is asked without one from then on: the caller's prompt
 * says the shape too.
 */
export async function createEndpointClient(endpoint: Endpoint): Promise<ModelClient> {
  const library = await import('openai')
  const api = new library.OpenAI({
    baseURL: endpoint.baseUrl,
    // The package insists on a key; local endpoints ignore it.
    apiKey: endpoint.apiKey ?? 'none',
    maxRetries: 0,
    timeout: endpoint.timeoutMs,
    fetch: async (url, init) => limitBody(await fetch(url, init), MAX_ANSWER_BYTES),
  })
  let takesSchema = true
  return {
    async complete(request, options = {}) {
      const limit = AbortSignal.timeout(endpoint.timeoutMs)
      const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
      const ask = (withSchema: boolean): Promise<ModelReply> =>
        callOnce(api, request, { ...options, signal, withSchema })
      try {
        if (!takesSchema || !request.schema) return await ask(false)
        return await ask(true).catch((error: unknown) => {
          if (!isSchemaRefusal(library, error)) throw error
          takesSchema = false
          return ask(false)
        })
      } catch (error) {
        options.signal?.throwIfAborted()
        throw translate(library, error, { endpoint, isLate: limit.aborted })
      }
    },
  }
}

interface Call extends CompleteOptions {
  readonly withSchema: boolean
}

async function callOnce(api: OpenAI, request: ModelRequest, call: Call): Promise<ModelReply> {
  const body = {
    model: request.model,
    messages: request.messages,
    ...(request.max_tokens === undefined ? {} : { max_completion_tokens: request.max_tokens }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.schema && call.withSchema
      ? { response_format: { type: 'json_schema' as const, json_schema: { ...request.schema, strict: false } } }
      : {}),
  }
  const options = { signal: call.signal ?? null }
  if (!call.onText) {
    const answer = await api.chat.completions.create(body, options)
    const choice = answer.choices?.[0]
    return replyOf(choice?.message?.content, {
      model: answer.model ?? request.model,
      finish: choice?.finish_reason,
      usage: answer.usage,
    })
  }
  const stream = await api.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    options,
  )
  let text = ''
  let model = request.model
  let finish: string | undefined
  let usage: unknown
  for await (const chunk of stream) {
    const choice = chunk.choices?.[0]
    const piece = choice?.delta?.content
    if (piece) {
      text += piece
      call.onText(piece)
    }
    model = chunk.model ?? model
    finish = choice?.finish_reason ?? finish
    usage = chunk.usage ?? usage
  }
  if (text !== '') return replyOf(text, { model, finish, usage })
  // An endpoint that does not stream may have answered whole, which a stream does not show: ask as it understands.
  const { onText, ...whole } = call
  const reply = await callOnce(api, request, whole)
  onText(reply.text)
  return reply
}

function replyOf(
  text: unknown,
  about: { model: string; finish: string | null | undefined; usage: unknown },
): ModelReply {
  if (typeof text !== 'string' || text.trim() === '') {
    throw new AppError('MODEL_REPLY_INVALID', 'the model answered with nothing')
  }
  return { text, model: about.model, finish: about.finish ?? 'stop', usage: usageOf(about.usage) }
}

/** What endpoints tell of usage differs; what they do not tell counts as 0 tokens of unknown cost. */
function usageOf(usage: unknown): ModelUsage {
  const fields = new Map<string, unknown>(typeof usage === 'object' && usage !== null ? Object.entries(usage) : [])
  const count = (name: string): number => {
    const value = fields.get(name)
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0
  }
  const cost = fields.get('cost')
  return {
    input_tokens: count('prompt_tokens'),
    output_tokens: count('completion_tokens'),
    cost_usd: typeof cost === 'number' && cost >= 0 ? cost : null,
  }
}

function isSchemaRefusal(library: Library, error: unknown): boolean {
  if (!(error instanceof library.APIError)) return false
  return (error.status === 400 || error.status === 422) && /response_format|json_schema|schema/i.test(error.message)
}

function translate(library: Library, error: unknown, at: { endpoint: Endpoint; isLate: boolean }): AppError {
  const where = originOf(at.endpoint.baseUrl)
  if (at.isLate || error instanceof library.APIConnectionTimeoutError) {
    return new AppError('MODEL_TIMEOUT', `${where} did not answer within ${at.endpoint.timeoutMs} ms`)
  }
  if (error instanceof AppError) return error
  if (error instanceof library.APIConnectionError) {
    const cause = error.cause instanceof AppError ? error.cause : undefined
    return cause ?? new AppError('MODEL_UNAVAILABLE', `${where} cannot be reached`, { cause: error })
  }
  if (error instanceof library.APIError) return translateStatus(error, where)
  return new AppError('MODEL_REPLY_INVALID', `${where} answered with something that is no answer of a model`, {
    cause: error,
  })
}

function translateStatus(error: APIError, where: string): AppError {
  const { status } = error
  const details = { ...(status === undefined ? {} : { status }) }
  if (status === 429) {
    const wait = retryAfterMs(error.headers)
    return new AppError('MODEL_BUSY', `${where} asks for patience (429)`, {
      details: { ...details, ...(wait === undefined ? {} : { retry_after_ms: wait }) },
    })
  }
  if (status === undefined || status >= 500 || status === 408 || status === 409) {
    return new AppError('MODEL_UNAVAILABLE', `${where} failed (${status ?? 'no status'})`, { details })
  }
  const hint =
    status === 401 || status === 403
      ? 'Check the key in OPENAI_API_KEY.'
      : status === 404
        ? 'Check the name of the model and the base URL.'
        : undefined
  // The endpoint's own words may repeat the key that it was sent: only its status is passed on.
  return new AppError('MODEL_REFUSED', `${where} refused the request (${status})`, {
    details,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Milliseconds that a Retry-After header asks for, as seconds or as a date. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const text = headers?.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/** Scheme, host and port: a base URL may carry credentials, and no message shows them. */
function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return 'the model endpoint'
  }
}
