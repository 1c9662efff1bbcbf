// A session's events as a view of its journal: events of the world become rows with numbers, ids and times, always the
// same ones. The journal is the only source of truth: the rows can be rebuilt from it.
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { SessionEvent } from '../../protocol/session.ts'

/** A row before it is stored: without number, id and storage time. */
export const UnstoredEvent = SessionEvent.pick({
  direction: true,
  event_type: true,
  event_source: true,
  content: true,
  content_format: true,
  turn_index: true,
  command_name: true,
  command_args: true,
  visible_to_user: true,
})
export type UnstoredEvent = z.infer<typeof UnstoredEvent>

/** The id of an event: a UUID of version 4 by form, drawn from session and number, so that a second reading gives it again. */
export function eventIdOf(sessionId: string, seq: number): string {
  const hex = createHash('sha256').update(`${sessionId}:${seq}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Numbers and timestamps the events of one session, in the order of the journal. */
export class SessionView {
  readonly #sessionId: string
  readonly #startedAt: number
  #seq: number

  /**
   * @param startedAt milliseconds since 1970 at which the session began
   * @param seq number of the last event that is kept already; 0: none
   */
  constructor(sessionId: string, startedAt: number, seq = 0) {
    this.#sessionId = sessionId
    this.#startedAt = startedAt
    this.#seq = seq
  }

  get lastSeq(): number {
    return this.#seq
  }

  /** @param at milliseconds since the session began */
  take(event: UnstoredEvent, at: number): SessionEvent {
    this.#seq++
    const time = new Date(this.#startedAt + at).toISOString()
    return {
      session_id: this.#sessionId,
      seq: this.#seq,
      event_id: eventIdOf(this.#sessionId, this.#seq),
      event_ts: time,
      ...event,
      persisted_at: time,
      feedback: null,
      updated_at: null,
    }
  }

  /** The first event of every session. */
  start(): SessionEvent {
    return this.take(
      {
        direction: 'internal',
        event_type: 'session_start',
        event_source: 'system',
        content: 'session_start: created',
        content_format: 'plain_text',
        turn_index: 0,
        command_name: null,
        command_args: null,
        visible_to_user: true,
      },
      0,
    )
  }
}
