// One session in memory: an episode of a text world with a person in its slot. It turns inputs into commands, and the
// world's events into rows and frames; its followers see a turn only when all of it is durable.
import type { Clock } from '../../episode/clock.ts'
import type { Episode } from '../../episode/episode.ts'
import type { SlotHandle } from '../../episode/episode-parts.ts'
import { at } from '../../kernel/at.ts'
import {
  DIALOGUE_EVENTS,
  type DialogueCapability,
  DialogueEvent,
  DialogueNotice,
  DialogueTurnEnd,
} from '../../kernel/dialogue.ts'
import { AppError } from '../../kernel/errors.ts'
import type { WorldEvent } from '../../kernel/world.ts'
import type { JsonValue } from '../../protocol/json.ts'
import type { ServerFrame } from '../../protocol/session.ts'
import type { SessionClaim, SessionSink } from '../../store/sessions/session-writer.ts'
import type { Follower, Followers, Turn } from './followers.ts'
import { eventFrame, replayFrame } from './frames.ts'
import { PlayerLink } from './player-link.ts'
import type { SessionView } from './view.ts'

/** Facts about a session besides its episode. */
export interface SessionFacts {
  readonly id: string
  readonly playerId: string | null
  readonly gameName: string
  /** Empty if the game has no characters. */
  readonly pcHid: string
  readonly npcHid: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly createdAt: string
}

/** Receives events of a session. */
export interface SessionListener {
  /** The session cannot continue in this memory: its rows could not be written, or its episode failed. Called once. */
  lost(session: LiveSession, error: unknown): void
}

interface Parts {
  readonly facts: SessionFacts
  readonly dialogue: DialogueCapability
  readonly episode: Episode
  readonly view: SessionView
  readonly sink: SessionSink
  readonly clock: Clock
  readonly followers: Followers
  /** The claim on the session: the right to write it. */
  readonly claim: SessionClaim
  readonly listener: SessionListener
  /** Whether the player has never connected: there is nothing to replay. */
  readonly isFresh: boolean
}

export class LiveSession {
  readonly facts: SessionFacts
  /** The socket of the player, while there is one. */
  readonly player = new PlayerLink()
  readonly #parts: Parts
  readonly #handle: SlotHandle
  #frames: ServerFrame[] = []
  #heard: ServerFrame[] = []
  /** Turns so far, and those of them that were sent. */
  #turns: number
  #toldTurns: number
  #hasBegun: boolean
  #isPaused: boolean
  #isOver = false
  #isReleased = false
  #isLost = false
  /** Settles when the last turn has been sent to its followers. */
  #told: Promise<void> = Promise.resolve()
  #lastActive: number
  /** The current turn, and the promise of its publication. */
  #turn: PromiseWithResolvers<Turn> | undefined

  private constructor(parts: Parts, handle: SlotHandle) {
    this.#parts = parts
    this.#handle = handle
    this.facts = parts.facts
    const { episode, dialogue, clock } = parts
    const { turns, hasBegun } = dialogue.progress(episode.observe(0))
    this.#turns = turns
    this.#toldTurns = turns
    this.#hasBegun = hasBegun
    this.#isPaused = hasBegun || !parts.isFresh
    this.#lastActive = clock.now()
  }

  /** Joins the slot of a new episode, and starts it. */
  static start(parts: Parts): LiveSession {
    const { episode } = parts
    const token = at(episode.slots, 0).token
    const connection = { update: () => undefined, end: () => undefined }
    const handle = episode.join({ slot: 0, token }, { kind: 'human', name: 'player' }, connection)
    const session = new LiveSession(parts, handle)
    session.#begin()
    return session
  }

  #begin(): void {
    const { episode } = this.#parts
    episode.listen((events) => this.#hear(events))
    episode.done.then(
      () => this.#settle(undefined),
      (error: unknown) => this.#settle(error),
    )
    episode.begin()
    // A turn that a crash cut short continues by itself: its model calls are repeated.
    if (this.#hasBegun && !episode.isOver && !episode.isAwaited(0)) this.#turn = this.#expectTurn()
  }

  /** The episode has ended. @param error undefined: by its rules */
  #settle(error: unknown): void {
    if (error === undefined) return
    this.#turn?.reject(error)
    this.#turn = undefined
    if (!this.#isReleased) this.#lose(error)
  }

  #lose(error: unknown): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#parts.listener.lost(this, error)
  }

  get claim(): SessionClaim {
    return this.#parts.claim
  }

  /** Turns that are complete and durable. */
  get turns(): number {
    return this.#toldTurns
  }

