// A course in a worker: requests and responses are matched by number.
import type { JsonObject } from 'paracosm/protocol'
import type { ViewFrame } from '../../../src/protocol/live.ts'
import type { Answers, FromWorker, Question } from './messages.ts'
import type { CommandRow, Course, CourseInfo, Series, Verdict } from './types.ts'

interface Waiting {
  readonly settle: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly onProgress: ((step: number) => void) | undefined
}

/** The error of a failed request to the worker. */
export class CourseError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'CourseError'
    this.code = code
  }
}

export class WorkerCourse implements Course {
  readonly #worker: Worker
  readonly #about: { readonly origin: string; readonly key: string | undefined; readonly episode: string }
  readonly #waiting = new Map<number, Waiting>()
  #count = 0

  constructor(about: { readonly origin: string; readonly key: string | undefined; readonly episode: string }) {
    this.#about = about
    this.#worker = new Worker(new URL('./course-worker.ts', import.meta.url), { type: 'module' })
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#take(data))
    this.#worker.addEventListener('error', (event) => this.#fail(new CourseError('INTERNAL_ERROR', event.message)))
  }

  open(): Promise<CourseInfo> {
    return this.#ask<'open'>({ kind: 'open', ...this.#about })
  }

  /** Scores of a course that is read in parts. */
  series(): Promise<Series> {
    return this.#ask<'series'>({ kind: 'series' })
  }

  moment(step: number, perspective: number | null): Promise<ViewFrame> {
    return this.#ask<'moment'>({ kind: 'moment', step, perspective })
  }

  commands(from: number, to: number): Promise<readonly CommandRow[]> {
    return this.#ask<'commands'>({ kind: 'commands', from, to })
  }

  lines(from: number, to: number): Promise<readonly string[]> {
    return this.#ask<'lines'>({ kind: 'lines', from, to })
  }

  inspect(id: number, step: number): Promise<JsonObject | undefined> {
    return this.#ask<'inspect'>({ kind: 'inspect', id, step })
  }

  verify(onProgress: (step: number) => void): Promise<Verdict> {
    return this.#ask<'verify'>({ kind: 'verify' }, onProgress)
  }

  close(): void {
    this.#worker.terminate()
    this.#fail(new CourseError('ABORTED', 'the page was left'))
  }

  #ask<K extends keyof Answers>(
    question: Question & { kind: K },
    onProgress?: (step: number) => void,
  ): Promise<Answers[K]> {
    const id = ++this.#count
    const { promise, resolve, reject } = Promise.withResolvers<Answers[K]>()
    const settle = (value: unknown): void => {
      if (isAnswer(question.kind, value)) resolve(value)
      else reject(new CourseError('INTERNAL_ERROR', `no answer to ${question.kind}`))
    }
    this.#waiting.set(id, { settle, reject, onProgress })
    this.#worker.postMessage({ id, question })
    return promise
  }

  #take(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id)
    if (!waiting) return
    if (message.kind === 'progress') {
      waiting.onProgress?.(message.step)
      return
    }
    this.#waiting.delete(message.id)
    if (message.kind === 'failure') waiting.reject(new CourseError(message.code, message.message))
    else waiting.settle(message.value)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/** The worker is our own code: its responses have the types in `Answers`. */
function isAnswer<K extends keyof Answers>(kind: K, value: unknown): value is Answers[K] {
  return value !== undefined || kind === 'inspect'
}
