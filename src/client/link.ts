// One play socket: opens, delivers frames of the protocol, and reports once why it closed.
import type { z } from 'zod'
import { type ClientFrame, ServerFrame } from '../protocol/session.ts'
import { ClientError } from './client-error.ts'

export interface LinkEvents {
  open(): void
  frame(frame: ServerFrame): void
  /** The socket is gone. With an error it must not be tried again. */
  down(error?: ClientError): void
}

/** UTF-16 units of a frame that is read. */
const MAX_FRAME = 4 * 1024 * 1024
const KNOWN: ReadonlySet<unknown> = new Set(ServerFrame.options.map((option) => option.shape.type.value))

export class Link {
  readonly #socket: WebSocket
  readonly #events: LinkEvents
  #isDown = false
  /** Number of received frames. Compare two readings to see whether anything arrived. */
  frames = 0

  constructor(url: string, events: LinkEvents) {
    this.#events = events
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      if (!this.#isDown) events.open()
    })
    socket.addEventListener('message', ({ data }) => this.#read(data))
    // `close` follows with the details.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', () => this.drop())
  }

  send(frame: z.input<typeof ClientFrame>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  /** Lets go of the socket without waiting for the other side. */
  drop(error?: ClientError): void {
    if (this.#isDown) return
    this.#isDown = true
    this.#socket.close()
    this.#events.down(error)
  }

  #read(data: unknown): void {
    if (this.#isDown) return
    this.frames++
    const frame = typeof data === 'string' && data.length <= MAX_FRAME ? readFrame(data) : undefined
    if (frame === 'unknown') return
    if (frame) this.#events.frame(frame)
    else this.drop(new ClientError('PROTOCOL', 'the server sent a frame of unknown type'))
  }
}

/** A frame; `unknown`: of a kind that a later protocol may have; undefined: none at all. */
function readFrame(text: string): ServerFrame | 'unknown' | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = ServerFrame.safeParse(json)
  if (parsed.success) return parsed.data
  if (typeof json !== 'object' || json === null || !('type' in json) || typeof json.type !== 'string') return undefined
  return KNOWN.has(json.type) ? undefined : 'unknown'
}
