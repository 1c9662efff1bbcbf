import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RateBucket, RateBuckets } from './rate-bucket.ts'

test('rate: a burst passes at once, then one request per interval, and the wait is exact', () => {
  const bucket = new RateBucket({ perSecond: 2, burst: 3 }, 0)
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 0])
  assert.equal(bucket.take(0), 500)
  assert.equal(bucket.take(400), 100)
  assert.equal(bucket.take(500), 0)
  assert.equal(bucket.take(500), 500)
})

test('rate: no window holds more than burst plus rate, and a request after the wait passes', () => {
  const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 20 }) })
  fc.assert(
    fc.property(rate, fc.array(fc.nat(300), { maxLength: 60 }), (limits, gaps) => {
      const bucket = new RateBucket(limits, 0)
      const passed: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        if (bucket.take(now) === 0) passed.push(now)
      }
      for (const [i, from] of passed.entries()) {
        for (const [j, until] of passed.entries()) {
          if (j < i) continue
          const allowed = limits.burst + ((until - from) / 1000) * limits.perSecond
          assert.ok(j - i + 1 <= allowed + 1e-6, `${j - i + 1} in ${until - from} ms`)
        }
      }
      const wait = bucket.take(now)
      if (wait > 0) assert.equal(bucket.take(now + wait), 0)
    }),
  )
})

test('rate: a clock that goes backwards and an unlimited rate are harmless', () => {
  const bucket = new RateBucket({ perSecond: 1, burst: 1 }, 1000)
  assert.equal(bucket.take(0), 0)
  assert.equal(bucket.take(0), 1000)
  const unlimited = new RateBucket({ perSecond: Number.POSITIVE_INFINITY, burst: 1 }, 0)
  for (let i = 0; i < 100; i++) assert.equal(unlimited.take(0), 0)
})

test('rate: each key has its own bucket, and the number of remembered keys is limited', () => {
  const buckets = new RateBuckets({ perSecond: 1, burst: 1, maxKeys: 2 })
  assert.deepEqual([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)], [0, 0, 1000])
  // `b` is the quietest and gives way to `c`; `a` is still known.
  assert.equal(buckets.take('c', 0), 0)
  assert.equal(buckets.take('a', 0), 1000)
  assert.equal(buckets.take('b', 0), 0)
})
