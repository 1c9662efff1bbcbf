// Asks the commissioners of leagues, and remembers for a while which requests each does not know.
import { randomInt } from 'node:crypto'
import type { z } from 'zod'
import type { CommissionerRequest } from '../protocol/commissioner-requests.ts'
import type { CommissionerRef } from '../protocol/league.ts'
import type { LeagueRecord } from '../store/leagues/rows.ts'
import { type Asked, askCommissioner } from './ask.ts'
import type { OpenChannel } from './channel.ts'
import { type CommissionerServices, withCommissioner } from './commissioner-link.ts'

/** Milliseconds until a commissioner is asked again for what it did not know: it may be a newer one by then. */
const FORGET_MS = 10 * 60_000

export interface Question<T> {
  readonly request: CommissionerRequest
  readonly schema: z.ZodType<T>
  /** Milliseconds for the answer; default 10,000. */
  readonly answerMs?: number
  /** A commissioner that is running already; default: it is reached, or started, for this question. */
  readonly open?: OpenChannel | undefined
}

/** Whether a commissioner is a program of somebody else, which is asked what follows each of its rounds. */
export const isForeign = ({ type }: CommissionerRef): boolean =>
  type === 'url' || type === 'command' || type === 'image' || type === 'module'

export class CommissionerAsker {
  readonly #services: CommissionerServices
  readonly #signal: AbortSignal
  /** Instants until which a request is not sent, by league and request. */
  readonly #unknown = new Map<string, number>()

  constructor(services: CommissionerServices, signal: AbortSignal) {
    this.#services = services
    this.#signal = signal
  }

  /** @throws AppError COMMISSIONER_FAILED when the commissioner cannot be reached */
  async ask<T>(
    { id, commissioner }: Pick<LeagueRecord, 'id' | 'commissioner'>,
    { request, open, ...options }: Question<T>,
  ): Promise<Asked<T>> {
    const key = `${id}/${request.type}/${JSON.stringify(commissioner)}`
    if ((this.#unknown.get(key) ?? 0) > Date.now()) return { kind: 'unknown' }
    const link = { services: this.#services, draw: randomInt, signal: this.#signal }
    const asked = open
      ? await askCommissioner(open, request, options)
      : await withCommissioner(commissioner, link, (channel) => askCommissioner(channel, request, options))
    if (asked.kind === 'unknown') this.#unknown.set(key, Date.now() + FORGET_MS)
    else this.#unknown.delete(key)
    return asked
  }
}
