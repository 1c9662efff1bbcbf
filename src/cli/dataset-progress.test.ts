import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProgress } from './dataset-progress.ts'

test('the progress of an export tells rows, rate and time left, ten times a second at most', () => {
  const clock = { ms: 0 }
  const lines: string[] = []
  const tell = formatProgress(
    1000,
    (line) => lines.push(line),
    () => clock.ms,
  )
  for (const [ms, rows] of [
    [500, 250],
    [550, 300],
    [1000, 500],
    [1010, 1000],
  ] as const) {
    clock.ms = ms
    tell(rows)
  }
  assert.deepEqual(lines, [
    '[######------------------] 25%  250 of 1000 rows  500 rows/s  2 s left',
    '[############------------] 50%  500 of 1000 rows  500 rows/s  1 s left',
    '[########################] 100%  1000 of 1000 rows  990 rows/s  0 s left',
  ])
})
