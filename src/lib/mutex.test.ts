import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mutex } from './mutex.ts'
import { sleep } from './sleep.ts'

test('mutex: tasks run one after another in the order of their calls, also after one that throws', async () => {
  const mutex = new Mutex()
  const order: string[] = []
  let inside = 0
  const task = (name: string) =>
    mutex.run(async () => {
      assert.equal(++inside, 1)
      order.push(name)
      await sleep(1)
      inside--
      if (name === 'b') throw new Error('b failed')
      return name
    })
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(task))
  assert.deepEqual(order, ['a', 'b', 'c', 'd'])
  assert.deepEqual(
    results.map((each) => each.status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

test('mutex: unlocking twice lets only one in', async () => {
  const mutex = new Mutex()
  const unlock = await mutex.lock()
  const second = mutex.lock()
  unlock()
  unlock()
  await second
  const third = await Promise.race([mutex.lock().then(() => 'in'), sleep(10).then(() => 'waits')])
  assert.equal(third, 'waits')
})
