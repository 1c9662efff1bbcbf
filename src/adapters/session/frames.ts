// The frames of an event for a client: live, and in the replay after a reconnect.
import type { ServerFrame, SessionEvent } from '../../protocol/session.ts'

/** Live frames show only messages of the server; null: this event is not shown. */
export function eventFrame(event: SessionEvent): ServerFrame | null {
  if (event.direction !== 'outbound') return null
  const type =
    event.event_source === 'npc' && event.event_type === 'message'
      ? 'ai'
      : event.event_type === 'error'
        ? 'error'
        : event.event_type === 'warning'
          ? 'warning'
          : 'info'
  return {
    type: 'event',
    session_id: event.session_id,
    event_type: type,
    content: event.content,
    event_id: event.event_id,
  }
}

/** One event of the replay burst; null: skipped. */
export function replayFrame(event: SessionEvent): ServerFrame | null {
  const base = {
    type: 'replay_event' as const,
    session_id: event.session_id,
    content: event.content,
    event_id: event.event_id,
  }
  if (event.direction === 'inbound' && (event.event_type === 'message' || event.event_type === 'command')) {
    return { ...base, event_type: 'info', role: 'user' }
  }
  if (event.direction !== 'outbound') return null
  switch (event.event_type) {
    case 'message':
      return { ...base, event_type: 'ai', role: 'ai' }
    case 'command':
      return { ...base, event_type: 'info', role: 'ai' }
    case 'info':
    case 'error':
    case 'warning':
      return { ...base, event_type: event.event_type, role: 'ai' }
    default:
      return null
  }
}
