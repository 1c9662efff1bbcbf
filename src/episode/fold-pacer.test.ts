import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FoldPacer } from './fold-pacer.ts'

test('folds: a turn of the event loop continues one of them, however many there are', async () => {
  const turns: number[] = []
  let resumed = 0
  let isRunning = true
  const watch = (): void => {
    turns.push(resumed)
    resumed = 0
    if (isRunning) setImmediate(watch)
  }
  setImmediate(watch)
  const done: number[] = []
  await Promise.all(
    Array.from({ length: 50 }, async (_, fold) => {
      const pacer = new FoldPacer(undefined)
      for (let slice = 0; slice < 4; slice++) {
        await pacer.breathe()
        resumed++
      }
      done.push(fold)
    }),
  )
  isRunning = false
  assert.ok(Math.max(...turns) <= 1, `${Math.max(...turns)} folds ran in one turn`)
  // First come, first served: none is passed over.
  assert.deepEqual(
    done,
    Array.from({ length: 50 }, (_, fold) => fold),
  )
})

test('folds: one that starts while others wait lets them run first', async () => {
  const first = new FoldPacer(undefined)
  const waiting = first.breathe()
  const newcomer = new FoldPacer(undefined)
  let units = 1
  while (!newcomer.count()) units++
  assert.ok(units <= 64, `it did ${units} units of work first`)
  await waiting
})

test('folds: an aborted one ends with the reason of its signal', async () => {
  const control = new AbortController()
  const pacer = new FoldPacer(control.signal)
  control.abort(new Error('enough'))
  await assert.rejects(pacer.breathe(), /enough/)
})
