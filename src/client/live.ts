// A live episode as its viewers follow it: messages checked, broken connections made anew, the end told once.
import { isViewFrame, LiveMessage, type ViewFrame } from '../protocol/live.ts'
import { backoffMs } from './pause.ts'

type Of<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>

/** What a follower hears. */
export interface LiveEvents {
  /** The connection stands, for the first time or again. */
  hello(message: Of<'hello'>): void
  frame(frame: ViewFrame): void
  status(message: Of<'status'>): void
  /** The episode is over or failed; nothing follows. */
  end(message: Of<'end'>): void
  /** The connection is gone; it is tried again. */
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
  readonly #url: string
  readonly #events: LiveEvents
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #isDone = false

  constructor(url: string, events: LiveEvents, signal?: AbortSignal) {
    this.#url = url
    this.#events = events
    if (signal?.aborted) this.#isDone = true
    else {
      signal?.addEventListener('abort', () => this.stop(), { once: true })
      this.#connect()
    }
  }

  stop(): void {
    this.#isDone = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (!this.#isDone && typeof data === 'string') this.#read(data)
    })
    // `close` follows and tells the rest.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code }) => this.#closed(code))
  }

  #read(text: string): void {
    const message = readMessage(text)
    if (!message) return
    this.#failures = 0
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
        this.#isDone = true
        this.#events.end(message)
        break
    }
  }

  #closed(code: number): void {
    if (this.#isDone) return
    this.#failures++
    if (code === NORMAL || code === FAILED || this.#failures > MAX_FAILURES) {
      this.#isDone = true
      this.#events.gone()
      return
    }
    this.#events.lost()
    this.#timer = setTimeout(() => this.#connect(), backoffMs(BACKOFF, this.#failures - 1))
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
