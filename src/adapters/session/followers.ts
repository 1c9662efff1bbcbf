// The followers of one session: its player's socket and its spectators. Turns and pieces of answers are published here.
import type { ServerFrame } from '../../protocol/session.ts'

/** The complete output of one step, ready to send. */
export interface Turn {
  /** The player's input, for spectators. */
  readonly heard: readonly ServerFrame[]
  readonly frames: readonly ServerFrame[]
  readonly turns: number
  readonly exited: boolean
}

/** Follows a session. */
export interface Follower {
  /** Whether this follower wants pieces of answers: models stream only then. */
  readonly streams: boolean
  turn(turn: Turn): void
  /** A piece of the answer in progress, or a notice to discard the pieces so far. */
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

  /** Whether any follower wants pieces while the character answers. */
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

  /** Discards what was streamed since the last event. */
  resetStream(): void {
    if (!this.#isStreaming) return
    this.#isStreaming = false
    this.#send({ type: 'token_reset', session_id: this.#id })
  }

  #send(frame: ServerFrame): void {
    for (const follower of this.#followers) follower.stream(frame)
  }
}
