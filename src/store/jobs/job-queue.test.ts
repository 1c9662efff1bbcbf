import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Problem } from '../../protocol/problem.ts'
import { forEachStore } from '../../testing/stores.ts'
import { type Claim, JobQueue } from './job-queue.ts'
import type { ClaimedJob } from './rows.ts'

const T0 = Date.parse('2026-11-21T10:00:00.000Z')
const LEASE_MS = 1000
const OOPS: Problem = { code: 'RUN_FAILED', message: 'oops', hint: 'Look.' }
const RETRY = { firstMs: 100, longestMs: 400 }

const request = (worker: string, limit = 1, queues: readonly string[] = ['q']) => ({
  queues,
  worker,
  leaseMs: LEASE_MS,
  limit,
})
const onlyOf = <T>(list: readonly T[]): T => {
  assert.equal(list.length, 1)
  return list[0]!
}

type Step =
  | {
      readonly kind: 'enqueue'
      readonly maxAttempts: number
      readonly key: string | undefined
      readonly priority: number
    }
  | {
      readonly kind: 'claim' | 'complete' | 'fail' | 'release' | 'beat' | 'crash'
      readonly worker: number
      readonly limit: number
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'wait'; readonly ms: number }

const worker = { worker: fc.nat(2), limit: fc.integer({ min: 1, max: 3 }) }
/** Weighted so that leases often expire in the middle of a job, and two workers then report a result for it. */
const arbStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      key: fc.constantFrom(undefined, 'a', 'b'),
      priority: fc.integer({ min: -1, max: 1 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim' as const), ...worker }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('complete' as const), ...worker }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('fail' as const, 'release' as const, 'beat' as const, 'crash' as const),
      ...worker,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), id: fc.nat(5) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(50, 400, LEASE_MS + 1, LEASE_MS + 1),
    }),
  },
)

/** Three workers with their own clock on one queue; checks the invariants at each step. */
class Interleaving {
  now = T0
  readonly queue: JobQueue
  readonly ids: number[] = []
  readonly completed: number[] = []
  readonly cancelled = new Set<number>()
  readonly held: (ClaimedJob & { until: number })[][] = [[], [], []]

  constructor(store: ConstructorParameters<typeof JobQueue>[0]) {
    this.queue = new JobQueue(store, { now: () => this.now, retry: RETRY })
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'enqueue') {
      const { key, maxAttempts, priority } = step
      const { id, isNew } = await this.queue.enqueue({
        queue: 'q',
        payload: { at: this.ids.length },
        maxAttempts,
        priority,
        ...(key === undefined ? {} : { dedupeKey: key }),
      })
      assert.equal(isNew, !this.ids.includes(id))
      if (isNew) this.ids.push(id)
    } else if (step.kind === 'wait') this.now += step.ms
    else if (step.kind === 'cancel') await this.#cancel(this.ids[step.id])
    else await this.#work(step.kind, step.worker, step.limit)
  }

  async #cancel(id: number | undefined): Promise<void> {
    if (id === undefined) return
    const status = await this.queue.cancel(id)
    if (status === 'cancelled' || status === 'running') this.cancelled.add(id)
  }

  async #work(kind: 'claim' | 'complete' | 'fail' | 'release' | 'beat' | 'crash', index: number, limit: number) {
    const mine = this.held[index]!
    if (kind === 'crash') mine.length = 0
    else if (kind === 'claim') {
      for (const job of await this.queue.claim(request(`w${index}`, limit))) {
        const others = this.held.flat().filter((each) => each.id === job.id && each.until >= this.now)
        assert.deepEqual(others, [], 'a job is held twice at a time')
        mine.push({ ...job, until: this.now + LEASE_MS })
      }
    } else {
      const job = kind === 'beat' ? mine[0] : mine.shift()
      if (job) await this.#settle(kind, job)
    }
  }

  async #settle(kind: 'complete' | 'fail' | 'release' | 'beat', job: ClaimedJob & { until: number }): Promise<void> {
    if (kind === 'complete' && (await this.queue.complete(job, { by: job.worker }))) this.completed.push(job.id)
    if (kind === 'fail') await this.queue.fail(job, OOPS)
    if (kind === 'release') await this.queue.release(job)
    if (kind === 'beat' && (await this.queue.heartbeat(job, LEASE_MS, { at: this.now })) !== 'lost')
      job.until = this.now + LEASE_MS
  }

  /**
   * All workers have stopped, and a last one does the remaining jobs. Afterwards every job must have ended correctly.
   */
  async finish(): Promise<void> {
    for (;;) {
      this.now += LEASE_MS + RETRY.longestMs + 1
      const jobs = await this.queue.claim(request('last', 100))
      if (jobs.length === 0) break
      for (const job of jobs) if (await this.queue.complete(job, null)) this.completed.push(job.id)
    }
    assert.equal(new Set(this.completed).size, this.completed.length, 'a job was completed twice')
    for (const id of this.ids) {
      const job = await this.queue.get(id)
      assert.ok(job, 'a job was lost')
      if (this.completed.includes(id)) assert.equal(job.status, 'done')
      else if (this.cancelled.has(id)) assert.equal(job.status, 'cancelled')
      else {
        assert.equal(job.status, 'failed')
        assert.equal(job.attempts, job.maxAttempts)
      }
      assert.notEqual(job.endedAt, null)
      assert.ok(job.attempts >= 0 && job.attempts <= job.maxAttempts)
    }
  }
}

