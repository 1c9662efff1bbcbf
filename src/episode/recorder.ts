// Writes an episode's journal: seals lines, and sets checkpoints often enough that a reader can seek.
import { AppError } from '../kernel/errors.ts'
import type { Fold } from '../kernel/fold.ts'
import { Chain } from '../kernel/journal.ts'
import type { EffectReply, EpisodeFailure, Outcome, Refusal, Results } from '../protocol/episode.ts'
import type { JournalHeader, SlotChange, StepLine } from '../protocol/journal.ts'
import { nativeHash } from './native-hash.ts'
import type { LineSink } from './sink.ts'

/** Steps between digests, and between saved states of up to STATE_UNIT characters; larger states are saved less often. */
const DIGEST_EVERY = 100
const STATE_EVERY = 1000
const STATE_UNIT = 64 * 1024
/**
 * Milliseconds of idle steps that may pass without a line. A step that a client saw must be durable 300 ms later even
 * without inputs: this and MAX_UNCOMMITTED_MS stay below that.
 */
const IDLE_MARK_MS = 100

/** The inputs of one step. Lists are parallel; the recorder copies what it keeps. */
export interface StepRecord {
  readonly step: number
  readonly changes: readonly (readonly [number, SlotChange])[]
  readonly slots: readonly number[]
  readonly commands: readonly unknown[]
  readonly refused: readonly (readonly [number, unknown, Refusal])[]
  readonly replies: readonly EffectReply[]
  readonly timeouts: readonly number[]
  readonly clocks: readonly number[] | undefined
  readonly isHeld: boolean
}

/** Characters that may wait for the disk before an unpaced run waits too. */
const MAX_BACKLOG = 4 * 1024 * 1024

export class Recorder {
  readonly #sink: LineSink
  readonly #chain: Chain
  readonly #texts = new WeakMap<object, string>()
  #nextDigest: number
  readonly #stateEvery: number
  #nextState: number
  /** Steps after which even an idle episode writes a line; episodes without real time do not need it. */
  #markEvery = Number.POSITIVE_INFINITY
  /** Step of the last line of a step. */
  #lastLine = -1
  #hasFailed = false

  /** @param stateEvery steps between saved states */
  constructor(sink: LineSink, chain: Chain = new Chain(nativeHash), stateEvery = STATE_EVERY) {
    this.#sink = sink
    this.#chain = chain
    this.#stateEvery = stateEvery
    this.#nextState = stateEvery
    this.#nextDigest = Math.min(DIGEST_EVERY, stateEvery)
  }

  /** The running hash, 64 hex digits. */
  get hash(): string {
    return this.#chain.hex
  }

  /** What an unpaced run waits for if too much data waits for the disk; undefined: it may continue. */
  get pressure(): Promise<void> | undefined {
    return this.#sink.backlog <= MAX_BACKLOG ? undefined : this.durable()
  }

