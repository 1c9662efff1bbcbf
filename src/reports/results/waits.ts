// Response times: how long each input waited for its response.
import type { EventFacts } from './event-table.ts'
import type { Results, SessionFacts } from './results.ts'
import { groupBy } from './values.ts'

export interface Wait {
  readonly session: string
  readonly ms: number
  /** `opening`: turn 0. `close`: the last turn of its session. */
  readonly phase: 'opening' | 'turn' | 'close'
}

/**
 * @param events sorted by session and number. Waits of 0 or less come from data that was time-stamped after the
 * response
 */
export function waitsOf(events: Iterable<EventFacts>): Wait[] {
  const waits: Wait[] = []
  let own: EventFacts[] = []
  for (const event of events) {
    if (own[0] && own[0].session !== event.session) {
      readSession(own, waits)
      own = []
    }
    own.push(event)
  }
  readSession(own, waits)
  return waits
}

function readSession(events: readonly EventFacts[], waits: Wait[]): void {
  const last = events.reduce((most, { turn }) => Math.max(most, turn), 0)
  let asked: EventFacts | undefined
  for (const event of events) {
    if (event.type !== 'message') continue
    if (event.direction === 'inbound') asked = event
    else if (event.direction === 'outbound' && asked) {
      const ms = event.time - asked.time
      const phase = asked.turn === 0 ? 'opening' : asked.turn === last ? 'close' : 'turn'
      if (ms > 0) waits.push({ session: event.session, ms, phase })
      asked = undefined
    }
  }
}

/** Sessions with their ordinal among their player's sessions, by start time. */
export function numberedSessions({ sessions }: Results): { readonly session: SessionFacts; readonly number: number }[] {
  return [...groupBy(sessions, ({ player }) => player).values()].flatMap((own) =>
    own.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0)).map((session, index) => ({ session, number: index + 1 })),
  )
}
