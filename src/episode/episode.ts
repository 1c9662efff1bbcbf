// One running episode: slots, pace, clocks, effects, journal. Adapters bring players to it; worlds know nothing of it.
// It supervises itself: whatever a world, player, listener or sink throws ends this episode as failed, and nothing else.
// step-loop.ts runs the steps; start.ts starts, resumes and forks episodes.
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { CommandProgress, CommandTranslation, PerceptionBody, World, WorldEvent } from '../kernel/world.ts'
import type { EpisodeFailure, Outcome, PlayerRef, Refusal, Results } from '../protocol/episode.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { AgentCommand } from '../protocol/perception-command.ts'
import { Audience } from './audience.ts'
import { CommandIntake } from './command-intake.ts'
import { EFFECT_LIMITS, Effects } from './effects.ts'
import { Ending } from './ending.ts'
import type { EpisodeEnd, EpisodeParts, EpisodeStatus, SlotHandle } from './episode-parts.ts'
import { EpisodeViews } from './episode-views.ts'
import { Lockstep } from './lockstep.ts'
import { Pacer } from './pacer.ts'
import { Receipts } from './receipts.ts'
import { SlotClocks } from './slot-clocks.ts'
import { CLOSED, type Connection, type InProcessPlayer, type SlotState } from './slots.ts'
import { StartGate } from './start-gate.ts'
import { limitOutcome, StepLoop } from './step-loop.ts'

/** Characters of an exception's message that the journal and the API show. */
const MAX_FAILURE_MESSAGE = 500

export class Episode {
  readonly header: JournalHeader
  /**
   * Settles when the episode has ended and all its resources are closed. Rejects with INTERRUPTED when it was stopped,
   * EPISODE_FAILED when an exception ended it, FILE_UNWRITABLE when its journal could not be written.
   */
  readonly done: Promise<EpisodeEnd>
  readonly #parts: EpisodeParts
  readonly #loop: StepLoop
  readonly #clocks: SlotClocks
  readonly #effects: Effects
  readonly #lockstep: Lockstep
  readonly #receipts: Receipts
  readonly #ending: Ending
  readonly #audience = new Audience()
  readonly #commands: CommandIntake
  readonly #views: EpisodeViews
  readonly #gate: StartGate
  readonly #pacer: Pacer
  #status: EpisodeStatus = 'waiting'
  #finished: EpisodeEnd | undefined
  #failure: EpisodeFailure | undefined

