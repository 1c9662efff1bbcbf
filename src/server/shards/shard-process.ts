// One shard as the server sees it: a child process that is started again when it ends.
import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { sleep } from '../../lib/sleep.ts'
import type { EpisodeSummary } from '../../protocol/catalogue.ts'
import { HandOver } from './hand-over.ts'
import { FromShard, type HandedHandshake, type ModelSlot, type ToShard } from './shard-link.ts'

/** Starts the program of a shard, with a channel for messages. */
export type SpawnShard = () => ChildProcess

interface Options {
  readonly number: number
  /** Path of the Unix socket for its HTTP requests. */
  readonly socket: string
  readonly spawn: SpawnShard
  readonly log: Log
  /** Plays a slot of it with the model of the server. @returns whether the model has left it */
  onModelSlot(slot: ModelSlot): Promise<boolean>
  onArchived(id: string): void
}

/** Milliseconds before a shard that ended is started again: doubled each time, until one has lived for a minute. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const STEADY_MS = 60_000
/** Longest wait of a request for a shard that is being started again, in milliseconds. */
const AWAY_MS = 20_000
/** Longest wait for the first start, in milliseconds. */
const FIRST_START_MS = 60_000
/** Longest wait for an answer over the channel, in milliseconds. */
const ANSWER_MS = 2000
/** Milliseconds for an orderly end before the process is killed. */
const STOP_MS = 20_000

type Answer = Extract<FromShard, { question: number }>

export class ShardProcess {
  readonly number: number
  readonly socket: string
  readonly #options: Options
  readonly #questions = new Map<number, (answer: Answer | undefined) => void>()
  readonly #handOver = new HandOver((...sent) => this.#send(...sent))
  #child: ChildProcess | undefined
  /** Resolves when it takes requests. */
  #opened = Promise.withResolvers<void>()
  #isOpen = false
  readonly #stopping = new AbortController()
  /** Whether the server takes requests, so that episodes can be resumed. */
  #hasBegun = false
  #asked = 0
  #live = 0
  #expectedAt = 0
  #fault: string | undefined
  #left: readonly string[] = []
  #begun: ((resumed: number) => void) | undefined
  #running: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.number = options.number
    this.socket = options.socket
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Live episodes, as it said last. */
  get live(): number {
    return this.#live
  }

  /** When it was last given an episode, in milliseconds on the clock of this process; 0: never. */
  get expectedAt(): number {
    return this.#expectedAt
  }

  /** Why its journals cannot be written, or why it is not there; undefined: it works. */
  get fault(): string | undefined {
    return this.#fault ?? (this.#isOpen ? undefined : 'it is being started')
  }

  /** Counts an episode that is about to be started there, until the shard says its own number. */
  expect(): void {
    this.#live++
    this.#expectedAt = performance.now()
  }

  /** Starts it, and again after every end. Resolves when it takes requests. @throws AppError as `whenOpen` */
  async start(): Promise<void> {
    this.#running = this.#keepRunning()
    await this.whenOpen(FIRST_START_MS)
  }

