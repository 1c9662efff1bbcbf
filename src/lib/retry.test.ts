import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffMs, retry } from './retry.ts'

const QUICK = { firstMs: 1, longestMs: 2 }

/** Fails `times` times, then returns the number of its calls. */
function failing(times: number): { work: () => Promise<number>; calls: () => number } {
  let calls = 0
  const work = async (): Promise<number> => {
    calls++
    if (calls <= times) throw new Error(`failure ${calls}`)
    return calls
  }
  return { work, calls: () => calls }
}

test('retry: work that fails twice succeeds with three attempts, and its last error is thrown with two', async () => {
  assert.equal(await retry(failing(2).work, { ...QUICK, attempts: 3 }), 3)
  await assert.rejects(retry(failing(2).work, { ...QUICK, attempts: 2 }), /failure 2/)
})

test('retry: a permanent error ends the attempts', async () => {
  const { work, calls } = failing(5)
  const shouldRetry = (error: unknown) => error instanceof Error && error.message !== 'failure 2'
  await assert.rejects(retry(work, { ...QUICK, attempts: 9, shouldRetry }), /failure 2/)
  assert.equal(calls(), 2)
})

test('retry: an abort ends the wait with its reason, and no attempt follows', async () => {
  const { work, calls } = failing(5)
  const controller = new AbortController()
  const waiting = retry(work, { firstMs: 60_000, longestMs: 60_000, attempts: 9, signal: controller.signal })
  setImmediate(() => controller.abort(new Error('enough')))
  await assert.rejects(waiting, /enough/)
  await assert.rejects(retry(work, { ...QUICK, attempts: 9, signal: controller.signal }), /enough/)
  assert.equal(calls(), 1)
})

test('backoff: waits lie between half and all of an interval that doubles up to its cap', () => {
  const backoff = { firstMs: 100, longestMs: 1000 }
  assert.deepEqual(
    [0, 1, 2, 3, 4, 99].map((attempt) => backoffMs(backoff, attempt, 1)),
    [100, 200, 400, 800, 1000, 1000],
  )
  fc.assert(
    fc.property(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, draw) => {
      const span = backoffMs(backoff, attempt, 1)
      const wait = backoffMs(backoff, attempt, draw)
      assert.ok(wait >= span / 2 && wait <= span && span <= 1000)
    }),
  )
})
