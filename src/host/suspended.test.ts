import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import { SILENT } from './log.ts'
import { isStorageFault, Suspended } from './suspended.ts'

const summaryOf = (id: string) => ({ id, status: 'unfinished' }) as EpisodeSummary

/** @param resume receives the ids of each attempt */
function watch(t: TestContext, { reopen = async () => undefined, resume }: Partial<Options> & Pick<Options, 'resume'>) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const suspended = new Suspended({ reopen, resume, log: SILENT })
  const second = async (): Promise<void> => {
    t.mock.timers.tick(1000)
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { suspended, second }
}
type Options = ConstructorParameters<typeof Suspended>[0]

test('suspended: episodes are resumed once the storage takes writes, and then forgotten', async (t) => {
  let isFull = true
  const resumed: (readonly string[])[] = []
  const { suspended, second } = watch(t, {
    reopen: () => (isFull ? Promise.reject(new Error('full')) : Promise.resolve()),
    resume: async (ids) => resumed.push(ids),
  })
  suspended.add(summaryOf('a'))
  suspended.add(summaryOf('b'))
  await second()
  assert.deepEqual([resumed, suspended.size, suspended.get('a')?.id], [[], 2, 'a'])
  isFull = false
  await second()
  assert.deepEqual([resumed, suspended.size], [[['a', 'b']], 0])
  await second()
  assert.equal(resumed.length, 1)
})

test('suspended: one that the storage stops again while it is resumed is tried again', async (t) => {
  const resumed: (readonly string[])[] = []
  const { suspended, second } = watch(t, {
    resume: async (ids) => {
      resumed.push(ids)
      if (resumed.length < 3) suspended.add(suspended.get('b') ?? summaryOf('b'))
    },
  })
  suspended.add(summaryOf('a'))
  suspended.add(summaryOf('b'))
  for (let nth = 0; nth < 5; nth++) await second()
  assert.deepEqual(resumed, [['a', 'b'], ['b'], ['b']])
  assert.equal(suspended.size, 0)
})

test('suspended: no attempt begins before the one before has ended, and none after the end', async (t) => {
  const first = Promise.withResolvers<void>()
  let attempts = 0
  const { suspended, second } = watch(t, {
    resume: () => {
      attempts++
      return first.promise
    },
  })
  suspended.add(summaryOf('a'))
  await second()
  suspended.add(summaryOf('b'))
  await second()
  assert.equal(attempts, 1)
  first.resolve()
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  suspended.close()
  await second()
  assert.equal(attempts, 1)
})

test('suspended: a fault of the storage is distinguished from a fault of one episode', () => {
  const withErrno = (code: string): Error => Object.assign(new Error(code), { code })
  const isFault = [
    new AppError('STORE_FULL', 'x'),
    new AppError('STORE_UNAVAILABLE', 'x'),
    new AppError('FILE_UNWRITABLE', 'x', { details: { errno: 'ENOSPC' } }),
    withErrno('EMFILE'),
    new AppError('FILE_UNWRITABLE', 'x', { details: { errno: 'EACCES' } }),
    new AppError('JOURNAL_CORRUPT', 'x'),
    withErrno('ENOENT'),
    // One damaged file: it would be tried for ever.
    withErrno('EIO'),
    new Error('x'),
    'x',
  ].map(isStorageFault)
  assert.deepEqual(isFault, [true, true, true, true, false, false, false, false, false, false])
})
