// Requests: JSON there and back, answers checked against the protocol's schemas, failures as ClientError.
import type { z } from 'zod'
import { backoffMs } from '../lib/retry.ts'
import { sleep } from '../lib/sleep.ts'
import type { Problem } from '../protocol/problem.ts'
import type { HttpError } from '../protocol/session.ts'
import { check, loadSchemas, type Shape } from './check.ts'
import { ClientError, codeOfStatus } from './client-error.ts'

export interface Credentials {
  /** Without a slash at the end. */
  readonly url: string
  readonly key: string | undefined
  readonly signal: AbortSignal | undefined
  /** Whether answers are taken as they come: the server is of this very build. Default false. */
  readonly isTrusted?: boolean
  /** Language of the server's sentences, such as `es`; undefined: the server chooses. */
  readonly language?: string | undefined
}

interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** Longest wait for the whole answer, in milliseconds. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
  /** A status that has an answer of the same shape although it is none of success. */
  readonly accepts?: number
}

const TIMEOUT_MS = 30_000
/** Longest wait for a sign of life. */
const PROBE_MS = 5000
/** Maximum retries of a read after a temporary failure. Writes are never retried: they may have been executed. */
const RETRIES = 2
const BACKOFF = { firstMs: 200, longestMs: 2000 }
/** If a server asks for a longer wait than this, the caller gets the error instead. */
const LONGEST_WISH_MS = 5000

/**
 * One answer, checked.
 * @throws ClientError
 */
export async function ask<T>(caller: Credentials, shape: Shape<T>, path: string, asked: Asked = {}): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await send(caller, path, asked)
      const checked = await check(shape, await readJson(answer), caller.isTrusted === true)
      if ('data' in checked) return checked.data
      throw new ClientError('PROTOCOL', `${path}: ${checked.fault}`)
    } catch (error) {
      const failure = toClientError(error, caller)
      const wait = failure.retryAfterMs ?? backoffMs(BACKOFF, attempt)
      const isRead = (asked.method ?? 'GET') === 'GET'
      if (!isRead || !mayPass(failure) || attempt >= RETRIES || wait > LONGEST_WISH_MS) throw failure
      await sleep(wait, caller.signal).catch((reason: unknown) => {
        throw toClientError(reason, caller)
      })
    }
  }
}

/** The bytes of an answer, as they come. */
export async function download(caller: Credentials, path: string): Promise<ReadableStream<Uint8Array>> {
  try {
    // No limit in time: a journal may be long. The signal ends it.
    const answer = await send(caller, path, { timeoutMs: 0 })
    if (answer.body) return answer.body
    throw new ClientError('PROTOCOL', `${path}: the response has no body`, { status: answer.status })
  } catch (error) {
    throw toClientError(error, caller)
  }
}

/**
 * One answer as it came, for what is not JSON.
 * @throws ClientError
 */
export async function fetchAnswer(caller: Credentials, path: string, asked: Asked = {}): Promise<Response> {
  try {
    return await send(caller, path, asked)
  } catch (error) {
    throw toClientError(error, caller)
  }
}

/** Whether a server answers at all. A proxy that finds none behind it answers with 502 to 504. */
export async function isServerThere({ url }: Credentials): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) })
    await answer.body?.cancel()
    return answer.status < 500
  } catch {
    return false
  }
}

async function send(caller: Credentials, path: string, asked: Asked): Promise<Response> {
  const { key } = caller
  const headers: Record<string, string> = { accept: 'application/json' }
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  if (caller.language !== undefined) headers['accept-language'] = caller.language
  if (asked.body !== undefined) headers['content-type'] = 'application/json'
  const timeoutMs = asked.timeoutMs ?? TIMEOUT_MS
  const signals = [caller.signal, asked.signal, timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined]
  const answer = await fetch(caller.url + path + formatQuery(asked.query), {
    method: asked.method ?? 'GET',
    headers,
    signal: AbortSignal.any(signals.filter((each) => each !== undefined)),
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  })
  if (!answer.ok && answer.status !== asked.accepts) throw await toFailure(answer, path)
  return answer
}

function formatQuery(query: Asked['query'] = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ClientError('PROTOCOL', 'the response is not JSON: is this the address of a paracosm server?', {
      status: answer.status,
      cause,
    })
  }
}

/** Loads a part of the client that only some callers need. @throws ClientError when the server of a page is away */
export async function loadPart<T>(caller: Credentials, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw toClientError(error, caller)
  }
}

/** What the server says of a refusal; undefined: nothing that follows the protocol. */
async function readRefusal(body: unknown): Promise<Problem | z.infer<typeof HttpError> | undefined> {
  const { HttpError, Problem } = await loadSchemas()
  return Problem.or(HttpError).safeParse(body).data
}

async function toFailure(answer: Response, path: string): Promise<ClientError> {
  const { status } = answer
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  const body: unknown = await answer.json().catch(() => undefined)
  // Without the schemas, the status has to do: the server is away, and they cannot be loaded.
  const told = await readRefusal(body).catch(() => undefined)
  if (told === undefined) {
    return new ClientError(codeOfStatus(status), `${path}: status ${status}`, { status, retryAfterMs })
  }
  if ('code' in told) {
    const about = { status, retryAfterMs, problem: told, detail: told.details }
    return new ClientError(codeOfStatus(status), told.message, about)
  }
  const { detail } = told
  return new ClientError(codeOfStatus(status), sentenceOf(detail), { status, detail, retryAfterMs })
}

/** One sentence out of the API's `detail`: a text, or a list of `{loc, msg}`. */
function sentenceOf(detail: z.infer<typeof HttpError>['detail']): string {
  if (typeof detail === 'string') return detail
  return detail.map(({ loc, msg }) => `${Array.isArray(loc) ? loc.join('.') : 'request'}: ${String(msg)}`).join('; ')
}

function mayPass({ code, status }: ClientError): boolean {
  return code === 'UNREACHABLE' || code === 'TIMEOUT' || [429, 502, 503, 504].includes(status)
}

/** Whatever a request threw. */
function toClientError(error: unknown, caller: Credentials): ClientError {
  if (error instanceof ClientError) return error
  if (caller.signal?.aborted || isNamed(error, 'AbortError')) {
    return new ClientError('ABORTED', 'the request was aborted', { cause: error })
  }
  const host = hostOf(caller.url)
  if (isNamed(error, 'TimeoutError')) {
    return new ClientError('TIMEOUT', `no answer from ${host} in time`, { cause: error })
  }
  return new ClientError('UNREACHABLE', `no answer from ${host}: ${reasonOf(error)}`, { cause: error })
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name

/** The part of an address that may be shown. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server'
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
