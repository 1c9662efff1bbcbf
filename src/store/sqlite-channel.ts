// Access to a SQLite connection: through a worker thread, so that no query blocks the caller's event loop, or inline.
import { Worker } from 'node:worker_threads'
import { Mutex } from '../lib/mutex.ts'
import { SqliteFault, toStoreError } from './faults.ts'
import { SqliteConnection, type SqliteFile, type SqliteResult, type SqliteStatement } from './sqlite-connection.ts'
import type { SqliteAnswer, SqliteQuestion } from './sqlite-worker.ts'

export interface SqliteChannel {
  /** Held by the user of the connection; a transaction holds it from start to end. */
  readonly mutex: Mutex
  run(statement: SqliteStatement): Promise<SqliteResult>
  /**
   * One transaction, and one message to the thread. The caller need not hold the mutex: the call waits for its turn.
   */
  batch(statements: readonly SqliteStatement[]): Promise<SqliteResult[]>
  close(): Promise<void>
}

/** @throws AppError STORE_UNAVAILABLE, STORE_CORRUPT, STORE_READ_ONLY or STORE_BUSY */
export function openInline(file: SqliteFile): SqliteChannel {
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw toStoreError(error, file.path)
    }
  }
  const connection = attempt(() => new SqliteConnection(file))
  const mutex = new Mutex()
  return {
    mutex,
    run: async (statement) => attempt(() => connection.run(statement)),
    batch: (statements) => mutex.run(async () => attempt(() => connection.batch(statements))),
    close: () => mutex.run(async () => connection.close()),
  }
}

/** @throws AppError like `openInline` */
export async function openThread(file: SqliteFile): Promise<SqliteChannel> {
  const thread = new SqliteThread(file)
  await thread.opened
  const mutex = new Mutex()
  return {
    mutex,
    run: async (statement) => (await thread.ask([statement], false))[0] ?? noResult(),
    batch: (statements) => mutex.run(() => thread.ask(statements, true)),
    close: () => mutex.run(() => thread.close()),
  }
}

function noResult(): never {
  throw new Error('the store thread returned no result')
}

interface Waiting {
  resolve(results: SqliteResult[]): void
  reject(error: unknown): void
}

/** Requests are answered in the order in which they were sent. */
class SqliteThread {
  readonly #path: string
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  readonly opened: Promise<unknown>
  #ended: Error | undefined

  constructor(file: SqliteFile) {
    this.#path = file.path
    // The compiler does not rewrite this path, so the worker has the same extension as this file.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.#worker = new Worker(new URL(`./sqlite-worker.${extension}`, import.meta.url), { workerData: file })
    this.#worker.on('message', (answer: SqliteAnswer) => this.#take(answer))
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', () => this.#end(new Error('the store is closed')))
    this.opened = this.#expect()
  }

  ask(statements: readonly SqliteStatement[], isBatch: boolean): Promise<SqliteResult[]> {
    if (this.#ended) return Promise.reject(this.#ended)
    const question: SqliteQuestion = { statements, isBatch }
    this.#worker.postMessage(question)
    return this.#expect()
  }

  /** The thread keeps the process alive only while a call is pending. */
  #expect(): Promise<SqliteResult[]> {
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #take(answer: SqliteAnswer): void {
    const waiting = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#worker.unref()
    if (answer.ok) waiting?.resolve(answer.results)
    else waiting?.reject(toStoreError(toError(answer), this.#path))
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const isOver = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.ref()
    this.#worker.postMessage(null)
    await isOver
  }
}

function toError(answer: { message: string; errcode?: number | undefined }): Error {
  return answer.errcode === undefined ? new Error(answer.message) : new SqliteFault(answer.message, answer.errcode)
}
