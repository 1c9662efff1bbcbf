import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byLoad } from './shards.ts'

test('shards: a new episode goes to an open shard, then to the least loaded, then to the one that has waited longest', () => {
  const shard = (name: string, isOpen: boolean, live: number, expectedAt: number) => ({
    name,
    isOpen,
    live,
    expectedAt,
  })
  const order = [
    shard('away', false, 0, 0),
    shard('loaded', true, 2, 0),
    shard('lately', true, 1, 20),
    shard('long ago', true, 1, 10),
  ].toSorted(byLoad)
  assert.deepEqual(
    order.map(({ name }) => name),
    ['long ago', 'lately', 'loaded', 'away'],
  )
})
