// Receipts of one episode: the result of each command is reported exactly once, when it is durable.
import type { Refusal } from '../protocol/episode.ts'
import type { Receipt } from './slots.ts'

/** The result of a command, and the callers that wait for it. */
export interface Settlement {
  readonly settle: (receipt: Receipt) => void
  readonly receipt: Receipt
}

/** The error for senders when the journal could not be written: the command may or may not be recorded. */
const NOT_DURABLE: Refusal = {
  code: 'NOT_DURABLE',
  reason: 'The journal could not be written, so it is unknown whether the command counts.',
}

export class Receipts {
  readonly #durable: () => Promise<void>
  readonly #onFault: (error: unknown) => void

  /**
   * @param durable resolves once everything recorded so far is durable
   * @param onFault called after a failed commit, once every sender has been informed
   */
  constructor(durable: () => Promise<void>, onFault: (error: unknown) => void) {
    this.#durable = durable
    this.#onFault = onFault
  }

  /** Sends the receipts as soon as everything recorded so far is durable. */
  send(settlements: readonly Settlement[]): void {
    if (settlements.length === 0) return
    this.#durable().then(
      () => {
        for (const { settle, receipt } of settlements) settle(receipt)
      },
      (error: unknown) => {
        for (const { settle } of settlements) settle({ accepted: false, ...NOT_DURABLE })
        this.#onFault(error)
      },
    )
  }
}
