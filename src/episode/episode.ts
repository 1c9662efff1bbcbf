// One running episode: slots, pace, clocks, effects, journal. Adapters bring players to it; worlds know nothing of it.
// How a step is made stands in step-loop.ts; how an episode begins, goes on or is forked in start.ts.
import { AppError } from '../kernel/errors.ts'
import {
  type CommandProgress,
  type CommandTranslation,
  type PerceptionBody,
  publicView,
  type World,
  type WorldEvent,
} from '../kernel/world.ts'
import type { Outcome, PlayerRef, Refusal, Results } from '../protocol/episode.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { AgentCommand } from '../protocol/perception-command.ts'
import { Audience } from './audience.ts'
import { EFFECT_LIMITS, Effects } from './effects.ts'
import type { EpisodeEnd, EpisodeParts, EpisodeStatus, SlotHandle } from './episode-parts.ts'
import { Pacer } from './pacer.ts'
import { SlotClocks } from './slot-clocks.ts'
import {
  type Connection,
  ENDED,
  type InProcessPlayer,
  queueCommand,
  type Receipt,
  type SlotState,
  staleReason,
} from './slots.ts'
import { StepLoop } from './step-loop.ts'

/** Characters that may wait for the disk before a run as fast as it can waits too. */
const MAX_BACKLOG = 4 * 1024 * 1024

export class Episode {
  readonly header: JournalHeader
  /** Settles when the episode is over; rejects when it is stopped before that or its journal fails. */
  readonly done: Promise<EpisodeEnd>
  readonly #parts: EpisodeParts
  readonly #loop: StepLoop
  readonly #clocks: SlotClocks
  readonly #effects: Effects
  readonly #end = Promise.withResolvers<EpisodeEnd>()
  readonly #audience = new Audience()
  #status: EpisodeStatus = 'waiting'
  readonly #pacer: Pacer
  #cancelTimer: (() => void) | undefined
  #finished: EpisodeEnd | undefined

