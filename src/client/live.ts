// A live episode as its viewers follow it: messages are checked, broken connections are replaced, and the end is
// reported once.
import { isViewFrame, LiveMessage, type ViewFrame } from '../protocol/live.ts'
import { ReconnectingSocket } from './reconnecting-socket.ts'

type Of<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>

/** Events for a follower. */
export interface LiveEvents {
  /** The connection stands, for the first time or again. */
  hello(message: Of<'hello'>): void
  frame(frame: ViewFrame): void
  status(message: Of<'status'>): void
  /** The episode is over or failed; nothing follows. */
  end(message: Of<'end'>): void
  /** The connection was lost; reconnecting. */
  lost(): void
  /** It cannot be followed: it has ended, or there is none. Nothing follows. */
  gone(): void
}

const BACKOFF = { firstMs: 500, longestMs: 10_000 }
/** Failures one after another, without a single message, after which an episode counts as gone: it has ended meanwhile. */
const MAX_FAILURES = 3
const NORMAL = 1000
const FAILED = 1011

/**
 * One episode that is followed; `stop` ends it.
 *
 * @example
 * import type { LiveFollow } from 'paracosm/client'
 *
 * export const end = (follow: LiveFollow): void => follow.stop()
 */
export class LiveFollow {
  readonly #events: LiveEvents
  readonly #socket: ReconnectingSocket | undefined

  constructor(url: string, events: LiveEvents, signal?: AbortSignal) {
    this.#events = events
    if (signal?.aborted) return
    this.#socket = new ReconnectingSocket(url, BACKOFF, {
      text: (data) => this.#read(data),
      closed: (code, failures) => this.#closed(code, failures),
    })
    signal?.addEventListener('abort', () => this.stop(), { once: true })
  }

  stop(): void {
    this.#socket?.stop()
  }

  #read(text: string): void {
    const message = readMessage(text)
    if (!message) return
    this.#socket?.isWell()
    switch (message.type) {
      case 'hello':
        this.#events.hello(message)
        break
      case 'frame':
        this.#events.frame(message.frame)
        break
      case 'status':
        this.#events.status(message)
        break
      case 'end':
        this.stop()
        this.#events.end(message)
        break
    }
  }

  #closed(code: number, failures: number): boolean {
    const isTriedAgain = code !== NORMAL && code !== FAILED && failures <= MAX_FAILURES
    if (isTriedAgain) this.#events.lost()
    else this.#events.gone()
    return isTriedAgain
  }
}

/** A message; undefined for what a later protocol may have. Frames are looked at from outside only. */
function readMessage(text: string): LiveMessage | undefined {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null && Reflect.get(json, 'type') === 'frame') {
      const frame: unknown = Reflect.get(json, 'frame')
      return isViewFrame(frame) ? { type: 'frame', frame } : undefined
    }
    return LiveMessage.safeParse(json).data
  } catch {
    return undefined
  }
}