  get exited(): boolean {
    return this.#isOver
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Whether a turn is in progress. */
  get isBusy(): boolean {
    return this.#turn !== undefined
  }

  get status(): 'active' | 'paused' | 'closed' {
    return this.#isOver ? 'closed' : this.#isPaused ? 'paused' : 'active'
  }

  /** Milliseconds since the last activity. */
  get idleMs(): number {
    return this.#parts.clock.now() - this.#lastActive
  }

  /** Marks the session as used: any frame counts. */
  touch(): void {
    this.#lastActive = this.#parts.clock.now()
  }

  follow(follower: Follower): void {
    this.#parts.followers.add(follower)
  }

  unfollow(follower: Follower): void {
    this.#parts.followers.remove(follower)
  }

  /** Resolves when the current turn, if any, is over and sent. */
  async settled(): Promise<void> {
    await this.#turn?.promise.catch(() => undefined)
    await this.#told
  }

  /** The opening. Followers get it before the promise resolves. */
  begin(): Promise<Turn> {
    this.#hasBegun = true
    return this.#step(this.#parts.dialogue.commands.begin(this.now))
  }

  /**
   * One input of the player.
   * @param receivedAt milliseconds since 1970 at which it came
   * @throws AppError EPISODE_OVER; INTERRUPTED when the session cannot continue in this memory
   */
  say(text: string, receivedAt: number): Promise<Turn> {
    return this.#step(this.#parts.dialogue.commands.say(text, Math.max(0, receivedAt - this.facts.startedAt)))
  }

  async #step(command: JsonValue): Promise<Turn> {
    this.touch()
    await this.settled()
    if (this.#isOver) throw new AppError('EPISODE_OVER', 'Session is closed')
    if (this.#isReleased || this.#isLost) throw this.#gone()
    const turn = this.#expectTurn()
    this.#turn = turn
    const receipt = await this.#handle.submit(command)
    // A session that ended in the meantime has settled the turn itself.
    if (!receipt.accepted && this.#turn === turn) {
      this.#turn = undefined
      turn.reject(new AppError('INTERRUPTED', `the input was refused: ${receipt.reason}`))
    }
    return turn.promise
  }

  #gone(): AppError {
    return new AppError('INTERRUPTED', `session ${this.facts.id} is no longer in memory`)
  }

  #expectTurn(): PromiseWithResolvers<Turn> {
    const turn = Promise.withResolvers<Turn>()
    // Callers get the rejection; a turn without a waiting caller must not end the process.
    turn.promise.catch(() => undefined)
    return turn
  }

  /**
   * Ends the session; the first reason wins. Resolves once that is durable.
   * @throws AppError INTERRUPTED when the end cannot be stored: the session is then unchanged
   */
  async exit(reason: string): Promise<void> {
    if (this.#isOver) return
    const receipt = await this.#handle.submit(this.#parts.dialogue.commands.exit(reason, this.now))
    if (!receipt.accepted) throw new AppError('INTERRUPTED', receipt.reason)
    await this.#told
  }

  /** The player has disconnected. */
  async pause(): Promise<void> {
    this.touch()
    if (this.#isOver || this.#isPaused) return
    this.#isPaused = true
    const now = this.#timestamp()
    this.#parts.sink.patch({ status: 'paused', paused_at: now, updated_at: now })
    await this.#parts.sink.commit()
  }

  /** The player is back. The time between does not count as played. */
  async resume(): Promise<void> {
    this.touch()
    if (this.#isOver || !this.#isPaused) return
    this.#isPaused = false
    const now = this.#timestamp()
    this.#parts.sink.patch({ status: 'active', resumed_at: now, paused_at: null, updated_at: now })
    if (this.#hasBegun && this.#turn === undefined) {
      await this.#handle.submit(this.#parts.dialogue.commands.resume(this.now))
    }
    await this.#parts.sink.commit()
  }

  /** Stops the episode: everything is durable, and another server may resume it. */
  async release(): Promise<void> {
    this.#isReleased = true
    await this.#parts.episode.stop()
  }

  /** The session's own time: milliseconds since it began. */
  get now(): number {
    return Math.max(0, this.#parts.clock.wall() - this.facts.startedAt)
  }

  #timestamp(): string {
    return new Date(this.#parts.clock.wall()).toISOString()
  }

  #hear(events: readonly WorldEvent[]): void {
    for (const { kind, data } of events) {
      if (kind === DIALOGUE_EVENTS.event) this.#keep(DialogueEvent.parse(data))
      else if (kind === DIALOGUE_EVENTS.notice) {
        const { event_type, content } = DialogueNotice.parse(data)
        this.#frames.push({ type: 'event', session_id: this.facts.id, event_type, content, event_id: null })
      } else if (kind === DIALOGUE_EVENTS.turnEnd) this.#endTurn(DialogueTurnEnd.parse(data))
    }
    if (this.#isOver) this.#endTurn({ turns: this.#turns, exited: true })
  }

  #keep({ at: time, ...told }: DialogueEvent): void {
    const { sink, view } = this.#parts
    const row = view.take(told, time)
    sink.event(row)
    const frame = eventFrame(row)
    if (frame) this.#frames.push(frame)
    const heard = told.direction === 'inbound' ? replayFrame(row) : null
    if (heard) this.#heard.push(heard)
    if (told.event_type !== 'session_end') return
    this.#isOver = true
    const reason = told.content.replace(/^session_end: /, '')
    sink.patch({
      status: reason === 'server_error' ? 'error' : 'closed',
      session_ended_at: row.event_ts,
      termination_reason: reason,
      turns_completed: this.#turns,
      last_seq: row.seq,
      updated_at: this.#timestamp(),
    })
  }

  #endTurn({ turns, exited }: DialogueTurnEnd): void {
    const waiting = this.#turn
    if (!waiting && this.#frames.length === 0) return
    this.#turns = turns
    const { sink, view, episode, followers } = this.#parts
    sink.patch({ turns_completed: turns, last_seq: view.lastSeq, updated_at: this.#timestamp() })
    const turn: Turn = { heard: this.#heard, frames: this.#frames, turns, exited }
    this.#heard = []
    this.#frames = []
    this.#turn = undefined
    this.#told = episode.durable().then(
      () => {
        this.touch()
        this.#toldTurns = turns
        followers.turn(turn)
        waiting?.resolve(turn)
      },
      (error: unknown) => {
        waiting?.reject(error)
        this.#lose(error)
      },
    )
  }
}
