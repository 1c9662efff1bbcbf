// A session's record, over HTTP, in the form of the replay burst: for sessions that are over, which get no burst.
import { type Reconstruction, type ServerFrame, SessionEvent } from '../protocol/session.ts'

export type ReplayFrame = Extract<ServerFrame, { type: 'replay_event' }>

/** What a player sees of a record, in order. Rows that are no events of the protocol are skipped. */
export function readRecord({ events }: Reconstruction): ReplayFrame[] {
  return events.flatMap((row) => {
    const event = SessionEvent.safeParse(row).data
    const frame = event && toFrame(event)
    return frame ? [frame] : []
  })
}

function toFrame(event: SessionEvent): ReplayFrame | undefined {
  const { session_id, content, event_id, direction, event_type } = event
  const base = { type: 'replay_event' as const, session_id, content, event_id }
  if (direction === 'inbound') return { ...base, event_type: 'info', role: 'user' }
  if (direction !== 'outbound') return undefined
  switch (event_type) {
    case 'message':
      return { ...base, event_type: 'ai', role: 'ai' }
    case 'error':
    case 'warning':
      return { ...base, event_type, role: 'ai' }
    default:
      return { ...base, event_type: 'info', role: 'ai' }
  }
}
