// Those who follow one session: its player's socket and its spectators. Turns and pieces of answers go out through here.
import type { ServerFrame } from '../../protocol/session.ts'

/** All that one step gave, ready to be sent. */
export interface Turn {
  /** What the player said, for those who only watch. */
  readonly heard: readonly ServerFrame[]
  readonly frames: readonly ServerFrame[]
  readonly turns: number
  readonly exited: boolean
}

/** Follows a session. */
export interface Follower {
  /** Whether pieces of answers are wanted: models are asked to stream only then. */
  readonly streams: boolean
  turn(turn: Turn): void
  /** A piece of the answer under way, or that what came so far does not count. */
  stream(frame: ServerFrame): void
}

export class Followers {
  readonly #id: string
  readonly #followers = new Set<Follower>()
  #isStreaming = false

  /** @param id of the session */
  constructor(id: string) {
    this.#id = id
  }

  add(follower: Follower): void {
    this.#followers.add(follower)
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /** Whether anybody reads along while the character answers. */
  get areReading(): boolean {
    for (const follower of this.#followers) if (follower.streams) return true
    return false
  }

  /** A turn that is complete and durable. */
  turn(turn: Turn): void {
    const hasAnswer = turn.frames.some((frame) => frame.type === 'event' && frame.event_type === 'ai')
    if (!hasAnswer) this.resetStream()
    this.#isStreaming = false
    for (const follower of this.#followers) follower.turn(turn)
  }

  /** A piece of the model's visible answer. */
  stream(text: string): void {
    if (text === '' || this.#followers.size === 0) return
    this.#isStreaming = true
    this.#send({ type: 'token', session_id: this.#id, text })
  }

  /** What was streamed since the last event does not count. */
  resetStream(): void {
    if (!this.#isStreaming) return
    this.#isStreaming = false
    this.#send({ type: 'token_reset', session_id: this.#id })
  }

  #send(frame: ServerFrame): void {
    for (const follower of this.#followers) follower.stream(frame)
  }
}
