// Bounded parallelism: many items, a few at a time.

/**
 * Runs `work` for every item, at most `lanes` at once. Rejects with the first error; the other lanes go on.
 * @param isCancelled checked before each item; true: the remaining items are skipped
 */
export async function inLanes<T>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T) => Promise<void>,
  isCancelled: () => boolean = () => false,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done && !isCancelled(); next = iterator.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