forEachStore(
  'jobs: in any interleaving of workers, crashes and cancellations no job is lost and none is completed twice',
  async (store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbStep, { minLength: 10, maxLength: 60 }), async (steps) => {
        await store.db.deleteFrom('jobs').execute()
        const interleaving = new Interleaving(store)
        for (const step of steps) await interleaving.run(step)
        await interleaving.finish()
      }),
      { numRuns: 80 },
    )
  },
)

forEachStore('jobs: workers that claim at the same time never get the same job', async (store) => {
  const queue = new JobQueue(store)
  for (let i = 0; i < 60; i++) await queue.enqueue({ queue: 'q', payload: i })
  const claimed: number[] = []
  const work = async (name: string): Promise<void> => {
    for (;;) {
      const jobs = await queue.claim({ queues: ['q'], worker: name, leaseMs: 60_000, limit: 3 })
      if (jobs.length === 0) return
      claimed.push(...jobs.map((job) => job.id))
      for (const job of jobs) assert.equal(await queue.complete(job, null), true)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, index) => work(`w${index}`)))
  assert.equal(claimed.length, 60)
  assert.equal(new Set(claimed).size, 60)
  assert.equal((await queue.counts('q')).done, 60)
})

forEachStore('jobs: order is by priority, then by age; queues and times to come are respected', async (store) => {
  let now = T0
  const queue = new JobQueue(store, { now: () => now })
  const add = async (priority: number, changes = {}) =>
    (await queue.enqueue({ queue: 'q', payload: null, priority, ...changes })).id
  const late = await add(9, { runAt: T0 + 10 })
  const low = await add(0)
  const high = await add(5)
  const low2 = await add(0)
  const other = await add(7, { queue: 'other' })
  const ids = async (limit: number, queues: readonly string[]) =>
    (await queue.claim(request('w', limit, queues))).map((job) => job.id)
  assert.deepEqual(await ids(2, ['q']), [high, low])
  assert.deepEqual(await ids(9, []), [])
  assert.deepEqual(await ids(9, ['q', 'other']), [other, low2])
  now += 10
  assert.deepEqual(await ids(9, ['q']), [late])
})

forEachStore('jobs: a failure is repeated after a wait that doubles, until no attempt is left', async (store) => {
  let now = T0
  const queue = new JobQueue(store, { now: () => now, retry: RETRY })
  const { id } = await queue.enqueue({ queue: 'q', payload: { deep: ['ä\u2028'] }, maxAttempts: 3 })
  for (const [attempt, wait] of [
    [1, 100],
    [2, 200],
  ] as const) {
    const job = onlyOf(await queue.claim(request('w')))
    assert.deepEqual([job.attempts, job.payload, job.worker], [attempt, { deep: ['ä\u2028'] }, 'w'])
    assert.equal(await queue.fail(job, OOPS), 'retried')
    now += wait / 2 - 1
    assert.deepEqual(await queue.claim(request('w')), [])
    now += wait / 2 + 1
  }
  assert.equal(await queue.fail(onlyOf(await queue.claim(request('w'))), OOPS), 'failed')
  const job = await queue.get(id)
  assert.deepEqual([job?.status, job?.error, job?.endedAt], ['failed', OOPS, now])
  const { id: other } = await queue.enqueue({ queue: 'q', payload: null, maxAttempts: 3 })
  assert.equal(await queue.fail(onlyOf(await queue.claim(request('w'))), OOPS, { isFinal: true }), 'failed')
  assert.equal((await queue.get(other))?.attempts, 1)
})

