import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProgress, formatProgress } from './progress.ts'

test('progress: a line shows percentage, count, rate and time left', () => {
  const line = (done: number, seconds: number) => formatProgress(done, seconds, { unit: 'rows', total: 1000 })
  assert.equal(line(250, 0.5), '[######------------------] 25%  250 of 1000 rows  500 rows/s  2 s left')
  assert.equal(line(1, 1), '[------------------------] 0%  1 of 1000 rows  1.0 rows/s  16 min 39 s left')
  assert.equal(line(1000, 2), '[########################] 100%  1000 of 1000 rows  500 rows/s  0 s left')
  assert.equal(formatProgress(30, 2, { unit: 'steps' }), '30 steps  15 steps/s')
})

/** What is written when the work reports a step every 10 ms for `ms` milliseconds. */
function watch(isTerminal: boolean, ms: number): { status: string[]; plain: string[] } {
  const status: string[] = []
  const plain: string[] = []
  let at = 0
  const io = { isTerminal, progress: (line: string) => status.push(line), err: (line: string) => plain.push(line) }
  const report = createProgress(io, { unit: 'steps', now: () => at })
  for (; at < ms; at += 10) report(at / 10)
  return { status, plain }
}

test('progress: the first second is silent, a terminal is redrawn ten times per second, a log gets a line every 30 s', () => {
  assert.deepEqual(watch(true, 1000), { status: [], plain: [] })
  assert.equal(watch(true, 2000).status.length, 10)
  assert.deepEqual(watch(false, 30_000), { status: [], plain: [] })
  assert.equal(watch(false, 91_000).plain.length, 3)
})