  /**
   * Resolves when the shard takes requests.
   * @throws AppError INTERRUPTED when it does not in time
   */
  async whenOpen(withinMs = AWAY_MS): Promise<void> {
    if (this.#isOpen) return
    const wait = new AbortController()
    const late = sleep(withinMs, wait.signal).then(() => {
      throw new AppError('INTERRUPTED', `shard ${this.number} does not start: ${this.fault ?? 'no reason is known'}`, {
        hint: 'Try again in a moment: its episodes continue.',
      })
    })
    try {
      await Promise.race([this.#opened.promise, late])
    } finally {
      late.catch(() => undefined)
      wait.abort()
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async #keepRunning(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const startedAt = performance.now()
      await this.#runOnce()
      if (performance.now() - startedAt > STEADY_MS) pause = FIRST_PAUSE_MS
      await sleep(pause, this.#stopping.signal).catch(() => undefined)
      if (this.#isStopping) return
    }
  }

  /** Resolves when the process has ended. */
  async #runOnce(): Promise<void> {
    const { number, spawn, log } = this.#options
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    try {
      // A shard that was killed has left its socket behind.
      rmSync(this.socket, { force: true })
      const child = spawn()
      this.#child = child
      child.on('message', (message) => {
        const { data, error } = FromShard.safeParse(message)
        if (data) this.#take(data)
        else log.error({ shard: number, err: error }, 'shard.message_unknown')
      })
      child.on('error', (err) => {
        log.error({ shard: number, err }, 'shard.failed')
        // A process that could not be started has no exit.
        if (child.pid === undefined) end()
      })
      child.on('exit', (code, signal) => {
        if (!this.#isStopping) log.error({ shard: number, code, signal }, 'shard.ended')
        end()
      })
      this.#send({ kind: 'open', shard: number, socket: this.socket })
    } catch (err) {
      log.error({ shard: number, err }, 'shard.failed')
      end()
    }
    await ended
    this.#close()
  }

  #refuseRequests(): void {
    if (this.#isOpen) this.#opened = Promise.withResolvers<void>()
    this.#isOpen = false
  }

  #close(): void {
    this.#refuseRequests()
    this.#live = 0
    this.#begun?.(0)
    for (const answer of this.#questions.values()) answer(undefined)
    this.#handOver.failAll()
  }

  #takeRequests(): void {
    this.#isOpen = true
    this.#opened.resolve()
  }

  #take(message: FromShard): void {
    switch (message.kind) {
      case 'opened':
        this.#fault = undefined
        // The first time, the server is not there either; later, nobody may find an episode missing that is yet to be
        // resumed.
        if (!this.#hasBegun) this.#takeRequests()
        else this.#send({ kind: 'begin' })
        return
      case 'begun':
        this.#takeRequests()
        this.#begun?.(message.resumed)
        return
      case 'failed':
        this.#fault = message.message
        this.#options.log.error({ shard: this.number, reason: message.message }, 'shard.failed')
        return
      case 'load':
        this.#live = message.live
        this.#fault = message.fault ?? undefined
        return
      case 'model_slot':
        void this.#modelSlot(message.slot)
        return
      case 'taken':
        this.#handOver.taken(message.number)
        return
      case 'archived':
        this.#options.onArchived(message.id)
        return
      case 'stopped':
        this.#left = message.left
        return
      default:
        this.#questions.get(message.question)?.(message)
    }
  }

  async #modelSlot(slot: ModelSlot): Promise<void> {
    const hasLeft = await this.#options.onModelSlot(slot)
    if (hasLeft) this.#send({ kind: 'left', slot })
  }

  /** Lets it resume its episodes, now and after every further start. @returns how many were resumed */
  begin(): Promise<number> {
    this.#hasBegun = true
    const { promise, resolve } = Promise.withResolvers<number>()
    this.#begun = resolve
    if (this.#isOpen) {
      this.#refuseRequests()
      this.#send({ kind: 'begin' })
    }
    return promise
  }

  /** The current summaries of its live episodes among some; none if it does not answer in time. */
  async summaries(ids: readonly string[]): Promise<readonly EpisodeSummary[]> {
    const answer = await this.#ask((question) => ({ kind: 'summaries', question, ids: [...ids] }))
    return answer?.kind === 'summaries' ? answer.summaries : []
  }

  /** Whether a token belongs to a slot of one of its live episodes; null: that is not known at this moment. */
  async hasToken(token: string): Promise<boolean | null> {
    const answer = await this.#ask((question) => ({ kind: 'token', question, token }))
    return answer?.kind === 'token' ? answer.isKnown : null
  }

  #ask(write: (question: number) => ToShard): Promise<Answer | undefined> {
    if (!this.#isOpen) return Promise.resolve(undefined)
    const question = ++this.#asked
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    const settle = (answer: Answer | undefined): void => {
      clearTimeout(timer)
      this.#questions.delete(question)
      resolve(answer)
    }
    const timer = setTimeout(() => settle(undefined), ANSWER_MS)
    this.#questions.set(question, settle)
    this.#send(write(question))
    return promise
  }

  /**
   * Gives it a client's socket: from then on no byte of it passes through this process. Resolves to true when that is
   * done, or the client has left; to false if the shard ended before: the socket is then still here.
   */
  handOver(socket: Socket, handshake: HandedHandshake): Promise<boolean> {
    return this.#handOver.start(socket, handshake)
  }

  #send(message: ToShard, socket?: Socket, onFailed?: () => void): void {
    const child = this.#child
    // A shard that just ended is reported by its exit.
    if (!child?.connected) onFailed?.()
    else child.send(message, socket, { keepOpen: true }, (error) => error && onFailed?.())
  }

  /** @returns the ids of the episodes that the next start resumes */
  async stop(): Promise<readonly string[]> {
    this.#stopping.abort()
    this.#send({ kind: 'stop' })
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS)
    await this.#running
    clearTimeout(timer)
    return this.#left
  }
}