  constructor(parts: EpisodeParts) {
    this.#parts = parts
    this.header = parts.header
    this.#loop = new StepLoop(parts.fold, parts.slots, parts.recorder)
    const settings = parts.header.clocks ?? parts.slots.all.map(() => ({ kind: 'none' as const }))
    this.#clocks = new SlotClocks(parts.clock, settings, parts.clocksLeft)
    this.#effects = new Effects({
      workers: parts.workers,
      limits: { ...EFFECT_LIMITS, ...parts.effectLimits },
      clock: parts.clock,
      onReply: (reply) => {
        this.#loop.reply(reply)
        this.#pacer.wakeSoon()
      },
    })
    this.#pacer = new Pacer(parts.header.pacing, {
      clock: parts.clock,
      advance: () => this.#advance(),
      pressure: () => this.#pressure(),
    })
    this.done = this.#end.promise
    // Whoever starts an episode may not care for its end; a rejection must not end the process.
    this.done.catch(() => undefined)
  }

  get world(): World {
    return this.#parts.fold.world
  }

  get status(): EpisodeStatus {
    return this.#status
  }

  get step(): number {
    return this.#parts.fold.step
  }

  get isOver(): boolean {
    return this.#status === 'over'
  }

  /** Steps a second; undefined for other paces. */
  get rate(): number | undefined {
    return this.#pacer.rate
  }

  get slots(): readonly Readonly<Pick<SlotState, 'slot' | 'token' | 'player' | 'connection'>>[] {
    return this.#parts.slots.all
  }

  /** How it ended, once it has. */
  get end(): EpisodeEnd | undefined {
    return this.#finished
  }

  /** What a slot may see now. */
  observe(slot: number): unknown {
    return this.world.observe(this.#parts.fold.state, this.#parts.slots.at(slot).slot)
  }

  /** What a slot may see now, in the engine-agnostic form; undefined where the world has none. */
  perceive(slot: number): PerceptionBody | undefined {
    return this.world.perception?.perceive(this.#parts.fold.state, this.#parts.slots.at(slot).slot)
  }

  /** What the world makes of a command of the perception protocol; undefined where it takes them as they are. */
  translate(slot: number, command: AgentCommand, at: CommandProgress): CommandTranslation<unknown> | undefined {
    return this.world.perception?.translate?.(this.#parts.fold.state, slot, command, at)
  }

  /** What the public may see now. */
  spectate(): JsonObject {
    return publicView(this.world, this.#parts.fold.state)
  }

  /** Whether the world waits for this slot to move before it goes on; in lockstep only. */
  isAwaited(slot: number): boolean {
    return this.#loop.awaited().includes(slot)
  }

  standing(): Results {
    return this.world.standing(this.#parts.fold.state)
  }

  digest(): string {
    return this.world.digest(this.#parts.fold.state)
  }

  /** Calls `onChange` after every step and change of status. Returns what stops it. */
  watch(onChange: () => void): () => void {
    return this.#audience.watch(onChange)
  }

  /**
   * Calls `onEvents` with what the world tells in each step, in the same turn of the loop in which the step was made and
   * recorded, before its senders are told. Returns what stops it.
   */
  listen(onEvents: (events: readonly WorldEvent[]) => void): () => void {
    return this.#audience.listen(onEvents)
  }

  /** Resolves once everything recorded so far is durable. */
  async durable(): Promise<void> {
    await this.#parts.recorder?.durable()
  }

  /** Opens the adapters: slots may be taken, and the first step follows when everybody is there. */
  begin(): void {
    if (this.#status !== 'waiting') return
    const { clock, gatherMs } = this.#parts
    if (this.#parts.slots.areAllTaken || gatherMs === 0) this.#lead()
    else this.#cancelTimer = clock.after(gatherMs, () => this.#lead())
  }

  #lead(): void {
    this.#cancelDeadline()
    const start = (): void => {
      if (this.#status !== 'waiting') return
      this.#cancelTimer = undefined
      this.#status = 'running'
      // What a resumed episode had asked for and not been answered.
      for (const effect of this.#parts.fold.out.pending.values()) this.#effects.start(effect)
      this.#notify()
      this.#pacer.start()
    }
    if (this.#parts.leadMs === 0) start()
    else this.#cancelTimer = this.#parts.clock.after(this.#parts.leadMs, start)
  }

  /** Why a player could not join now, without joining; undefined: it could. */
  objection(slot: number, token: string): AppError | undefined {
    if (this.#isClosed) return new AppError('EPISODE_OVER', `episode ${this.header.episode} has ended`)
    try {
      const slotState = this.#parts.slots.admit(slot, token)
      return this.#parts.slots.isOpen(slotState)
        ? undefined
        : new AppError('SLOT_TAKEN', `slot ${slot} is connected already`)
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }

  /**
   * Brings a player to its slot, or back to it.
   * @throws AppError SLOT_INVALID, TOKEN_REFUSED, SEAT_TAKEN or EPISODE_OVER
   */
  join(at: { slot: number; token: string }, player: PlayerRef, connection: Connection): SlotHandle {
    const objection = this.objection(at.slot, at.token)
    if (objection) throw objection
    const slotState = this.#parts.slots.at(at.slot)
    const before = this.#parts.slots.areAllTaken
    this.#parts.slots.join(slotState, player, connection)
    if (this.#status === 'waiting' && !before && this.#parts.slots.areAllTaken) this.#lead()
    this.#pacer.wake()
    return {
      slot: slotState.slot,
      post: (command) => this.#post(slotState, connection, command),
      submit: (command, step) => this.#submit(slotState, connection, { command, step }),
      leave: () => this.#parts.slots.leave(slotState, connection),
    }
  }

  /** Gives a slot to another player; with an in-process player, it plays at once. */
  handOver(slot: number, player: PlayerRef, inProcess?: InProcessPlayer): void {
    this.#parts.slots.handOver(this.#parts.slots.at(slot), player, inProcess)
    this.#pacer.wake()
  }

  #post(slotState: SlotState, connection: Connection, command: unknown): void {
    if (this.#isClosed || slotState.connection !== connection) return
    const refusal = this.#queue(slotState, command, undefined)
    if (refusal && refusal.code !== 'QUEUE_FULL') this.#loop.refuse(slotState.slot, command, refusal)
  }

  #submit(
    slotState: SlotState,
    connection: Connection,
    said: { command: unknown; step: number | undefined },
  ): Promise<Receipt> {
    const { promise, resolve } = Promise.withResolvers<Receipt>()
    const refusal =
      (this.#isClosed ? ENDED : undefined) ??
      staleReason(slotState, connection, { meant: said.step, now: this.step }) ??
      this.#queue(slotState, said.command, resolve)
    if (!refusal) return promise
    // A full queue is not journalled: whoever floods a slot must not fill the disk.
    if (refusal.code !== 'QUEUE_FULL') this.#loop.refuse(slotState.slot, said.command, refusal)
    return Promise.resolve({ accepted: false, ...refusal })
  }

  /** Lets a command wait for its step, unless it is none or too many wait already. */
  #queue(
    slotState: SlotState,
    command: unknown,
    settle: ((receipt: Receipt) => void) | undefined,
  ): Refusal | undefined {
    const refusal = queueCommand(this.world, slotState, { command, settle })
    if (refusal) return refusal
    if (this.#pacer.mode === 'lockstep') {
      this.#clocks.stop(slotState.slot)
      this.#pacer.wake()
    }
    return undefined
  }

  get #isClosed(): boolean {
    return this.#status === 'over' || this.#status === 'stopped'
  }

  /** Stops time. Clocks stand still; commands wait. */
  pause(): void {
    if (this.#status !== 'running') return
    this.#status = 'paused'
    this.#pacer.stop()
    this.#cancelDeadline()
    this.#clocks.suspend()
    this.#notify()
  }

  resume(): void {
    if (this.#status !== 'paused') return
    this.#status = 'running'
    this.#notify()
    this.#pacer.start()
  }

  /** @param stepsPerSecond more than 0, at most 1000; only for episodes at a fixed rate */
  setRate(stepsPerSecond: number): void {
    this.#pacer.setRate(stepsPerSecond)
    this.#notify()
  }

  /** Ends the episode from outside, with the standing as results. */
  truncate(reason: string): Promise<void> {
    return this.#finish({ ended: 'truncated', reason })
  }

  /**
   * Lets go of an unfinished episode: the step under way is done, everything is durable, and the journal stays open for
   * whoever resumes it.
   * @returns the step it stands at
   */
  async stop(): Promise<number> {
    if (this.#isClosed) return this.step
    this.#status = 'stopped'
    this.#release('shutdown')
    await this.#parts.recorder?.close()
    this.#end.reject(new AppError('INTERRUPTED', `episode ${this.header.episode} was stopped at step ${this.step}`))
    return this.step
  }

  #release(reason: 'over' | 'shutdown'): void {
    this.#pacer.stop()
    this.#cancelDeadline()
    this.#clocks.suspend()
    this.#effects.cancelAll()
    for (const slotState of this.#parts.slots.all) {
      for (const waiting of slotState.waiting.splice(0)) {
        waiting.settle?.({ accepted: false, ...ENDED })
      }
      const { connection } = slotState
      connection?.update()
      connection?.end(reason)
    }
  }

  #cancelDeadline(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #advance(): boolean {
    if (this.#status !== 'running') return false
    if (this.#pacer.mode !== 'lockstep') this.#loop.step()
    else if (!this.#lockstep()) return false
    this.#afterStep()
    return this.#status === 'running'
  }

  #pressure(): Promise<void> | undefined {
    const { recorder } = this.#parts
    if (!recorder || recorder.backlog <= MAX_BACKLOG) return undefined
    const durable = recorder.durable()
    durable.catch(this.#fail)
    return durable
  }

  /** A lockstep, if it can be made now; otherwise the clocks of those who are awaited run. */
  #lockstep(): boolean {
    if (this.#clocks.isNeeded) this.#loop.clocks = this.#clocks.left
    const isDone = this.#loop.lockstep()
    if (isDone) {
      this.#cancelDeadline()
      return true
    }
    this.#publish()
    this.#settle()
    const awaited = this.#loop.awaited()
    for (const slot of awaited) {
      if (this.#parts.slots.at(slot).waiting.length === 0) this.#clocks.start(slot, () => this.#expire([slot]))
    }
    const { pacing } = this.header
    const deadline = pacing.mode === 'lockstep' ? pacing.deadlineMs : undefined
    if (deadline !== undefined && !this.#cancelTimer && awaited.length > 0) {
      this.#cancelTimer = this.#parts.clock.after(deadline, () => {
        this.#cancelTimer = undefined
        this.#expire(this.#loop.awaited())
      })
    }
    return false
  }

  #expire(slots: readonly number[]): void {
    for (const slot of slots) if (this.#parts.slots.at(slot).waiting.length === 0) this.#loop.expire(slot)
    this.#pacer.wake()
  }

  #publish(): void {
    const { out } = this.#parts.fold
    if (out.effects.length === 0 && out.events.length === 0 && out.cancelled.length === 0) return
    // An effect that was asked for and taken back in one step is never begun.
    for (const id of out.cancelled) this.#effects.cancel(id)
    for (const effect of out.effects) if (out.pending.has(effect.id)) this.#effects.start(effect)
    this.#audience.tell(out.events)
    out.clear()
  }

  #afterStep(): void {
    this.#publish()
    const outcome = this.#loop.outcome ?? this.#limit()
    this.#settle()
    if (outcome) void this.#finish(outcome).catch(this.#fail)
    else this.#notify()
  }

  #limit(): Outcome | undefined {
    if (this.step < this.#parts.maxSteps) return undefined
    return { ended: 'truncated', reason: `The limit of ${this.#parts.maxSteps} steps was reached.` }
  }

  #notify(): void {
    for (const slotState of this.#parts.slots.all) slotState.connection?.update()
    this.#audience.changed()
  }

  /** Tells senders what became of their commands, once that is durable. */
  #settle(): void {
    const settlements = this.#loop.takeSettlements()
    if (settlements.length === 0) return
    const durable = this.#parts.recorder?.durable() ?? Promise.resolve()
    durable.then(() => {
      for (const { settle, receipt } of settlements) settle(receipt)
    }, this.#fail)
  }

  readonly #fail = (error: unknown): void => {
    if (this.#isClosed) return
    this.#status = 'stopped'
    this.#release('shutdown')
    this.#end.reject(error)
  }

  async #finish(outcome: Outcome): Promise<void> {
    if (this.#isClosed) return
    this.#status = 'over'
    const { fold, recorder } = this.#parts
    const results = fold.world.standing(fold.state)
    recorder?.outcome(fold, outcome, results)
    const hash = recorder?.hash
    this.#finished = { outcome, results, digest: fold.world.digest(fold.state), steps: fold.step, hash }
    try {
      await recorder?.close()
      await this.#parts.onEnd?.(this.#finished)
    } catch (error) {
      this.#end.reject(error)
      this.#release('shutdown')
      return
    }
    this.#audience.changed()
    this.#end.resolve(this.#finished)
    this.#release('over')
  }
}
