// What the session routes share: who is there, what is played, in which mode.

import type { Cast } from '../../doors/session/cast.ts'
import type { PlayHost } from '../../doors/session/play-socket.ts'
import type { SessionRegistry } from '../../doors/session/registry.ts'
import type { Characters } from '../../store/people/characters.ts'
import { hashKey } from '../../store/people/keys.ts'
import type { Players } from '../../store/people/players.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'

export type ServerMode = 'standard' | 'free_play'

export interface SessionHouse {
  readonly mode: ServerMode
  readonly players: Players
  readonly characters: Characters
  readonly registry: SessionRegistry
  readonly log: SessionLog
  readonly cast: Cast
  /** SHA-256 of the key that may write characters; undefined: nobody may over HTTP. */
  readonly adminKeyHash: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly onFault: (what: string, error: unknown) => void
}

/** Whose socket it is: a player by key, or a spectator by a key of one session. */
export function createPlayHost(house: SessionHouse): PlayHost {
  return {
    registry: house.registry,
    log: house.log,
    requiresKey: house.mode === 'standard',
    async identify(key, sessionId) {
      const player = await house.players.findByKey(key)
      if (player) return { kind: 'player', id: player.player_id }
      const isSpectator = await house.log.hasSpectatorKey(sessionId, hashKey(key))
      return isSpectator ? { kind: 'spectator' } : undefined
    },
    onFault: house.onFault,
  }
}
