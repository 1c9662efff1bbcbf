// Keeps pushes and removals of the same bytes apart. A push that finds the bytes there stores nothing, so they must not
// be removed before it has noted who refers to them.

export class BlobGuard {
  /** Pushes under way, by digest. */
  readonly #pushes = new Map<string, number>()
  readonly #removals = new Map<string, Promise<unknown>>()

  /** Runs a push, once no removal of the same bytes is under way. */
  async push<T>(digest: string, work: () => Promise<T>): Promise<T> {
    for (let removal = this.#removals.get(digest); removal; removal = this.#removals.get(digest)) await removal
    this.#pushes.set(digest, (this.#pushes.get(digest) ?? 0) + 1)
    try {
      return await work()
    } finally {
      const left = (this.#pushes.get(digest) ?? 1) - 1
      if (left > 0) this.#pushes.set(digest, left)
      else this.#pushes.delete(digest)
    }
  }

  /** Runs a removal. False: a push of the same bytes is under way, or another removal. */
  async remove(digest: string, work: () => Promise<boolean>): Promise<boolean> {
    if (this.#pushes.has(digest) || this.#removals.has(digest)) return false
    const removal = work()
    this.#removals.set(
      digest,
      removal.catch(() => undefined),
    )
    try {
      return await removal
    } finally {
      this.#removals.delete(digest)
    }
  }
}
