// Requests to the hosted API: one each, no retry, as the contract says.
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import type { JsonObject } from '../protocol/json.ts'
import { Problem } from '../protocol/problem.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Milliseconds for the answer to a read, and to an upload. */
const TIMEOUT_MS = 30_000
const UPLOAD_MS = 120_000

/** How one request differs from the others. */
interface Asking {
  /** Milliseconds for the answer. */
  readonly timeoutMs?: number
  /** Without the token: the address is public, and the answer the same for everybody. */
  readonly isAnonymous?: boolean
}

const UNREACHABLE = 'Start a server with `paracosm serve`, or name another with --server.'
const REFUSED = 'Read the answer of the server. If it is no server of the hosted API, name another with --server.'

interface Sending extends Asking {
  readonly query?: Query
  readonly method?: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly type?: string
}

interface Received {
  readonly bytes: Buffer
}

export class HostedClient {
  readonly #server: string
  readonly #token: string | undefined

  /** @param server its own path is kept: `https://host/api` */
  constructor(server: string, token: string | undefined) {
    this.#server = server.replace(/\/$/, '')
    this.#token = token
  }

  /** @throws AppError SERVER_UNREACHABLE; SERVER_REFUSED for any answer that is not 2xx, and for one of another shape */
  async get<T>(path: string, schema: z.ZodType<T>, query: Query = {}, asking: Asking = {}): Promise<T> {
    return this.#parse(path, schema, await this.#send(path, { query, ...asking }))
  }

  /** Sends JSON, or no body. @throws as `get` */
  async post<T>(path: string, schema: z.ZodType<T>, body?: JsonObject, asking: Asking = {}): Promise<T> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }
    const init = { method: 'POST', ...sent, timeoutMs: UPLOAD_MS, ...asking }
    return this.#parse(path, schema, await this.#send(path, init))
  }

  /** @throws as `get` */
  async delete<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    const init = { method: 'DELETE', query, timeoutMs: UPLOAD_MS }
    return this.#parse(path, schema, await this.#send(path, init))
  }

  /** Sends bytes. @throws as `get` */
  async upload<T>(path: string, schema: z.ZodType<T>, body: Uint8Array<ArrayBuffer>): Promise<T> {
    const init = { method: 'POST', body, type: 'application/gzip', timeoutMs: UPLOAD_MS }
    return this.#parse(path, schema, await this.#send(path, init))
  }

  /** Stores bytes at an address. @throws as `get` */
  async put<T>(path: string, schema: z.ZodType<T>, body: Uint8Array<ArrayBuffer>): Promise<T> {
    const init = { method: 'PUT', body, type: 'application/octet-stream', timeoutMs: UPLOAD_MS }
    return this.#parse(path, schema, await this.#send(path, init))
  }

  /** The bytes of an answer. @throws as `get` */
  async bytes(path: string, asking: Asking = {}): Promise<Buffer> {
    return (await this.#send(path, asking)).bytes
  }

  async #send(path: string, sending: Sending): Promise<Received> {
    const { query = {}, method, body, type, timeoutMs = TIMEOUT_MS, isAnonymous = false } = sending
    const url = new URL(`${this.#server}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const headers: Record<string, string> =
      this.#token === undefined || isAnonymous ? {} : { 'x-auth-token': this.#token }
    if (type !== undefined) headers['content-type'] = type
    const init: RequestInit = {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(method === undefined ? {} : { method, redirect: 'error' as const }),
      ...(body === undefined ? {} : { body }),
    }
    const answer = await fetch(url, init).catch((cause: unknown) => {
      throw new AppError('SERVER_UNREACHABLE', `${this.#server} cannot be reached`, { cause, hint: UNREACHABLE })
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (answer.ok) return { bytes }
    const hint = 'Not authenticated: put your token into COWORLD_TOKEN.'
    const problem = problemOf(bytes)
    const said = problem ? `${problem.message} (${problem.code})` : bytes.toString('utf8').slice(0, 300)
    throw new AppError('SERVER_REFUSED', `${path} answered ${answer.status}: ${said}`, {
      hint: answer.status === 401 ? hint : (problem?.hint ?? REFUSED),
    })
  }

  #parse<T>(path: string, schema: z.ZodType<T>, { bytes }: Received): T {
    try {
      return parseWith(schema, JSON.parse(bytes.toString('utf8')), {
        code: 'SERVER_REFUSED',
        what: `The answer of ${path}`,
      })
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw new AppError('SERVER_REFUSED', `${path} returned something that is not JSON`, { cause })
    }
  }
}

/** What a server of ours says of a failure; undefined: another server, or another shape. */
function problemOf(bytes: Buffer): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(bytes.toString('utf8'))).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
