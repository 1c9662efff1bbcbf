import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import { JobQueue } from '../store/jobs/job-queue.ts'
import { openStore, type Store } from '../store/store.ts'
import { forEachStore } from '../testing/stores.ts'
import { type JobHandler, JobWorker, type JobWorkerOptions } from './jobs.ts'

const CHILD = join(import.meta.dirname, '..', 'testing', 'job-child.ts')
const DEADLINE_MS = 20_000
const RETRY = { firstMs: 1, longestMs: 2 }

/** Polls until `ask` returns something other than undefined or false. */
async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${DEADLINE_MS} ms`)
    await sleep(20)
  }
}

function createWorker(
  context: TestContext,
  store: Store,
  handler: JobHandler,
  changes: Partial<JobWorkerOptions> = {},
) {
  const faults: unknown[] = []
  const queue = new JobQueue(store, { retry: RETRY })
  const worker = new JobWorker({
    queue,
    name: 'w',
    handlers: new Map([['q', handler]]),
    onFault: (error) => faults.push(error),
    poll: { firstMs: 5, longestMs: 20 },
    ...changes,
  })
  context.after(() => worker.stop())
  worker.start()
  return { worker, queue, faults }
}

const ended = (queue: JobQueue, id: number) =>
  until(`job ${id} ends`, async () => {
    const job = await queue.get(id)
    return job?.endedAt != null && job
  })

forEachStore(
  'job worker: jobs are done a few at a time, and their results and progress are kept',
  async (store, _house, context) => {
    let atOnce = 0
    let most = 0
    const { worker, queue, faults } = createWorker(
      context,
      store,
      async (job, { report }) => {
        most = Math.max(most, ++atOnce)
        report({ half: job.id })
        await sleep(20)
        atOnce--
        return { twice: Number(job.payload) * 2 }
      },
      { concurrency: 3 },
    )
    const ids: number[] = []
    for (let i = 0; i < 8; i++) ids.push((await queue.enqueue({ queue: 'q', payload: i })).id)
    for (const [i, id] of ids.entries()) {
      const job = await ended(queue, id)
      assert.deepEqual([job.status, job.result, job.progress], ['done', { twice: i * 2 }, { half: id }])
    }
    assert.ok(most <= 3, `${most} at once`)
    await worker.stop()
    assert.deepEqual(faults, [])
  },
)

forEachStore(
  'job worker: a failure is repeated, a mistake of the caller is not, and both are reported',
  async (store, _house, context) => {
    const { queue, faults } = createWorker(context, store, async (job) => {
      if (job.payload === 'mistake') throw new AppError('VALIDATION_ERROR', 'no such league')
      if (job.attempts < 3) throw new Error(`attempt ${job.attempts}`)
      return undefined
    })
    const flaky = await ended(queue, (await queue.enqueue({ queue: 'q', payload: null })).id)
    assert.deepEqual([flaky.status, flaky.attempts, flaky.result, flaky.error], ['done', 3, null, null])
    const mistake = await ended(queue, (await queue.enqueue({ queue: 'q', payload: 'mistake' })).id)
    assert.deepEqual([mistake.status, mistake.attempts, mistake.error?.code], ['failed', 1, 'VALIDATION_ERROR'])
    assert.equal(faults.length, 3)
  },
)

forEachStore(
  'job worker: a handler that throws at once harms neither the worker nor the next job',
  async (store, _house, context) => {
    const { queue } = createWorker(context, store, (job) => {
      if (job.payload === 'bad') throw new Error('at once')
      return Promise.resolve('fine')
    })
    const bad = await queue.enqueue({ queue: 'q', payload: 'bad', maxAttempts: 1 })
    const good = await queue.enqueue({ queue: 'q', payload: 'good' })
    assert.equal((await ended(queue, bad.id)).error?.message, 'at once')
    assert.equal((await ended(queue, good.id)).result, 'fine')
  },
)

forEachStore(
  'job worker: a cancelled job gets its signal, also when it takes no notice of it',
  async (store, _house, context) => {
    const { queue } = createWorker(
      context,
      store,
      (job, { signal }) =>
        job.payload === 'deaf' ? new Promise(() => undefined) : sleep(600_000, signal).then(() => null),
      { concurrency: 2, leaseMs: 300, abortMs: 50 },
    )
    for (const payload of ['heeds', 'deaf']) {
      const { id } = await queue.enqueue({ queue: 'q', payload })
      await until('it runs', async () => (await queue.get(id))?.status === 'running')
      assert.equal(await queue.cancel(id), 'running')
      assert.equal((await ended(queue, id)).status, 'cancelled')
    }
  },
)

forEachStore(
  'job worker: stopping lets short jobs end and gives long ones back without counting the attempt',
  async (store, _house, context) => {
    const begun: number[] = []
    const { worker, queue, faults } = createWorker(
      context,
      store,
      async (job, { signal }) => {
        begun.push(job.id)
        await sleep(Number(job.payload), signal)
        return 'done'
      },
      { concurrency: 2 },
    )
    const { id: short } = await queue.enqueue({ queue: 'q', payload: 100 })
    const { id: long } = await queue.enqueue({ queue: 'q', payload: 600_000 })
    const { id: waiting } = await queue.enqueue({ queue: 'q', payload: 1 })
    worker.wake()
    await until('both run', async () => begun.length === 2)
    await worker.stop({ graceMs: 2000 })
    assert.equal(worker.running, 0)
    assert.equal((await queue.get(short))?.status, 'done')
    for (const id of [long, waiting]) {
      const job = await queue.get(id)
      assert.deepEqual([job?.status, job?.attempts], ['queued', 0])
    }
    assert.deepEqual(faults, [])
  },
)

forEachStore(
  'job worker: jobs of a process killed with SIGKILL are done by another, each once',
  async (_store, engine, context) => {
    const target = await engine.target()
    const store = await openStore(target)
    engine.atEnd(() => store.close())
    const queue = new JobQueue(store)
    const ids: number[] = []
    for (let i = 0; i < 2; i++) ids.push((await queue.enqueue({ queue: 'q', payload: i })).id)
    const leaseMs = 3000
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(target), String(leaseMs)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    context.after(() => child.kill('SIGKILL'))
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await until('the child has begun both', async () => ids.every((id) => said.includes(`begun ${id}\n`)))
    const done: number[] = []
    const { worker } = createWorker(context, store, async (job) => {
      done.push(job.id)
      return 'by the parent'
    })
    // As long as the child lives, its heartbeats keep the jobs away from everybody else.
    await until('progress is stored', async () => (await queue.get(ids[0]!))?.progress === 'begun by the child')
    await sleep(1.5 * leaseMs)
    assert.deepEqual(done, [])
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    for (const id of ids) {
      const job = await ended(queue, id)
      assert.deepEqual([job.status, job.result, job.attempts], ['done', 'by the parent', 2])
    }
    await worker.stop()
    assert.deepEqual(done.toSorted(), ids)
  },
)

forEachStore(
  'job worker: a store that does not answer is reported, and the worker continues afterwards',
  async (store, _house, context) => {
    const queue = new JobQueue(store)
    let isBroken = true
    class Flaky extends JobQueue {
      override claim(request: Parameters<JobQueue['claim']>[0]) {
        return isBroken ? Promise.reject(new AppError('STORE_UNAVAILABLE', 'gone')) : super.claim(request)
      }
    }
    const { faults } = createWorker(context, store, async () => 'fine', { queue: new Flaky(store) })
    const { id } = await queue.enqueue({ queue: 'q', payload: null })
    await until('a fault', async () => faults.length > 0)
    isBroken = false
    assert.equal((await ended(queue, id)).result, 'fine')
  },
)
