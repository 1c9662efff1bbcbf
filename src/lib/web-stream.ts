// A web stream of an asynchronous iterable, typed as both Node and browsers know it: the body of a request that is sent
// while it is read.

/** An error of the iterable fails the stream. A reader that stops ends the iterable. */
export function webStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
