import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GroupCommit } from './group-commit.ts'

/** A log whose writes take one turn of the event loop and fail on request. */
function createLog(latch: boolean, fails: (write: number) => boolean) {
  const gathered: number[] = []
  const durable: number[] = []
  let writes = 0
  const group = new GroupCommit(
    async () => {
      const items = gathered.splice(0)
      const write = writes++
      await new Promise(setImmediate)
      if (fails(write)) throw new Error(`write ${write} failed`)
      durable.push(...items)
    },
    { latch },
  )
  return { group, gathered, durable, writes: () => writes }
}

test('group commit: callers during one write share the next', async () => {
  const { group, gathered, durable, writes } = createLog(false, () => false)
  const commits = [1, 2, 3, 4, 5].map((item) => {
    gathered.push(item)
    return group.commit()
  })
  await Promise.all(commits)
  assert.deepEqual(durable, [1, 2, 3, 4, 5])
  assert.equal(writes(), 2)
})

test('group commit: acknowledged data is durable, and with a latch nothing is acknowledged after a failure', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.boolean(), { maxLength: 6 }),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }),
      async (latch, failures, pauses) => {
        const { group, gathered, durable } = createLog(latch, (write) => failures[write] === true)
        const outcomes: boolean[] = []
        const commits: Promise<void>[] = []
        for (const [item, turns] of pauses.entries()) {
          gathered.push(item)
          commits.push(
            group.commit().then(
              () => {
                outcomes[item] = true
                assert.ok(durable.includes(item), `${item} was acknowledged and is not durable`)
              },
              () => {
                outcomes[item] = false
              },
            ),
          )
          for (let i = 0; i < turns; i++) await new Promise(setImmediate)
        }
        await Promise.all(commits)
        const firstFailure = outcomes.indexOf(false)
        if (latch && firstFailure >= 0) assert.ok(!outcomes.slice(firstFailure).includes(true))
        assert.equal(group.hasFailed, latch && firstFailure >= 0)
      },
    ),
  )
})

test('group commit: a latched failure prevents further writes until reset', async () => {
  const { group, durable, gathered, writes } = createLog(true, (write) => write === 0)
  gathered.push(1)
  const [first, second] = [group.commit(), group.commit()]
  await assert.rejects(first, /write 0 failed/)
  await assert.rejects(second, /write 0 failed/)
  await assert.rejects(group.commit(), /write 0 failed/)
  assert.equal(writes(), 1)
  group.reset()
  gathered.push(2)
  await group.commit()
  assert.deepEqual(durable, [2])
})

test('group commit: a write that throws synchronously rejects the commit, and the next one runs', async () => {
  let calls = 0
  const group = new GroupCommit(() => {
    if (calls++ === 0) throw new Error('at once')
    return Promise.resolve()
  })
  await assert.rejects(group.commit(), /at once/)
  await group.commit()
  assert.equal(calls, 2)
})
