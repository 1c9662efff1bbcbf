// Why a session ended: the raw reasons of the game and the host, and their spelling in the record.

export const EXIT = {
  finished: 'player finished',
  exhausted: 'retry budget exhausted',
  serverError: 'server_error',
  condition: (met: string) => `stopping condition met: ${met}`,
} as const

const STORED: Readonly<Record<string, string>> = {
  // A game that was played to its end is complete, however the player ended it.
  'player finished': 'game_completed',
  game_completed: 'game_completed',
  game_complete: 'game_completed',
  'retry budget exhausted': 'validation_retry_exhausted',
  validation_retry_exhausted: 'validation_retry_exhausted',
  'received close request': 'user_close_button',
  'received exit command': 'user_exit_command',
  websocket_disconnect: 'websocket_disconnect',
  server_error: 'server_error',
  internal_server_error: 'server_error',
}

/** The reason as stored in `termination_reason`. */
export function storedReason(raw: string): string {
  const plain = raw.trim().toLowerCase()
  const known = Object.hasOwn(STORED, plain) ? STORED[plain] : undefined
  if (known !== undefined) return known
  if (plain.includes('ttl')) return 'session_ttl_expired'
  return plain.replaceAll(' ', '_') || 'game_completed'
}