forEachStore('jobs: with a lost lease a job cannot be completed, failed, released or prolonged', async (store) => {
  let now = T0
  const queue = new JobQueue(store, { now: () => now })
  const { id } = await queue.enqueue({ queue: 'q', payload: null, maxAttempts: 5 })
  const refused = async (claim: Claim) => {
    assert.equal(await queue.complete(claim, 1), false)
    assert.equal(await queue.fail(claim, OOPS), 'lost')
    assert.equal(await queue.release(claim), false)
    assert.equal(await queue.heartbeat(claim, LEASE_MS), 'lost')
  }
  const first = onlyOf(await queue.claim(request('same')))
  now += LEASE_MS - 1
  assert.equal(await queue.heartbeat(first, LEASE_MS, { step: 1 }), 'held')
  assert.deepEqual((await queue.get(id))?.progress, { step: 1 })
  now += LEASE_MS
  assert.deepEqual(await queue.claim(request('same')), [])
  now += 1
  const second = onlyOf(await queue.claim(request('same')))
  assert.equal(second.attempts, 2)
  await refused(first)
  assert.equal(await queue.release(second), true)
  const third = onlyOf(await queue.claim(request('same')))
  assert.equal(third.attempts, 2)
  await refused(second)
  assert.equal(await queue.complete(third, { score: 1 }), true)
  await refused(third)
  assert.deepEqual((await queue.get(id))?.result, { score: 1 })
})

forEachStore('jobs: a job that kills its workers fails when its attempts are used up', async (store) => {
  let now = T0
  const queue = new JobQueue(store, { now: () => now })
  const { id } = await queue.enqueue({ queue: 'q', payload: null, maxAttempts: 2 })
  for (let i = 0; i < 2; i++) {
    onlyOf(await queue.claim(request('doomed')))
    now += LEASE_MS + 1
  }
  assert.deepEqual(await queue.claim(request('next')), [])
  const job = await queue.get(id)
  assert.deepEqual([job?.status, job?.error?.code], ['failed', 'INTERRUPTED'])
})

forEachStore(
  'jobs: a key keeps a second job out while the first is queued or running, and not afterwards',
  async (store) => {
    const queue = new JobQueue(store)
    const add = () => queue.enqueue({ queue: 'q', payload: null, dedupeKey: 'round-7\0' })
    const results = await Promise.all([add(), add(), add(), add()])
    assert.equal(results.filter((each) => each.isNew).length, 1)
    assert.equal(new Set(results.map((each) => each.id)).size, 1)
    assert.equal((await queue.enqueue({ queue: 'other', payload: null, dedupeKey: 'round-7\0' })).isNew, true)
    const job = onlyOf(await queue.claim(request('w')))
    assert.equal((await add()).isNew, false)
    await queue.complete(job, null)
    assert.equal((await add()).isNew, true)
  },
)

forEachStore(
  'jobs: a queued job is cancelled at once, a running one is asked, and ended ones stay as they are',
  async (store) => {
    const queue = new JobQueue(store)
    const { id: queued } = await queue.enqueue({ queue: 'q', payload: null })
    assert.equal(await queue.cancel(queued), 'cancelled')
    const { id: running } = await queue.enqueue({ queue: 'q', payload: null })
    const job = onlyOf(await queue.claim(request('w')))
    assert.equal(await queue.cancel(running), 'running')
    assert.equal(await queue.heartbeat(job, LEASE_MS), 'cancel')
    assert.equal(await queue.fail(job, OOPS), 'cancelled')
    const { id: done } = await queue.enqueue({ queue: 'q', payload: null })
    await queue.complete(onlyOf(await queue.claim(request('w'))), null)
    assert.equal(await queue.cancel(done), 'done')
    assert.equal(await queue.cancel(done + 1), undefined)
  },
)

forEachStore('jobs: lists and counts show them, and old ones that have ended are deleted', async (store) => {
  let now = T0
  const queue = new JobQueue(store, { now: () => now })
  for (let i = 0; i < 5; i++) await queue.enqueue({ queue: i < 3 ? 'q' : 'other', payload: i })
  for (const job of await queue.claim(request('w', 2))) await queue.complete(job, null)
  now += 1000
  await queue.complete(onlyOf(await queue.claim(request('w'))), null)
  assert.deepEqual(
    (await queue.list({ queue: 'q' })).map((job) => job.payload),
    [2, 1, 0],
  )
  const [first] = await queue.list({}, { limit: 1 })
  assert.deepEqual(
    (await queue.list({ status: 'queued' }, { before: first?.id ?? 0 })).map((job) => job.payload),
    [3],
  )
  assert.deepEqual(await queue.counts(), { queued: 2, running: 0, done: 3, failed: 0, cancelled: 0 })
  assert.equal((await queue.counts('other')).queued, 2)
  assert.equal(await queue.prune(now), 2)
  assert.deepEqual(await queue.counts(), { queued: 2, running: 0, done: 1, failed: 0, cancelled: 0 })
  await assert.rejects(queue.list({}, { limit: 0 }), { code: 'VALIDATION_ERROR' })
  await assert.rejects(queue.enqueue({ queue: 'q', payload: null, maxAttempts: 0 }), { code: 'VALIDATION_ERROR' })
})
