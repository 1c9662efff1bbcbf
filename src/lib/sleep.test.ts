import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { sleep } from './sleep.ts'

test('sleep: it takes the given time and leaves no listener', async () => {
  const { signal } = new AbortController()
  const before = performance.now()
  await sleep(20, signal)
  assert.ok(performance.now() - before >= 19)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('sleep: an abort ends it at once with the reason, and leaves no listener', async () => {
  const controller = new AbortController()
  const waiting = sleep(60_000, controller.signal)
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  await assert.rejects(sleep(60_000, controller.signal), /enough/)
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
})
