// One agent's stream: every outcome, and the newest perception. One message is in transit at a time; for a slow reader,
// newer perceptions replace waiting ones, so nothing piles up.
import type { CommandReport, StreamMessage } from '../../protocol/perception-adapter.ts'
import type { EncodedPerception } from './bridge.ts'

/** The connection of a stream. */
export interface StreamTransport {
  /** Sends a text; `onSent` follows when it has left this process. */
  send(text: string | Buffer, onSent: () => void): void
  close(code: number, reason: string): void
}

/** Maximum waiting outcomes; a reader that is further behind is not reading. */
const MAX_WAITING = 256

/** Close codes: replaced by another stream of the agent; too far behind; the episode has ended. */
export const STREAM_CLOSES = { replaced: 4001, behind: 1013, end: 1000, shutdown: 1012 } as const

const PREFIX = Buffer.from('{"type":"perception","perception":')
const SUFFIX = Buffer.from('}')

export class Stream {
  readonly #transport: StreamTransport
  readonly #look: () => Promise<EncodedPerception | undefined>
  #waiting: string[] = []
  #isSending = false
  #hasNewPerception = false
  #last: EncodedPerception | undefined
  #isClosed = false
  #ending: { code: number; reason: string } | undefined

  /** @param look returns the current perception; undefined if there is none */
  constructor(transport: StreamTransport, look: () => Promise<EncodedPerception | undefined>) {
    this.#transport = transport
    this.#look = look
  }

  /** Call it when there may be a new perception. */
  perception(): void {
    this.#hasNewPerception = true
    this.#flush()
  }

  tell(report: CommandReport): void {
    this.#push({ type: 'command', command: { ...report } })
  }

  /** Says why it ends, and closes once that is sent. */
  end(reason: string): void {
    if (this.#ending) return
    this.#push({ type: 'end', reason })
    this.#ending = { code: STREAM_CLOSES.end, reason: 'over' }
    this.#flush()
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#waiting = []
    this.#transport.close(code, reason)
  }

  #push(message: Exclude<StreamMessage, { type: 'perception' }>): void {
    if (this.#isClosed || this.#ending) return
    if (this.#waiting.length >= MAX_WAITING) {
      this.close(STREAM_CLOSES.behind, 'too far behind')
      return
    }
    this.#waiting.push(JSON.stringify(message))
    this.#flush()
  }

  #flush(): void {
    if (this.#isSending || this.#isClosed) return
    const next = this.#waiting.shift()
    if (next !== undefined) this.#send(next)
    else if (this.#ending) this.close(this.#ending.code, this.#ending.reason)
    else if (this.#hasNewPerception) {
      this.#hasNewPerception = false
      this.#isSending = true
      void this.#look().then((encoded) => {
        this.#isSending = false
        if (!encoded || encoded === this.#last || this.#isClosed) this.#flush()
        else {
          this.#last = encoded
          this.#send(Buffer.concat([PREFIX, encoded.bytes, SUFFIX]))
        }
      })
    }
  }

  #send(text: string | Buffer): void {
    this.#isSending = true
    this.#transport.send(text, () => {
      this.#isSending = false
      this.#flush()
    })
  }
}
