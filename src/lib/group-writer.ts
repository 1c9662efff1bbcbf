// Group commit of items with results: items that many senders add during one write go out together in the next. Each
// sender's promise settles with its own item.
import { AppError } from '../kernel/errors.ts'
import { GroupCommit } from './group-commit.ts'

interface Waiting<T, R> {
  readonly item: T
  resolve(result: R): void
  reject(error: unknown): void
}

export interface GroupLimits {
  /** Items of one write. */
  readonly maxBatch: number
  /** Items that may wait; `add` rejects with QUEUE_FULL beyond it. */
  readonly maxWaiting: number
}

export class GroupWriter<T, R> {
  readonly #write: (items: readonly T[]) => Promise<readonly R[]>
  readonly #limits: GroupLimits
  readonly #group = new GroupCommit(() => this.#writeAll())
  #waiting: Waiting<T, R>[] = []

  /** @param write makes all items durable, in one transaction, and returns one result for each; or rejects for all */
  constructor(write: (items: readonly T[]) => Promise<readonly R[]>, limits: GroupLimits) {
    this.#write = write
    this.#limits = limits
  }

  /** @throws AppError QUEUE_FULL */
  add(item: T): Promise<R> {
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      const hint = 'Wait for earlier writes to be acknowledged.'
      return Promise.reject(new AppError('QUEUE_FULL', `${this.#waiting.length} writes wait already`, { hint }))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      // The first of a batch asks for the write that takes them all. It never rejects: items carry the failures.
      if (this.#waiting.length === 1) void this.#group.commit()
    })
  }

  /** Resolves once everything added so far has been written or refused. */
  drain(): Promise<void> {
    return this.#group.commit()
  }

  async #writeAll(): Promise<void> {
    // Items that are added in the same turn of the loop share the first write.
    await null
    while (this.#waiting.length > 0) await this.#writeBatch(this.#takeBatch())
  }

  #takeBatch(): readonly Waiting<T, R>[] {
    if (this.#waiting.length > this.#limits.maxBatch) return this.#waiting.splice(0, this.#limits.maxBatch)
    const batch = this.#waiting
    this.#waiting = []
    return batch
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
