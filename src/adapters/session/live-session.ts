// One session in memory: an episode of parley with a person in its slot. It turns inputs into commands, what the world
// tells into rows and frames, and tells its listeners of a turn only when all of it is durable.
import { z } from 'zod'
import type { Clock } from '../../episode/clock.ts'
import type { Episode } from '../../episode/episode.ts'
import type { SlotHandle } from '../../episode/episode-parts.ts'
import { AppError } from '../../kernel/errors.ts'
import type { WorldEvent } from '../../kernel/world.ts'
import type { ServerFrame } from '../../protocol/session.ts'
import type { SessionSink } from '../../store/sessions/session-writer.ts'
import { isSessionEvent, Notice, type SessionEvent, TurnEnd } from '../../worlds/parley/events.ts'
import { eventFrame, replayFrame } from './frames.ts'
import type { SessionView } from './view.ts'

/** What the adapter must know of a session besides its episode. */
export interface SessionFacts {
  readonly id: string
  readonly playerId: string | null
  readonly gameName: string
  readonly pcHid: string
  readonly npcHid: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly createdAt: string
}

/** What the adapter reads of an observation. */
const Observation = z.object({ turns: z.int(), has_begun: z.boolean() })

/** All that one step gave, ready to be sent. */
export interface Turn {
  /** What the player said, for those who only watch. */
  readonly heard: readonly ServerFrame[]
  readonly frames: readonly ServerFrame[]
  readonly turns: number
  readonly exited: boolean
}

/** Somebody who follows a session: its player's socket, a spectator. */
export interface Follower {
  /** Whether pieces of answers are wanted: models are asked to stream only then. */
  readonly streams: boolean
  turn(turn: Turn): void
  /** A piece of the answer under way, or that what came so far does not count. */
  stream(frame: ServerFrame): void
}

interface Parts {
  readonly facts: SessionFacts
  readonly episode: Episode
  readonly view: SessionView
  readonly sink: SessionSink
  readonly clock: Clock
}

