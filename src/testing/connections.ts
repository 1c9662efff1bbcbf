// A player connection without a network, for tests of the host.
import type { Connection } from '../episode/slots.ts'

export interface RecordedConnection extends Connection {
  readonly updates: () => number
  readonly ends: readonly string[]
}

/** A connection that counts its messages. */
export function createConnection(): RecordedConnection {
  let updates = 0
  const ends: string[] = []
  return {
    updates: () => updates,
    ends,
    update: () => void updates++,
    end: (reason) => void ends.push(reason),
  }
}
