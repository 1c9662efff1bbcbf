// Opens what hosts games for people: lobbies, the containers of packages where they are allowed, viewers of replays.
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { HostedGames } from '../league/hosted/hosted-games.ts'
import { ReplayViewers } from '../league/hosted/replay-viewers.ts'
import type { Vault } from '../store/people/vault.ts'
import { PlaySessions } from '../store/play/play-sessions.ts'
import type { Store } from '../store/store.ts'
import type { ClosingPart } from '../transport/close.ts'
import type { LeagueServices } from './leagues.ts'

export interface HostedParts {
  readonly store: Store
  readonly blobs: BlobStore
  readonly vault: Vault
  /** Identifies the data folder; null: unknown. */
  readonly home: string | null
  readonly leagues: LeagueServices
  readonly live: EpisodeService
  readonly log: Log
  readonly options: {
    readonly lobbyMs?: number | undefined
    readonly connectMs?: number | undefined
  }
}

/** @param opened receives the parts in start order */
export function openHosted(
  opened: ClosingPart[],
  { store, blobs, vault, home, leagues, live, log, options }: HostedParts,
): { readonly hosted: HostedGames; readonly viewers: ReplayViewers } {
  const { lobbyMs, connectMs } = options
  const { coworlds, machine } = leagues
  const viewers = new ReplayViewers({ machine, blobs, coworlds, log })
  opened.push({ name: 'viewers of replays', close: () => viewers.close() })
  const packages = { machine, blobs, coworlds, vault }
  const hosted = new HostedGames({
    sessions: new PlaySessions(store, { home }),
    episodes: live,
    packages,
    log,
    lobbyMs,
    connectMs,
  })
  opened.push({ name: 'hosted games', close: () => hosted.close() })
  return { hosted, viewers }
}