export class LiveSession {
  readonly facts: SessionFacts
  /** The socket of the player, while there is one. */
  connection: { probe(): Promise<boolean>; drop(): void } | undefined
  /** Called when what happened could not be kept: the session cannot go on in this memory. */
  onLost: (error: unknown) => void = () => undefined
  /** Whether this server holds the claim: only then may anything be said. */
  isHeld = true
  readonly #parts: Parts
  readonly #handle: SlotHandle
  readonly #followers = new Set<Follower>()
  #frames: ServerFrame[] = []
  #heard: ServerFrame[] = []
  #turns: number
  #hasBegun: boolean
  #isPaused = false
  #isOver = false
  #isStreaming = false
  /** Settles when the last turn has been told to its followers. */
  #told: Promise<void> = Promise.resolve()
  #lastActive: number
  /** The turn under way, and what publishes it. */
  #turn: PromiseWithResolvers<Turn> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.facts = parts.facts
    const seen = Observation.parse(parts.episode.observe(0))
    this.#turns = seen.turns
    this.#hasBegun = seen.has_begun
    this.#lastActive = parts.clock.now()
    const { episode } = parts
    episode.listen((events) => this.#hear(events))
    const token = episode.slots[0]?.token ?? ''
    this.#handle = episode.join(
      { slot: 0, token },
      { kind: 'human', name: 'player' },
      { update: () => undefined, end: () => undefined },
    )
    episode.begin()
    // A turn that a crash cut short goes on by itself: its model calls are asked again.
    if (this.#hasBegun && !episode.isOver && !episode.isAwaited(0)) this.#turn = this.#expectTurn()
    episode.done.catch((error: unknown) => this.#turn?.reject(error))
  }

  get turns(): number {
    return this.#turns
  }

  /** Number of the last event. */
  get lastSeq(): number {
    return this.#parts.view.lastSeq
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

  /** Whether a turn is under way. */
  get isBusy(): boolean {
    return this.#turn !== undefined
  }

  get status(): 'active' | 'paused' | 'closed' {
    return this.#isOver ? 'closed' : this.#isPaused ? 'paused' : 'active'
  }

  /** Milliseconds since anything happened. */
  get idleMs(): number {
    return this.#parts.clock.now() - this.#lastActive
  }

  /** Marks the session as used: any frame counts. */
  touch(): void {
    this.#lastActive = this.#parts.clock.now()
  }

  follow(follower: Follower): () => void {
    this.#followers.add(follower)
    return () => this.unfollow(follower)
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /** Resolves when the turn under way, if any, is over and told. */
  async settled(): Promise<void> {
    await this.#turn?.promise.catch(() => undefined)
    await this.#told
  }

  /** The opening. Followers are told of it before the promise resolves. */
  begin(): Promise<Turn> {
    this.#hasBegun = true
    return this.#step({ type: 'begin', at: this.now })
  }

  /**
   * One input of the player.
   * @param receivedAt milliseconds since 1970 at which it came
   */
  say(text: string, receivedAt: number): Promise<Turn> {
    return this.#step({ type: 'say', text, at: Math.max(0, receivedAt - this.facts.startedAt) })
  }

  async #step(command: object): Promise<Turn> {
    this.touch()
    await this.settled()
    if (this.#isOver) throw new AppError('EPISODE_OVER', 'Session is closed')
    if (!this.isHeld) throw new AppError('SESSION_LOST', `session ${this.facts.id} rests; connect again`)
    const turn = this.#expectTurn()
    this.#turn = turn
    const receipt = await this.#handle.submit(command)
    // A session that ended meanwhile has settled the turn itself.
    if (!receipt.accepted && this.#turn === turn) {
      this.#turn = undefined
      turn.reject(new AppError('INTERRUPTED', `the input was not taken: ${receipt.reason}`))
    }
    return turn.promise
  }

  #expectTurn(): PromiseWithResolvers<Turn> {
    const turn = Promise.withResolvers<Turn>()
    // Whoever waits gets the rejection; a turn that nobody waits for must not end the process.
    turn.promise.catch(() => undefined)
    return turn
  }

  /** Ends the session; the first reason wins. Resolves once that is durable. */
  async exit(reason: string): Promise<void> {
    if (this.#isOver) return
    const receipt = await this.#handle.submit({ type: 'exit', reason, at: this.now })
    if (!receipt.accepted && !this.#isOver) throw new AppError('INTERRUPTED', receipt.reason)
  }

  /** The player's socket has gone. */
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
    if (this.#hasBegun && this.#turn === undefined) await this.#handle.submit({ type: 'resume', at: this.now })
    await this.#parts.sink.commit()
  }

  /** Marks a session that was taken out of the store as paused, as it stands there. */
  markPaused(): void {
    if (!this.#isOver) this.#isPaused = true
  }

  /** Lets go of the session: everything is durable, another host may take it up. */
  async release(): Promise<void> {
    await this.#parts.episode.stop()
  }

  /** Whether anybody wants to read along while the character answers. */
  get isReadAlong(): boolean {
    for (const follower of this.#followers) if (follower.streams) return true
    return false
  }

  /** A piece of the model's visible answer. */
  stream(text: string): void {
    if (text === '' || this.#followers.size === 0) return
    this.#isStreaming = true
    this.#tell({ type: 'token', session_id: this.facts.id, text })
  }

  /** What was streamed since the last event does not count. */
  resetStream(): void {
    if (!this.#isStreaming) return
    this.#isStreaming = false
    this.#tell({ type: 'token_reset', session_id: this.facts.id })
  }

  #tell(frame: ServerFrame): void {
    for (const follower of this.#followers) follower.stream(frame)
  }

  /** The session's own time: milliseconds since it began. */
  get now(): number {
    return Math.max(0, this.#parts.clock.wall() - this.facts.startedAt)
  }

  #timestamp(): string {
    return new Date(this.#parts.clock.wall()).toISOString()
  }

  #hear(events: readonly WorldEvent[]): void {
    for (const event of events) {
      if (event.kind === 'session_event' && isSessionEvent(event.data)) this.#keep(event.data)
      else if (event.kind === 'notice') {
        const { event_type, content } = Notice.parse(event.data)
        this.#frames.push({ type: 'event', session_id: this.facts.id, event_type, content, event_id: null })
      } else if (event.kind === 'turn_end') this.#endTurn(TurnEnd.parse(event.data))
    }
    if (this.#isOver) this.#endTurn({ turns: this.#turns, exited: true })
  }

  #keep({ at, ...told }: SessionEvent): void {
    const { sink, view } = this.#parts
    const row = view.take(told, at)
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

  #endTurn({ turns, exited }: TurnEnd): void {
    const waiting = this.#turn
    if (!waiting && this.#frames.length === 0) return
    this.#turns = turns
    const { sink, view, episode } = this.#parts
    sink.patch({ turns_completed: turns, last_seq: view.lastSeq, updated_at: this.#timestamp() })
    const turn: Turn = { heard: this.#heard, frames: this.#frames, turns, exited }
    this.#heard = []
    this.#frames = []
    this.#turn = undefined
    const hasAnswer = turn.frames.some((frame) => frame.type === 'event' && frame.event_type === 'ai')
    this.#told = episode.durable().then(
      () => {
        this.touch()
        if (!hasAnswer) this.resetStream()
        this.#isStreaming = false
        for (const follower of this.#followers) follower.turn(turn)
        waiting?.resolve(turn)
      },
      (error: unknown) => {
        waiting?.reject(error)
        this.onLost(error)
      },
    )
  }
}
