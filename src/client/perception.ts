// A client of the perception adapter: perceive, send commands, poll their outcome. Temporary failures are retried as
// the protocol recommends; callers that want to wait longer retry themselves.

import { sleep } from '../lib/sleep.ts'
import type { Perception } from '../protocol/perception.ts'
import type { BridgeStatus, CommandAccepted, CommandInput, CommandReport } from '../protocol/perception-adapter.ts'
import { check, loadSchemas, type Shape } from './check.ts'

/**
 * What the adapter refused, or that it could not be reached.
 *
 * @example
 * import { PerceptionFailure } from 'paracosm/client'
 *
 * export const isBusy = (error: unknown): boolean => error instanceof PerceptionFailure && error.status === 429
 */
export class PerceptionFailure extends Error {
  /** The adapter's code; 'UNREACHABLE' without an answer. */
  readonly code: string
  /** HTTP status; 0 without an answer. */
  readonly status: number
  /** Milliseconds that the adapter asks to wait, where it says so. */
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, about: { status: number; retryAfterMs?: number | undefined }) {
    super(message)
    this.name = 'PerceptionFailure'
    this.code = code
    this.status = about.status
    this.retryAfterMs = about.retryAfterMs
  }
}

export interface PerceptionClientOptions {
  /** Of the bare routes ('http://127.0.0.1:8090') or of one slot ('…/api/episodes/<id>/slots/0'). */
  readonly url: string
  readonly agentId: string
  /** The slot's token; absent where the adapter asks for none. */
  readonly token?: string | undefined
  /** How often a request is repeated. Default 5, as the protocol recommends. */
  readonly retries?: number
  readonly signal?: AbortSignal | undefined
}

/** The protocol's advice: from 100 ms doubling to 5 s, ±50 ms. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5000
const JITTER_MS = 50
const RETRIES = 5
const REQUEST_MS = 30_000

/**
 * Perceives and commands for one agent, over HTTP.
 *
 * @example
 * import { PerceptionClient } from 'paracosm/client'
 *
 * const agent = new PerceptionClient({ url: 'http://127.0.0.1:8080', agentId: 'timmy', token: undefined })
 * const { engine } = await agent.status()
 * console.log(engine)
 */
export class PerceptionClient {
  readonly agentId: string
  readonly #url: string
  readonly #options: PerceptionClientOptions

  constructor(options: PerceptionClientOptions) {
    this.agentId = options.agentId
    this.#url = options.url.replace(/\/+$/, '')
    this.#options = options
  }

  /** The engine behind the adapter. */
  status(): Promise<BridgeStatus> {
    return this.#ask((s) => s.BridgeStatus, '/morrowind/status')
  }

  perceive(): Promise<Perception> {
    return this.#ask((s) => s.Perception, `/perception?agent_id=${encodeURIComponent(this.agentId)}`)
  }

  /** @param key makes a repeated request the same command; the client's own repetitions use it too */
  command(input: CommandInput, key: string): Promise<CommandAccepted> {
    return this.#ask((s) => s.CommandAccepted, '/command', { input, key })
  }

  report(commandId: string): Promise<CommandReport> {
    const agent = encodeURIComponent(this.agentId)
    return this.#ask((s) => s.CommandReport, `/commands/${encodeURIComponent(commandId)}?agent_id=${agent}`)
  }

  async #ask<T>(shape: Shape<T>, path: string, said?: { input: CommandInput; key: string }): Promise<T> {
    const retries = this.#options.retries ?? RETRIES
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(shape, path, said)
      } catch (error) {
        if (!(error instanceof PerceptionFailure) || !isPassing(error) || attempt >= retries) throw error
        await sleep(error.retryAfterMs ?? waitBefore(attempt), this.#options.signal)
      }
    }
  }

  async #once<T>(shape: Shape<T>, path: string, said?: { input: CommandInput; key: string }): Promise<T> {
    const { token, signal } = this.#options
    const limit = AbortSignal.timeout(REQUEST_MS)
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    let answer: Response
    try {
      answer = await fetch(this.#url + path, {
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...(said
          ? {
              method: 'POST',
              headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': said.key },
              body: JSON.stringify(said.input),
            }
          : { headers }),
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw new PerceptionFailure('UNREACHABLE', `no answer from ${this.#url}: ${reasonOf(error)}`, { status: 0 })
    }
    const body: unknown = await answer.json().catch(() => undefined)
    if (answer.ok) {
      const checked = await check(shape, body, false)
      if ('data' in checked) return checked.data
      throw new PerceptionFailure('SCHEMA_MISMATCH', `${path}: ${checked.fault}`, { status: answer.status })
    }
    const told = (await loadSchemas()).PerceptionError.safeParse(body).data?.error
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
    throw new PerceptionFailure(told?.code ?? 'INTERNAL_ERROR', told?.message ?? `status ${answer.status}`, {
      status: answer.status,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
    })
  }
}

/** 503, 504, 409, 429, 500 and no answer at all may pass; an episode that is over stays over. */
function isPassing({ code, status }: PerceptionFailure): boolean {
  return code !== 'EPISODE_OVER' && [0, 409, 429, 500, 503, 504].includes(status)
}

/** @param attempt from 0 */
function waitBefore(attempt: number): number {
  const base = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)
  return base + (Math.random() * 2 - 1) * JITTER_MS
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
