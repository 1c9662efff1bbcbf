// Group commit: what many senders hand in while one write is under way goes out together in the next. Each sender's
// promise resolves when its own item is durable.
import { AppError } from '../kernel/errors.ts'

interface Waiting<T, R> {
  readonly item: T
  resolve(result: R): void
  reject(error: unknown): void
}

export interface GroupLimits {
  /** Items of one write. */
  readonly maxBatch: number
  /** Items that may wait; `add` throws QUEUE_FULL beyond it. */
  readonly maxWaiting: number
}

export class GroupWriter<T, R> {
  readonly #write: (items: readonly T[]) => Promise<readonly R[]>
  readonly #limits: GroupLimits
  #waiting: Waiting<T, R>[] = []
  #running: Promise<void> | undefined

  /** @param write makes all items durable, in one transaction, and gives one result for each; or rejects for all */
  constructor(write: (items: readonly T[]) => Promise<readonly R[]>, limits: GroupLimits) {
    this.#write = write
    this.#limits = limits
  }

  /** @throws AppError QUEUE_FULL */
  add(item: T): Promise<R> {
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      return Promise.reject(
        new AppError('QUEUE_FULL', `${this.#waiting.length} writes wait already`, {
          hint: 'Wait for earlier ones to be acknowledged.',
        }),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves once everything that was added has been written or refused. */
  async drain(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // Whoever adds in the same turn of the loop shares the first write.
    await null
    while (this.#waiting.length > 0) {
      const batch =
        this.#waiting.length <= this.#limits.maxBatch
          ? this.#waiting.splice(0)
          : this.#waiting.splice(0, this.#limits.maxBatch)
      await this.#writeBatch(batch)
    }
    this.#running = undefined
  }

  async #writeBatch(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map((each) => each.item))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index]
        if (result === undefined) reject(new Error('the write gave no result for this item'))
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
