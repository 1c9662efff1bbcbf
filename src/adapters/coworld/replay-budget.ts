// Bounds the memory of replays. A replay is one message with all frames, up to some 32 MiB, and a viewer who reads slowly
// keeps its message in the server until it is sent.
import { AppError } from '../../kernel/errors.ts'
import { Semaphore } from '../../lib/semaphore.ts'
import type { SocketConnection } from '../../transport/connection.ts'

/** Bytes of messages that may wait for their viewers. One message more is made while they are fewer. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024
/** Messages that are made at once. */
const MADE_AT_ONCE = 4

export class ReplayBudget {
  readonly #maxBytes: number
  readonly #making = new Semaphore(MADE_AT_ONCE)
  /** Bytes of the message that each viewer has not read yet. */
  readonly #held = new Map<SocketConnection, number>()
  #bytes = 0

  /** @param maxBytes of messages that wait for their viewers; smaller in tests */
  constructor(maxBytes = MAX_WAITING_BYTES) {
    this.#maxBytes = maxBytes
  }

  /**
   * Makes a message when its turn has come, and sends it. Nothing is made for a viewer who has left.
   * @throws AppError QUEUE_FULL when too much waits already; and what `make` throws
   */
  async send(connection: SocketConnection, make: () => Promise<string>): Promise<void> {
    const message = await this.#making.run(async () => {
      if (!connection.isOpen) return undefined
      if (this.#bytes >= this.#maxBytes) {
        throw new AppError('QUEUE_FULL', 'Too many viewers are loading long replays.', {
          hint: 'Try again in a minute.',
        })
      }
      const made = Buffer.from(await make())
      this.#hold(connection, made.length)
      return made
    })
    if (message) connection.send(message, () => this.#release(connection))
  }

  #hold(connection: SocketConnection, bytes: number): void {
    this.#bytes += bytes
    this.#held.set(connection, bytes)
    connection.onClose(() => this.#release(connection))
  }

  #release(connection: SocketConnection): void {
    this.#bytes -= this.#held.get(connection) ?? 0
    this.#held.delete(connection)
  }
}
