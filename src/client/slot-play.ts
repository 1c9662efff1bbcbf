// One slot of a live episode, played over its socket: what the slot sees comes in, commands go out.
import { PlayerMessage } from '../protocol/coworld-messages.ts'
import type { JsonObject } from '../protocol/json.ts'
import { backoffMs } from './pause.ts'

/** What a player of a slot hears. */
export interface SlotEvents {
  /** What the slot sees now; after every step. `isFinal`: the episode is over. */
  observation(seen: JsonObject, isFinal: boolean): void
  /** A command was not taken. */
  refused(reason: string): void
  /** The connection is gone; it is tried again. */
  lost(): void
  /** Nothing follows: the episode is over or failed, another connection has the slot, or the token is wrong. */
  closed(why: 'over' | 'failed' | 'replaced' | 'refused'): void
}

const BACKOFF = { firstMs: 300, longestMs: 5000 }
/** Handshakes that may fail one after another: a wrong token fails for ever. */
const MAX_FAILURES = 5
const FAILED = 1011
const REPLACED = 4001

/**
 * A slot that is played; `leave` gives it up.
 *
 * @example
 * import type { SlotPlay } from 'paracosm/client'
 *
 * export const stop = (play: SlotPlay): void => play.leave()
 */
export class SlotPlay {
  readonly #url: string
  readonly #events: SlotEvents
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #requests = 0
  #isDone = false
  #isOver = false

  constructor(url: string, events: SlotEvents) {
    this.#url = url
    this.#events = events
    this.#connect()
  }

  /** Says something. A refusal is reported; a command during a lost connection is dropped. */
  send(command: JsonObject): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(JSON.stringify({ ...command, request_id: ++this.#requests }))
  }

  leave(): void {
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
    if (message.type === 'receipt') {
      if (!message.accepted) this.#events.refused(String(message.reason ?? message.code ?? 'not taken'))
      return
    }
    this.#isOver = message.type === 'final'
    this.#events.observation(JSON.parse(text), this.#isOver)
  }

  #closed(code: number): void {
    if (this.#isDone) return
    this.#failures++
    const why = this.#isOver ? 'over' : code === FAILED ? 'failed' : code === REPLACED ? 'replaced' : undefined
    if (why === undefined && this.#failures <= MAX_FAILURES) {
      this.#events.lost()
      this.#timer = setTimeout(() => this.#connect(), backoffMs(BACKOFF, this.#failures - 1))
      return
    }
    this.#isDone = true
    this.#events.closed(why ?? 'refused')
  }
}

function readMessage(text: string) {
  try {
    return PlayerMessage.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