  constructor(parts: EpisodeParts) {
    this.#parts = parts
    this.header = parts.header
    const { clock, recorder, slots } = parts
    this.#loop = new StepLoop(parts.fold, slots, recorder)
    const settings = parts.header.clocks ?? slots.all.map(() => ({ kind: 'none' as const }))
    this.#clocks = new SlotClocks(clock, settings, parts.clocksLeft)
    this.#effects = new Effects({
      workers: parts.workers,
      limits: { ...EFFECT_LIMITS, ...parts.effectLimits },
      clock,
      onReply: (reply) => {
        this.#loop.reply(reply)
        this.#pacer.wakeSoon()
      },
    })
    this.#pacer = new Pacer(parts.header.pacing, {
      clock,
      advance: () => this.#supervise('a step', () => this.#advance()) ?? false,
      pressure: () => this.#pressure(),
    })
    const { pacing } = parts.header
    this.#lockstep = new Lockstep({
      loop: this.#loop,
      slots,
      clocks: this.#clocks,
      clock,
      deadlineMs: pacing.mode === 'lockstep' ? pacing.deadlineMs : undefined,
      wake: () => this.#pacer.wake(),
    })
    this.#views = new EpisodeViews(parts.fold, (what, view) => this.#view(what, view))
    this.#gate = new StartGate({ ...parts, onStart: () => this.#start() })
    this.#commands = new CommandIntake({
      fold: parts.fold,
      loop: this.#loop,
      closed: () => this.#closed(),
      onQueued: (slot) => {
        if (this.#pacer.mode !== 'lockstep') return
        this.#clocks.stop(slot)
        this.#pacer.wake()
      },
    })
    this.#receipts = new Receipts(() => this.durable(), this.#lose)
    recorder?.onFault(this.#lose)
    this.#ending = new Ending({ ...parts, audience: this.#audience, stopTime: () => this.#stopTime() })
    this.done = this.#ending.done
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

  /** Whether this object is inactive: the episode is over, failed, or was stopped. */
  get isClosed(): boolean {
    return this.#status === 'over' || this.#status === 'stopped' || this.#status === 'failed'
  }

  /** Steps per second; undefined for other paces. */
  get rate(): number | undefined {
    return this.#pacer.rate
  }

  get slots(): readonly Readonly<Pick<SlotState, 'slot' | 'token' | 'player' | 'connection' | 'hasBeenTaken'>>[] {
    return this.#parts.slots.all
  }

  /** How it ended, once it has. */
  get end(): EpisodeEnd | undefined {
    return this.#finished
  }

  /** The exception that ended it, if one did. */
  get failure(): EpisodeFailure | undefined {
    return this.#failure
  }

  /**
   * The observation of a slot.
   * @throws AppError SLOT_INVALID; EPISODE_FAILED when the world throws, which ends the episode (as for all views)
   */
  observe(slot: number): unknown {
    return this.#views.observe(this.#parts.slots.at(slot).slot)
  }

  /** Like `observe`, in the engine-agnostic form; undefined if the world has none. */
  perceive(slot: number): PerceptionBody | undefined {
    return this.#views.perceive(this.#parts.slots.at(slot).slot)
  }

  /** Translates a command of the agent protocol; undefined if the world takes these commands unchanged. */
  translate(slot: number, command: AgentCommand, at: CommandProgress): CommandTranslation<unknown> | undefined {
    return this.#views.translate(slot, command, at)
  }

  /** The public view. */
  spectate(): JsonObject {
    return this.#views.spectate()
  }

  standing(): Results {
    return this.#views.standing()
  }

  digest(): string {
    return this.#views.digest()
  }

  /** The headless inspection of one part; undefined for an unknown id, and in worlds without parts. */
  inspect(part: number): JsonObject | undefined {
    return this.#views.inspect(part)
  }

  /** Whether the world waits for this slot to move before the next step; in lockstep only. */
  isAwaited(slot: number): boolean {
    return this.#view('awaits', () => this.#loop.awaited().includes(slot))
  }

  /** Calls `onChange` after every step and change of status. Returns a function that stops it. */
  watch(onChange: () => void): () => void {
    return this.#audience.watch(onChange)
  }

  /**
   * Calls `onEvents` with the events of each step, in the same turn of the event loop in which the step was made and
   * recorded, before the senders get their receipts. Returns a function that stops it.
   */
  listen(onEvents: (events: readonly WorldEvent[]) => void): () => void {
    return this.#audience.listen(onEvents)
  }

  /** Resolves once everything recorded so far is durable. */
  async durable(): Promise<void> {
    await this.#parts.recorder?.durable()
  }

  /**
   * Opens the episode: slots may be taken, and the first step follows when every player is there.
   * @param isComplete true: it does not wait, or no longer, for players who have not come
   */
  begin(isComplete = this.#parts.slots.areAllTaken): void {
    if (this.#status === 'waiting') this.#gate.open(isComplete)
  }

  #start(): void {
    if (this.#status !== 'waiting') return
    this.#status = 'running'
    // The effects that a resumed episode had requested and that have no reply.
    for (const effect of this.#parts.fold.out.pending.values()) this.#effects.start(effect)
    if (this.#parts.startsPaused) this.#status = 'paused'
    this.#supervise('the start', () => this.#notify())
    if (this.#status === 'running') this.#pacer.start()
  }

  /** Why a player could not join now, without joining; undefined: it could. */
  checkJoin(slot: number, token: string): AppError | undefined {
    // A server that stops is not the end of its episodes.
    if (this.#status === 'stopped') return this.#error('INTERRUPTED', 'is not running at this moment')
    return this.isClosed ? this.#error('EPISODE_OVER', 'has ended') : this.#parts.slots.refusal(slot, token)
  }

  /**
   * Brings a player to its slot, or back to it.
   * @throws AppError SLOT_INVALID, TOKEN_REFUSED, SLOT_TAKEN, EPISODE_OVER or INTERRUPTED
   */
  join(at: { slot: number; token: string }, player: PlayerRef, connection: Connection): SlotHandle {
    const refusal = this.checkJoin(at.slot, at.token)
    if (refusal) throw refusal
    const { slots } = this.#parts
    const slotState = slots.at(at.slot)
    const before = slots.areAllTaken
    slots.join(slotState, player, connection)
    if (this.#status === 'waiting' && !before && slots.areAllTaken) this.#gate.lead()
    this.#pacer.wake()
    return {
      slot: slotState.slot,
      post: (command) => this.#commands.post(slotState, connection, command),
      submit: (command, step) => this.#commands.submit(slotState, connection, { command, step }),
      leave: () => slots.leave(slotState, connection),
    }
  }

  /** Gives a slot to another player; one in this process plays at once. */
  handOver(slot: number, player: PlayerRef, inProcess?: InProcessPlayer): void {
    this.#parts.slots.handOver(this.#parts.slots.at(slot), player, inProcess)
    this.#pacer.wake()
  }

  /** Pauses the episode: clocks stop, and commands wait. */
  pause(): void {
    if (this.#status !== 'running') return
    this.#status = 'paused'
    this.#pacer.stop()
    this.#lockstep.stop()
    this.#clocks.suspend()
    this.#supervise('a pause', () => this.#notify())
  }

  resume(): void {
    if (this.#status !== 'paused') return
    this.#status = 'running'
    this.#supervise('a resume', () => this.#notify())
    this.#pacer.start()
  }

  /**
   * Makes steps while the episode is paused; not in lockstep, where steps follow from moves.
   * @returns how many were made: fewer when the episode ends first, 0 when it is not paused
   */
  stepPaused(steps: number): number {
    const first = this.step
    while (this.step < first + steps && this.#status === 'paused' && this.#pacer.mode !== 'lockstep')
      this.#supervise('a step', () => {
        this.#loop.step()
        this.#afterStep()
      })
    return this.step - first
  }

  /** @param stepsPerSecond more than 0, at most 1000; only for episodes at a fixed rate */
  setRate(stepsPerSecond: number): void {
    this.#pacer.setRate(stepsPerSecond)
    if (this.rate !== undefined) this.#parts.recorder?.keepTime(stepsPerSecond)
    this.#supervise('a change of pace', () => this.#notify())
  }

  /** Ends the episode from outside, with the standing as results. */
  truncate(reason: string): Promise<void> {
    return this.#finish({ ended: 'truncated', reason })
  }

  /**
   * Ends the episode as failed. Adapters call it when what they do for this episode alone throws; the episode itself
   * does when its world, a player or a listener throws.
   * @param the action that failed, for the log: 'a step'
   */
  fail(what: string, error: unknown): void {
    if (this.isClosed) return
    const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_FAILURE_MESSAGE)
    this.#failure = { code: error instanceof AppError ? error.code : 'WORLD_THREW', message }
    this.#status = 'failed'
    const failed = this.#error('EPISODE_FAILED', `failed in ${what} after step ${this.step}: ${message}`, error)
    // The effect of a failed step on the state is unknown, so its commands do not count.
    const refusal = { accepted: false, code: 'EPISODE_FAILED', reason: 'The episode failed in this step.' } as const
    for (const { settle } of this.#loop.takeSettlements()) settle(refusal)
    this.#parts.recorder?.failure(this.step, this.#failure)
    this.#ending.abort('failed', failed)
  }

  /**
   * Releases an unfinished episode: the current step completes, everything is durable, and the journal stays open for
   * a later resume.
   * @returns the current step
   * @throws AppError FILE_UNWRITABLE when the journal could not be closed; the episode is released all the same
   */
  async stop(): Promise<number> {
    if (this.isClosed) return this.step
    this.#status = 'stopped'
    await this.#ending.stop(this.#error('INTERRUPTED', `was stopped at step ${this.step}`))
    return this.step
  }

  /** The journal could not be written: lines that are not durable do not count, and the journal ends here. */
  readonly #lose = (cause: unknown): void => {
    if (this.isClosed) return
    const error = this.#error('FILE_UNWRITABLE', 'has a journal that could not be written', cause)
    this.#status = 'stopped'
    this.#receipts.send(this.#loop.takeSettlements())
    this.#ending.abort('shutdown', error)
  }

  #error(code: ErrorCode, what: string, cause?: unknown): AppError {
    return new AppError(code, `episode ${this.header.episode} ${what}`, { cause, details: { step: this.step } })
  }

  #closed(): Refusal | undefined {
    const status = this.#status
    return status === 'over' || status === 'failed' || status === 'stopped' ? CLOSED[status] : undefined
  }

  #stopTime(): void {
    this.#pacer.stop()
    this.#gate.close()
    this.#lockstep.stop()
    this.#clocks.suspend()
    this.#effects.cancelAll()
  }

  /** Runs what may throw; an exception fails the episode. */
  #supervise<T>(what: string, run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      this.fail(what, error)
      return undefined
    }
  }

  #view<T>(what: string, run: () => T): T {
    try {
      return run()
    } catch (error) {
      this.fail(what, error)
      throw this.#error('EPISODE_FAILED', `failed in ${what}`, error)
    }
  }

  #advance(): boolean {
    if (this.#status !== 'running') return false
    if (this.#pacer.mode !== 'lockstep') this.#loop.step()
    else if (!this.#lockstep.advance()) {
      this.#publish()
      this.#receipts.send(this.#loop.takeSettlements())
      return false
    }
    this.#afterStep()
    return this.#status === 'running'
  }

  #pressure(): Promise<void> | undefined {
    const pressure = this.#parts.recorder?.pressure
    pressure?.catch(this.#lose)
    return pressure
  }

  #publish(): void {
    const { out } = this.#parts.fold
    if (out.effects.length === 0 && out.events.length === 0 && out.cancelled.length === 0) return
    // An effect that was requested and cancelled in one step is never started.
    for (const id of out.cancelled) this.#effects.cancel(id)
    for (const effect of out.effects) if (out.pending.has(effect.id)) this.#effects.start(effect)
    this.#audience.tell(out.events)
    out.clear()
  }

  #afterStep(): void {
    this.#publish()
    const outcome = this.#loop.outcome ?? limitOutcome(this.step, this.#parts.maxSteps)
    this.#receipts.send(this.#loop.takeSettlements())
    if (outcome) void this.#finish(outcome)
    else this.#notify()
  }

  #notify(): void {
    for (const slotState of this.#parts.slots.all) slotState.connection?.update()
    this.#audience.changed()
  }

  async #finish(outcome: Outcome): Promise<void> {
    if (this.isClosed) return
    const { fold, recorder } = this.#parts
    const end = this.#supervise('the end', (): EpisodeEnd => {
      const results = fold.world.standing(fold.state)
      const digest = fold.world.digest(fold.state)
      recorder?.outcome(fold, outcome, results)
      return { outcome, results, digest, steps: fold.step, hash: recorder?.hash }
    })
    if (!end) return
    this.#status = 'over'
    this.#finished = end
    await this.#ending.finish(end, this.#parts.onEnd)
  }
}