  /** Text of a command. Bots send the same few frozen commands a million times; their text is cached. */
  #textOf(command: unknown): string {
    if (typeof command !== 'object' || command === null) return JSON.stringify(command)
    const known = this.#texts.get(command)
    if (known !== undefined) return known
    const text = JSON.stringify(command)
    const isFixed = Object.isFrozen(command) && Object.values(command).every((value) => typeof value !== 'object')
    if (isFixed) this.#texts.set(command, text)
    return text
  }

  /** The step rate of the episode: elapsed time becomes durable even without inputs. */
  keepTime(stepsPerSecond: number): void {
    this.#markEvery = Math.max(1, Math.floor((stepsPerSecond * IDLE_MARK_MS) / 1000))
  }

  header(header: JournalHeader): void {
    this.#sink.append(this.#chain.seal(JSON.stringify(header), true))
  }

  /** Continues after existing lines: the next checkpoints are where they would have been. */
  continueAt(step: number): void {
    const digestEvery = Math.min(DIGEST_EVERY, this.#stateEvery)
    this.#nextDigest = (Math.floor(step / digestEvery) + 1) * digestEvery
    this.#nextState = (Math.floor(step / this.#stateEvery) + 1) * this.#stateEvery
    this.#lastLine = step - 1
  }

  /**
   * Writes the line of a step, unless it has no inputs and needs no line for the time. Built by hand: this is the
   * hottest serialisation of the program.
   */
  step(record: StepRecord): void {
    let body = `{"step":${record.step}`
    const bare = body.length
    if (record.changes.length > 0) body += `,"changes":${JSON.stringify(record.changes)}`
    if (record.slots.length > 0) {
      let inputs = ''
      for (let i = 0; i < record.slots.length; i++) {
        inputs += `${i === 0 ? '[' : ',['}${record.slots[i]},${this.#textOf(record.commands[i])}]`
      }
      body += `,"inputs":[${inputs}]`
    }
    if (record.refused.length > 0) body += `,"refused":${JSON.stringify(record.refused)}`
    if (record.replies.length > 0) body += `,"replies":${JSON.stringify(record.replies)}`
    if (record.timeouts.length > 0) body += `,"timeouts":${JSON.stringify(record.timeouts)}`
    if (body.length === bare && record.step - this.#lastLine < this.#markEvery) return
    this.#lastLine = record.step
    if (record.clocks) body += `,"clocks":${JSON.stringify(record.clocks)}`
    if (record.isHeld) body += ',"hold":true'
    this.#sink.append(this.#chain.seal(`${body}}`, false))
  }

  /** Writes a line that another journal holds: the shared past of a fork. */
  copy(line: StepLine): void {
    this.#sink.append(this.#chain.seal(JSON.stringify(line), false))
  }

  /** Sets a checkpoint if one is due after `fold.step` steps. */
  checkpoint(fold: Fold): void {
    if (fold.step < this.#nextDigest) return
    this.#nextDigest = fold.step + Math.min(DIGEST_EVERY, this.#stateEvery)
    const digest = fold.world.digest(fold.state)
    if (fold.step < this.#nextState) {
      this.#sink.append(this.#chain.seal(`{"step":${fold.step},"digest":"${digest}"}`, false))
      return
    }
    const state = JSON.stringify(fold.world.save(fold.state))
    const effects = fold.out.pending.size > 0 ? `,"effects":${JSON.stringify([...fold.out.pending.values()])}` : ''
    const body = `{"step":${fold.step},"digest":"${digest}","state":${state}${effects}}`
    this.#sink.append(this.#chain.seal(body, true))
    this.#nextState = fold.step + this.#stateEvery * Math.max(1, Math.ceil(state.length / STATE_UNIT))
  }

  /** Writes the last line. */
  outcome(fold: Fold, outcome: Outcome, results: Results): void {
    const line = { step: fold.step, outcome, results, digest: fold.world.digest(fold.state) }
    this.#sink.append(this.#chain.seal(JSON.stringify(line), true))
  }

  /** Writes the last line of an episode that failed. */
  failure(step: number, failure: EpisodeFailure): void {
    this.#sink.append(this.#chain.seal(JSON.stringify({ step, failure }), true))
  }

  /** Calls `listener` when a write fails that no caller waits for. */
  onFault(listener: (error: unknown) => void): void {
    this.#sink.onFault?.(listener)
  }

  /**
   * Resolves once everything written so far is durable.
   * @throws AppError FILE_UNWRITABLE when a write fails; nothing is acknowledged after that
   */
  async durable(): Promise<void> {
    if (this.#hasFailed)
      throw new AppError('FILE_UNWRITABLE', 'the journal could not be written; the episode has stopped')
    try {
      await this.#sink.commit()
    } catch (cause) {
      this.#hasFailed = true
      throw new AppError('FILE_UNWRITABLE', 'the journal could not be written; the episode has stopped', { cause })
    }
  }

  close(): Promise<void> {
    return this.#sink.close()
  }
}
