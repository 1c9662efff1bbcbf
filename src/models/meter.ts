// Counts the model usage of a run and stops it at a limit.
import { AppError } from '../kernel/errors.ts'
import type { ModelPrice, ModelReply } from '../protocol/model.ts'
import type { ModelClient } from './client.ts'

export interface Spent {
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  /** US dollars. Excludes calls of unknown cost: see `unpriced_calls`. */
  readonly cost_usd: number
  readonly unpriced_calls: number
}

export interface SpendingLimits {
  readonly calls?: number | undefined
  /** Tokens in and out together. */
  readonly tokens?: number | undefined
  /** US dollars. A call of unknown cost under such a limit is an error, because the limit cannot be enforced. */
  readonly usd?: number | undefined
}

export class Meter {
  readonly #limits: SpendingLimits
  readonly #prices: Readonly<Record<string, ModelPrice>>
  #spent: Spent = { calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, unpriced_calls: 0 }

  /** @param prices by model, for endpoints that do not report costs */
  constructor(limits: SpendingLimits = {}, prices: Readonly<Record<string, ModelPrice>> = {}) {
    this.#limits = limits
    this.#prices = prices
  }

  get limits(): SpendingLimits {
    return this.#limits
  }

  get spent(): Spent {
    return this.#spent
  }

  /** Which limit is reached, as a sentence; undefined: none. */
  get reached(): string | undefined {
    const { calls, tokens, usd } = this.#limits
    const { spent } = this
    if (calls !== undefined && spent.calls >= calls) return `the limit of ${calls} model calls is reached`
    const used = spent.input_tokens + spent.output_tokens
    if (tokens !== undefined && used >= tokens) return `the limit of ${tokens} tokens is reached (${used} used)`
    if (usd !== undefined && spent.cost_usd >= usd) {
      return `the limit of ${usd} US dollars is reached (${spent.cost_usd.toFixed(4)} spent)`
    }
    return undefined
  }

  /** @throws AppError BUDGET_SPENT */
  check(): void {
    const { reached } = this
    if (reached !== undefined) throw new AppError('BUDGET_SPENT', reached)
    if (this.#limits.usd !== undefined && this.#spent.unpriced_calls > 0) {
      throw new AppError('BUDGET_SPENT', 'the endpoint does not report costs, so a cost limit cannot be enforced', {
        hint: 'Give the price of the model, or limit tokens instead.',
      })
    }
  }

  /** Counts a call. Returns the reply with its cost filled in where the price list has it. */
  count(reply: ModelReply, model: string): ModelReply {
    const cost = reply.usage.cost_usd ?? this.#costOf(reply, model)
    const { spent } = this
    this.#spent = {
      calls: spent.calls + 1,
      input_tokens: spent.input_tokens + reply.usage.input_tokens,
      output_tokens: spent.output_tokens + reply.usage.output_tokens,
      cost_usd: spent.cost_usd + (cost ?? 0),
      unpriced_calls: spent.unpriced_calls + (cost === null ? 1 : 0),
    }
    return { ...reply, usage: { ...reply.usage, cost_usd: cost } }
  }

  #costOf(reply: ModelReply, model: string): number | null {
    const price = Object.hasOwn(this.#prices, model) ? this.#prices[model] : undefined
    if (!price) return null
    return (reply.usage.input_tokens * price.input + reply.usage.output_tokens * price.output) / 1_000_000
  }
}

/** A client whose calls are metered, and refused once a limit is reached. */
export function withMeter(inner: ModelClient, meter: Meter): ModelClient {
  return {
    async complete(request, options) {
      meter.check()
      return meter.count(await inner.complete(request, options), request.model)
    },
  }
}
