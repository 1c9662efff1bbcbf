// Ranges of stored bytes, through a real server and its sockets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import fastify from 'fastify'
import { bufferSource } from '../episode/byte-source.ts'
import { rangeOf, sendBytes } from './send-bytes.ts'

const BYTES = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251))

test('bytes: whole, a range, an open range, the last bytes, and 416 beyond the end', async () => {
  let closed = 0
  const app = fastify()
  app.get('/', (request, reply) => {
    const source = bufferSource(BYTES)
    const close = () => {
      closed++
      return Promise.resolve()
    }
    return sendBytes(request, reply, { size: source.size, read: source.read, close })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  try {
    const ask = async (range?: string) => {
      const answer = await fetch(url, range === undefined ? {} : { headers: { range } })
      return { answer, bytes: Buffer.from(await answer.arrayBuffer()) }
    }
    const whole = await ask()
    assert.equal(whole.answer.status, 200)
    assert.equal(whole.answer.headers.get('accept-ranges'), 'bytes')
    assert.deepEqual(whole.bytes, BYTES)
    const part = await ask('bytes=300000-600000')
    assert.equal(part.answer.status, 206)
    assert.equal(part.answer.headers.get('content-range'), 'bytes 300000-600000/700000')
    assert.deepEqual(part.bytes, BYTES.subarray(300_000, 600_001))
    assert.deepEqual((await ask('bytes=699990-')).bytes, BYTES.subarray(699_990))
    assert.deepEqual((await ask('bytes=-5')).bytes, BYTES.subarray(-5))
    const beyond = await ask('bytes=700000-')
    assert.equal(beyond.answer.status, 416)
    assert.equal(beyond.answer.headers.get('content-range'), 'bytes */700000')
    assert.equal((await ask('bytes=0-1,5-6')).answer.status, 200)
    assert.equal((await ask('nonsense')).answer.status, 200)
  } finally {
    await app.close()
  }
  assert.equal(closed, 7)
})

test('bytes: any text as a range is all bytes, a part inside them, or outside', () => {
  const number = fc.nat({ max: 2000 }).map(String)
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.option(number, { nil: '' }), fc.option(number, { nil: '' })).map(([a, b]) => `bytes=${a}-${b}`),
  )
  fc.assert(
    fc.property(header, fc.nat({ max: 1000 }), (text, size) => {
      const range = rangeOf(text, size)
      if (range === undefined || range === 'outside') return
      assert.ok(range.from >= 0 && range.from < range.to && range.to <= size)
    }),
  )
})
