// One slot of a live episode, played over its socket: observations come in, commands go out.
import type { PlayerMessage } from '../protocol/coworld-messages.ts'
import type { JsonObject } from '../protocol/json.ts'
import { loadSchemas } from './check.ts'
import { ReconnectingSocket } from './reconnecting-socket.ts'

/** Events for the player of a slot. */
export interface SlotEvents {
  /** The current observation of the slot, after every step. `isFinal`: the episode is over. */
  observation(seen: JsonObject, isFinal: boolean): void
  /** A command was refused, or there was no connection to send it over (the code `UNREACHABLE`). */
  refused(reason: string, code?: string): void
  /** The connection was lost; reconnecting. */
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
  readonly #events: SlotEvents
  readonly #isServerThere: () => Promise<boolean>
  #socket: ReconnectingSocket | undefined
  #requests = 0
  #isOver = false
  #isLeft = false

  /** @param isServerThere whether the server answers at all */
  constructor(url: string, events: SlotEvents, isServerThere: () => Promise<boolean> = () => Promise.resolve(true)) {
    this.#events = events
    this.#isServerThere = isServerThere
    loadSchemas().then(
      (schemas) => this.#connect(url, schemas.PlayerMessage),
      () => this.#events.closed('refused'),
    )
  }

  #connect(url: string, schema: typeof PlayerMessage): void {
    if (this.#isLeft) return
    this.#socket = new ReconnectingSocket(url, BACKOFF, {
      text: (data) => this.#read(data, schema),
      closed: (code, failures) => this.#closed(code, failures),
      isServerThere: this.#isServerThere,
    })
  }

  /** Sends a command. A refusal is reported, and so is a lost connection: nothing is kept until it is back. */
  send(command: JsonObject): void {
    if (this.#isOver || this.#isLeft) return
    const text = JSON.stringify({ ...command, request_id: ++this.#requests })
    if (this.#socket?.send(text) !== true) this.#events.refused('there is no connection to the server', 'UNREACHABLE')
  }

  leave(): void {
    this.#isLeft = true
    this.#socket?.stop()
  }

  #read(text: string, schema: typeof PlayerMessage): void {
    const message = readMessage(text, schema)
    if (!message) return
    this.#socket?.isWell()
    if (message.type === 'receipt') {
      const { accepted, code, reason = code ?? 'not taken' } = message
      if (!accepted) this.#events.refused(String(reason), typeof code === 'string' ? code : undefined)
      return
    }
    this.#isOver = message.type === 'final'
    this.#events.observation(JSON.parse(text), this.#isOver)
  }

  #closed(code: number, failures: number): boolean {
    const why = this.#isOver ? 'over' : code === FAILED ? 'failed' : code === REPLACED ? 'replaced' : undefined
    if (why === undefined && failures <= MAX_FAILURES) {
      this.#events.lost()
      return true
    }
    this.#events.closed(why ?? 'refused')
    return false
  }
}

function readMessage(text: string, schema: typeof PlayerMessage) {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
