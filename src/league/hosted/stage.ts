// How a hosted game is played: as an episode of this server (world-stage.ts), or in a container of an uploaded package
// (package-stage.ts). hosted-games.ts has what both share: sessions, slots, the time of the lobby.
import type { PlaySessionRecord } from '../../store/play/play-sessions.ts'

/** What a stage needs of the sessions. */
export interface StageHost {
  /** Closes an open session whose play has ended by itself. @returns false: it was closed before */
  over(session: PlaySessionRecord, ended: Ended): Promise<boolean>
  fault(session: PlaySessionRecord, error: unknown): void
}

export interface Ended {
  readonly status: 'ended' | 'expired'
  /** For the people of the game: why it ended without its results. */
  readonly reason?: string | null
  readonly hasResults?: boolean
  readonly hasReplay?: boolean
}

/** Plays sessions of one kind. */
export interface Stage {
  /** The token of a slot; undefined: there is nothing to play any more. */
  tokenOf(session: PlaySessionRecord, slot: number): string | undefined
  /** Of a session that is open in the store. */
  statusOf(session: PlaySessionRecord): 'lobby' | 'playing' | 'ended'
  /** Every slot has been given out: said again after later joins and after a restart. */
  fill(session: PlaySessionRecord): void
  /** Ends the play of a session that has been closed. */
  stop(session: PlaySessionRecord, reason: string): Promise<void>
  /**
   * Brings an open session back after a stop of the server.
   * @returns how it ended, when it leads nowhere any more
   */
  resume(session: PlaySessionRecord): Promise<Ended | undefined>
  close(): Promise<void>
}

/** A game to open: what the session needs to know, and what is started for it. */
export interface Plan {
  readonly coworldId: string
  readonly variantId: string
  readonly slots: number
  /** Makes the sealed tokens of a package's game; undefined: a world of the server is played. */
  readonly seal?: (sessionId: string) => string
  /** Starts what the lobby needs. A failure forgets the session. */
  open(session: PlaySessionRecord): Promise<void>
}

/** Milliseconds to wait for the connections of players once every slot has been given out. */
export const CONNECT_MS = 180_000
/** Why a full game ends to which no player has connected in time. */
export const NOBODY = 'nobody came'
