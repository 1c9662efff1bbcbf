// A deadline for work that may hang.

/**
 * The result of `work` if it comes in time; otherwise rejects with the error from `late`. The work itself is not cancelled.
 * @param ms milliseconds
 */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
