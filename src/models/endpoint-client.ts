// Any OpenAI-compatible endpoint, hosted or local. The `openai` package does the transport; its own retries are off,
// because ours wrap the recorder and know the deadline.
import type OpenAI from 'openai'
import type { APIError } from 'openai'
import { AppError } from '../kernel/errors.ts'
import { withoutThinking } from '../kernel/model-text.ts'
import type { ModelReply, ModelRequest, ModelUsage } from '../protocol/model.ts'
import type { CompleteOptions, ModelClient } from './client.ts'
import { limitBody } from './limit-body.ts'

export interface Endpoint {
  /** Up to and with the version: 'https://api.openai.com/v1', 'http://127.0.0.1:11434/v1'. */
  readonly baseUrl: string
  /** Absent for local endpoints that need none. */
  readonly apiKey?: string | undefined
  /** Milliseconds for one attempt, from the request to the last byte of the answer. */
  readonly timeoutMs: number
}

/** Default time limit of one attempt, in milliseconds: slow local models think for a minute. */
export const MODEL_TIMEOUT_MS = 120_000
/** Maximum bytes of an answer; a longer one is runaway output. */
const MAX_ANSWER_BYTES = 512 * 1024

type Library = typeof import('openai')

/**
 * Ways to request JSON from an endpoint, strictest first. An endpoint that refuses one gets the next from then on: the
 * caller's prompt describes the shape too.
 */
const FORMS = ['json_schema', 'json_object', 'none'] as const
type Form = (typeof FORMS)[number]

/** The features that an endpoint is known to accept. */
interface Habits {
  form: Form
  /** Older endpoints know the limit of an answer by another name. */
  tokenLimit: 'max_completion_tokens' | 'max_tokens'
}

/** A client of one endpoint. */
export async function createEndpointClient(endpoint: Endpoint): Promise<ModelClient> {
  const library = await import('openai')
  const api = new library.OpenAI({
    baseURL: endpoint.baseUrl,
    // The package insists on a key. Without one, no header is sent: some proxies refuse unknown keys.
    apiKey: endpoint.apiKey ?? 'none',
    maxRetries: 0,
    timeout: endpoint.timeoutMs,
    fetch: async (url, init) => {
      const headers = new Headers(init?.headers)
      if (endpoint.apiKey === undefined) headers.delete('authorization')
      return limitBody(await fetch(url, { ...init, headers }), MAX_ANSWER_BYTES)
    },
  })
  const habits: Habits = { form: 'json_schema', tokenLimit: 'max_completion_tokens' }
  return {
    async complete(request, options = {}) {
      const limit = AbortSignal.timeout(endpoint.timeoutMs)
      const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
      try {
        for (;;) {
          const tried = { ...habits }
          try {
            return await callOnce(api, request, { ...options, signal, habits: tried })
          } catch (error) {
            // Every refusal removes one option, so the loop ends.
            if (!learn(habits, tried, request, refusalOf(library, error))) throw error
          }
        }
      } catch (error) {
        options.signal?.throwIfAborted()
        throw translate(library, error, { endpoint, isLate: limit.aborted })
      }
    },
  }
}

interface Call extends CompleteOptions {
  readonly habits: Habits
}

/**
 * Records what the endpoint refused.
 * @param tried the options of this call; another call may have changed them in the meantime
 * @returns whether another attempt differs from this one
 */
function learn(habits: Habits, tried: Habits, request: ModelRequest, refusal: string | undefined): boolean {
  if (refusal === undefined) return false
  if (request.max_tokens !== undefined && tried.tokenLimit !== 'max_tokens' && TOKEN_LIMIT.test(refusal)) {
    habits.tokenLimit = 'max_tokens'
    return true
  }
  if (!request.schema || tried.form === 'none' || !FORM.test(refusal)) return false
  const next = FORMS[FORMS.indexOf(tried.form) + 1] ?? 'none'
  if (FORMS.indexOf(habits.form) < FORMS.indexOf(next)) habits.form = next
  return true
}

const FORM = /response_format|json|schema|grammar/i
const TOKEN_LIMIT = /max_completion_tokens/

/** The endpoint's message when it refused the request itself; undefined: it failed in another way. */
function refusalOf(library: Library, error: unknown): string | undefined {
  if (!(error instanceof library.APIError)) return undefined
  return error.status === 400 || error.status === 422 ? error.message : undefined
}

function formOf({ schema }: ModelRequest, { form }: Habits) {
  if (!schema || form === 'none') return {}
  if (form === 'json_object') return { response_format: { type: 'json_object' as const } }
  return { response_format: { type: 'json_schema' as const, json_schema: { ...schema, strict: false } } }
}

async function callOnce(api: OpenAI, request: ModelRequest, call: Call): Promise<ModelReply> {
  const body = {
    model: request.model,
    messages: request.messages,
    ...(request.max_tokens === undefined ? {} : { [call.habits.tokenLimit]: request.max_tokens }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...formOf(request, call.habits),
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
    const piece = spokenText(choice?.delta?.content)
    if (piece) {
      text += piece
      call.onText(piece)
    }
    model = chunk.model ?? model
    finish = choice?.finish_reason ?? finish
    usage = chunk.usage ?? usage
  }
  if (text !== '') return replyOf(text, { model, finish, usage })
  // An endpoint without streaming may have sent a whole answer, which the stream reader cannot see: ask again without
  // streaming.
  const { onText, ...whole } = call
  const reply = await callOnce(api, request, whole)
  onText(reply.text)
  return reply
}

function replyOf(
  content: unknown,
  about: { model: string; finish: string | null | undefined; usage: unknown },
): ModelReply {
  const text = withoutThinking(spokenText(content))
  if (text.trim() === '') throw new AppError('MODEL_REPLY_INVALID', 'the model returned an empty answer')
  return { text, model: about.model, finish: about.finish ?? 'stop', usage: usageOf(about.usage) }
}

/**
 * The text of an answer, which some endpoints send as a list of parts. Parts other than text, such as thoughts, are
 * skipped.
 */
function spokenText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map(textOfPart).join('')
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part
  if (typeof part !== 'object' || part === null || !('text' in part) || typeof part.text !== 'string') return ''
  const type = 'type' in part ? part.type : 'text'
  return type === 'text' || type === 'output_text' ? part.text : ''
}

/** Endpoints report usage differently; missing usage counts as 0 tokens of unknown cost. */
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
  return new AppError('MODEL_REPLY_INVALID', `${where} returned something that is not a chat completion`, {
    cause: error,
  })
}

function translateStatus(error: APIError, where: string): AppError {
  const { status } = error
  const details = { ...(status === undefined ? {} : { status }) }
  if (status === 429) {
    const wait = retryAfterMs(error.headers)
    return new AppError('MODEL_BUSY', `${where} limited the rate of requests (429)`, {
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
  // The endpoint's message may repeat the key, so only its status is reported.
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

/** Scheme, host and port: a base URL may contain credentials, which no message shows. */
function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return 'the model endpoint'
  }
}
