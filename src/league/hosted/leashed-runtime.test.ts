// Runs on a leash: held while anything may be left of them, and released when nothing is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../kernel/errors.ts'
import type { Runtime, RuntimeSession } from '../../runner/runtime.ts'
import type { RunTraces } from './leash.ts'
import { onLeash } from './leashed-runtime.ts'

function setUp(left: readonly string[], openFails = false) {
  const held: RunTraces[] = []
  let released = 0
  const unused = () => Promise.reject(new Error('not used'))
  const session: RuntimeSession = {
    fileUri: () => '',
    startGame: unused,
    startPlayer: unused,
    close: async () => left,
  }
  const runtime: Runtime = {
    kind: 'container',
    explainMissing: async () => undefined,
    open: async () => {
      if (openFails) throw new AppError('RUN_FAILED', 'no network')
      return session
    },
  }
  const leash = (traces: RunTraces) => {
    held.push(traces)
    return { release: () => void released++ }
  }
  return { leashed: onLeash(runtime, leash, '/a/folder'), held, released: () => released }
}

test('leashed runtime: the leash holds the run and its folder until everything is removed', async () => {
  const { leashed, held, released } = setUp([])
  const session = await leashed.open({ id: '0123456789abcdef', folder: '/' })
  assert.deepEqual([held, released()], [[{ runId: '0123456789abcdef', folder: '/a/folder' }], 0])
  assert.deepEqual(await session.close(), [])
  assert.equal(released(), 1)
})

test('leashed runtime: what could not be removed stays on the leash, and a run that never began is released', async () => {
  const stuck = setUp(['network x'])
  const session = await stuck.leashed.open({ id: '0123456789abcdef', folder: '/' })
  assert.deepEqual(await session.close(), ['network x'])
  assert.equal(stuck.released(), 0)
  const failed = setUp([], true)
  await assert.rejects(failed.leashed.open({ id: '0123456789abcdef', folder: '/' }), { code: 'RUN_FAILED' })
  assert.equal(failed.released(), 1)
})
