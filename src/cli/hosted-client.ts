// Reads the hosted API: one request each, no retry, as the contract requires.
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Milliseconds for one answer. */
const TIMEOUT_MS = 30_000

export class HostedClient {
  readonly #server: string
  readonly #token: string | undefined

  /** @param server its own path is kept: `https://host/api` */
  constructor(server: string, token: string | undefined) {
    this.#server = server.replace(/\/$/, '')
    this.#token = token
  }

  /** @throws AppError SERVER_UNREACHABLE; SERVER_REFUSED for any answer that is not 2xx, and for one of another shape */
  async get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    const url = new URL(`${this.#server}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const headers: Record<string, string> = this.#token === undefined ? {} : { 'x-auth-token': this.#token }
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
      throw new AppError('SERVER_UNREACHABLE', `${this.#server} cannot be reached`, { cause })
    })
    const text = await answer.text()
    if (!answer.ok) {
      throw new AppError('SERVER_REFUSED', `${path} answered ${answer.status}: ${text.slice(0, 300)}`, {
        ...(answer.status === 401 ? { hint: 'Not authenticated: put your token into COWORLD_TOKEN.' } : {}),
      })
    }
    const what = { code: 'SERVER_REFUSED', what: `The answer of ${path}` } as const
    try {
      return parseWith(schema, JSON.parse(text), what)
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw new AppError('SERVER_REFUSED', `${path} returned something that is not JSON`, { cause })
    }
  }
}
