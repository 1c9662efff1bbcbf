// The player's socket: commands are sent with a number, and receipts return it.
import type { JsonObject } from '../../../../src/protocol/json.ts'

export interface Receipt {
  readonly accepted: boolean
  /** Number of ticks done when it was applied. */
  readonly step: number
  readonly reason: string
}

export class SlotSocket {
  readonly #socket: WebSocket
  readonly #opened: Promise<void>
  readonly #waiting = new Map<number, (receipt: Receipt) => void>()
  #last = 0

  constructor(url: string, token: string) {
    this.#socket = new WebSocket(`${url}?${new URLSearchParams({ slot: '0', token })}`)
    this.#opened = new Promise((resolve) => {
      this.#socket.addEventListener('open', () => resolve(), { once: true })
      this.#socket.addEventListener('close', () => resolve(), { once: true })
    })
    this.#socket.addEventListener('message', ({ data }) => this.#read(data))
    this.#socket.addEventListener('close', () => this.#refuseAll())
  }

  #read(data: unknown): void {
    const message: unknown = typeof data === 'string' ? JSON.parse(data) : undefined
    if (typeof message !== 'object' || message === null || Reflect.get(message, 'type') !== 'receipt') return
    const id: unknown = Reflect.get(message, 'request_id')
    const settle = typeof id === 'number' ? this.#waiting.get(id) : undefined
    if (typeof id !== 'number' || !settle) return
    this.#waiting.delete(id)
    const step: unknown = Reflect.get(message, 'step')
    const reason: unknown = Reflect.get(message, 'reason')
    settle({
      accepted: Reflect.get(message, 'accepted') === true,
      step: typeof step === 'number' ? step : 0,
      reason: typeof reason === 'string' ? reason : 'the server refused it',
    })
  }

  #refuseAll(): void {
    for (const settle of this.#waiting.values()) settle({ accepted: false, step: 0, reason: 'the connection is gone' })
    this.#waiting.clear()
  }

  /** Resolves once the socket is open (or never will be). */
  sent(): Promise<void> {
    return this.#opened
  }

  async say(command: JsonObject): Promise<Receipt> {
    await this.#opened
    if (this.#socket.readyState !== WebSocket.OPEN)
      return { accepted: false, step: 0, reason: 'the connection is gone' }
    const id = ++this.#last
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ ...command, request_id: id }))
    })
  }

  close(): void {
    this.#socket.close()
  }
}
