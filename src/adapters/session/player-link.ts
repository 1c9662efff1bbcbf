// The link to a session's player: one socket at a time.

/** The socket of a player. */
export interface PlayerConnection {
  /** Whether the client answers in time; one that does not is dropped. */
  probe(): Promise<boolean>
  /** Ends the connection. @param error the message for the player; absent: none */
  drop(error?: unknown): void
}

export class PlayerLink {
  #connection: PlayerConnection | undefined

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  /** @returns false if another connection is active */
  take(connection: PlayerConnection): boolean {
    if (this.#connection) return false
    this.#connection = connection
    return true
  }

  /** @returns false if this connection is not the active one */
  leave(connection: PlayerConnection): boolean {
    if (this.#connection !== connection) return false
    this.#connection = undefined
    return true
  }

  /** Whether the active connection is alive. */
  async probe(): Promise<boolean> {
    return (await this.#connection?.probe()) ?? false
  }

  drop(error?: unknown): void {
    this.#connection?.drop(error)
  }
}
