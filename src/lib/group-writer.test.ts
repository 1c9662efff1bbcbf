import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupWriter } from './group-writer.ts'

test('group writer: items of one event-loop turn are written in batches, and each sender gets its own result', async () => {
  const batches: number[][] = []
  const writer = new GroupWriter<number, number>(
    async (items) => {
      batches.push([...items])
      await new Promise(setImmediate)
      return items.map((item) => item * 2)
    },
    { maxBatch: 4, maxWaiting: 100 },
  )
  const first = Promise.all([1, 2, 3, 4, 5, 6].map((item) => writer.add(item)))
  assert.deepEqual(await first, [2, 4, 6, 8, 10, 12])
  assert.deepEqual(batches, [
    [1, 2, 3, 4],
    [5, 6],
  ])
  const late = writer.add(7)
  await new Promise(setImmediate)
  const later = [writer.add(8), writer.add(9)]
  assert.equal(await late, 14)
  assert.deepEqual(await Promise.all(later), [16, 18])
  assert.deepEqual(batches.slice(2), [[7], [8, 9]])
})

test('group writer: a failed write rejects only its own items, and a full queue refuses', async () => {
  let isBroken = true
  const writer = new GroupWriter<string, string>(
    async (items) => {
      if (isBroken) throw new Error('disk')
      return items
    },
    { maxBatch: 10, maxWaiting: 2 },
  )
  const failed = [writer.add('a'), writer.add('b')]
  await assert.rejects(writer.add('c'), { code: 'QUEUE_FULL' })
  for (const each of failed) await assert.rejects(each, /disk/)
  isBroken = false
  assert.equal(await writer.add('d'), 'd')
})

test('group writer: drain waits for everything that was added', async () => {
  const written: number[] = []
  const writer = new GroupWriter<number, number>(
    async (items) => {
      await new Promise(setImmediate)
      written.push(...items)
      return items
    },
    { maxBatch: 2, maxWaiting: 100 },
  )
  for (let item = 0; item < 5; item++) void writer.add(item)
  await writer.drain()
  assert.deepEqual(written, [0, 1, 2, 3, 4])
  await writer.drain()
})

test('group writer: a missing result rejects only that item', async () => {
  const writer = new GroupWriter<number, number>(async () => [1], { maxBatch: 9, maxWaiting: 9 })
  const [first, second] = [writer.add(1), writer.add(2)]
  assert.equal(await first, 1)
  await assert.rejects(second, /no result/)
})
