// A worker process for the jobs of an evaluation, and the pool of workers.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { startEvaluationWorker } from '../../evaluation/evaluation-worker.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Io } from '../io.ts'
import { type DataFlags, type EvaluationStorage, matchServices, openEvaluations } from './open.ts'

/** Milliseconds that a worker has to end its job after a stop request. */
const GRACE_MS = 1000
/** Worker processes that may die before the evaluation gives up. */
const MAX_RESTARTS = 20

/**
 * Works until it is stopped. @param flags.attached whether it is connected to its parent by a channel, whose end stops
 * the worker
 */
export async function workOn(io: Io, id: string, flags: DataFlags & { readonly attached?: boolean }): Promise<void> {
  // Attached before the first await: the parent may exit by then.
  const ended = new Promise<void>((resolve) => {
    io.signal.addEventListener('abort', () => resolve(), { once: true })
    if (flags.attached === true) process.once('disconnect', () => resolve())
    if (io.signal.aborted || (flags.attached === true && !process.connected)) resolve()
  })
  await using storage = await openEvaluations(io, flags)
  const worker = await startWorker(io, id, storage)
  await ended
  await worker.stop({ graceMs: GRACE_MS })
  if (process.connected) process.disconnect()
}

function startWorker(io: Io, id: string, storage: EvaluationStorage) {
  return startEvaluationWorker({
    id,
    ...storage,
    services: matchServices(io),
    onFault: (error) => io.err(`worker ${process.pid}: ${error instanceof Error ? error.message : String(error)}`),
  })
}

export interface WorkerPool {
  /** Rejects when workers keep dying. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

/** Starts the workers of an evaluation: one in this process, or processes that are replaced when they die. */
export async function startWorkers(
  io: Io,
  id: string,
  at: { readonly storage: EvaluationStorage; readonly count: number; readonly data: string },
): Promise<WorkerPool> {
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  if (at.count === 1) {
    const worker = await startWorker(io, id, at.storage)
    return { failed: failure.promise, stop: () => worker.stop({ graceMs: GRACE_MS }) }
  }
  const children = new Set<ChildProcess>()
  let isStopping = false
  let restarts = 0
  const start = (): void => {
    const child = spawnWorker(id, at.data)
    children.add(child)
    child.once('error', (error) => failure.reject(error))
    child.once('exit', (status, signal) => {
      children.delete(child)
      if (isStopping) return
      if (++restarts <= MAX_RESTARTS) return start()
      failure.reject(
        new AppError('RUN_FAILED', `workers keep ending: the last one with ${signal ?? `status ${status}`}`),
      )
    })
  }
  for (let count = 0; count < at.count; count++) start()
  return {
    failed: failure.promise,
    async stop() {
      isStopping = true
      const ends = [...children].map((child) => once(child, 'exit'))
      for (const child of children) if (child.connected) child.disconnect()
      await Promise.all(ends)
    },
  }
}

/** The same program as a worker. It stops when the channel to this process closes, however this process ends. */
function spawnWorker(id: string, data: string): ChildProcess {
  const [, program = ''] = process.argv
  return spawn(process.execPath, [...process.execArgv, program, 'eval', 'worker', id, '--attached', '--data', data], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}
