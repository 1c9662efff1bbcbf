// Services of the session routes: players, games, characters and the mode.
import { SessionEvaluator } from '../../adapters/session/evaluate.ts'
import { GameCatalogue } from '../../adapters/session/games.ts'
import type { PlayHost } from '../../adapters/session/play-socket.ts'
import { SessionRegistry } from '../../adapters/session/registry.ts'
import type { RoleModels } from '../../adapters/session/role-models.ts'
import { createSystemClock } from '../../episode/clock.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { Character } from '../../protocol/character.ts'
import { Characters } from '../../store/characters/characters.ts'
import { hashAccessKey } from '../../store/people/access-key.ts'
import { Players } from '../../store/people/players.ts'
import type { Vault } from '../../store/people/vault.ts'
import { SessionLog } from '../../store/sessions/session-log.ts'
import type { Store } from '../../store/store.ts'
import { Studies } from '../../store/studies/studies.ts'

export type ServerMode = 'standard' | 'free_play'

export interface SessionServices {
  readonly mode: ServerMode
  readonly players: Players
  readonly characters: Characters
  /** All characters, cached for a moment. */
  roster(): Promise<readonly Character[]>
  readonly registry: SessionRegistry
  readonly games: GameCatalogue
  readonly episodes: EpisodeService
  readonly evaluator: SessionEvaluator
  readonly log: SessionLog
  /** Whether a player has an assignment in a study. */
  isParticipant(playerId: string): Promise<boolean>
  readonly models: RoleModels
  /** SHA-256 of the key that may write characters; undefined: no writes over HTTP. */
  readonly adminKeyHash: string | undefined
  readonly hasRateLimits: boolean
  /** The study that clients lead people to; undefined: none. */
  defaultStudy(): string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly onFault: (what: string, error: unknown) => void
}

export interface SessionServiceOptions {
  readonly store: Store
  /** Runs the sessions' episodes; its registry's worlds with the dialogue capability contribute their games. */
  readonly episodes: EpisodeService
  readonly vault: Vault
  readonly models: RoleModels
  readonly mode: ServerMode
  readonly ttlMs: number
  readonly sweepMs: number
  readonly adminKey?: string | undefined
  /** Whether only this process uses the store: claims that a crash left can then be released. */
  readonly isAlone: boolean
  /** Whether registrations, attempts and starts are rate-limited. */
  readonly hasRateLimits: boolean
  /** The study that clients lead people to; asked once the studies are open. */
  readonly defaultStudy?: () => string | undefined
  /** Characters that may be met; undefined: all. */
  readonly released?: readonly string[] | undefined
  readonly onFault: (what: string, error: unknown) => void
  /** Whether the participants of a study see their evaluations. */
  readonly showsEvaluations?: (study: string) => Promise<boolean>
}

/** Milliseconds for which a list of characters is cached. */
const ROSTER_MS = 1000

/**
 * Loads the games, seeds the built-in characters, releases stale claims, and starts the sweep.
 * @throws AppError WORLD_INVALID when two worlds have a game of the same name; the codes of the store
 */
export async function createSessionServices(options: SessionServiceOptions): Promise<SessionServices> {
  const { store, models, mode, onFault, episodes } = options
  const games = await GameCatalogue.load(episodes.worlds, options.released)
  const log = new SessionLog(store)
  const stored = new Characters(store)
  await stored.seedOnce(games.shipped)
  if (options.isAlone) await log.releaseAll()
  const { ttlMs, sweepMs } = options
  const characterOf = (hid: string) => stored.get(hid)
  const registry = new SessionRegistry({
    log,
    games,
    episodes,
    models,
    clock: createSystemClock(),
    characterOf,
    ttlMs,
    sweepMs,
    onFault,
  })
  registry.start()
  const studies = new Studies(store)
  const isShown = async (session: string): Promise<boolean> => {
    const place = await studies.placeOf(session)
    return place !== undefined && (await options.showsEvaluations?.(place.study)) === true
  }
  let roster: { readonly at: number; readonly list: Promise<readonly Character[]> } | undefined
  return {
    mode,
    models,
    log,
    games,
    episodes,
    evaluator: new SessionEvaluator({ log, games, models, isShown }),
    isParticipant: (playerId) => studies.isParticipant(playerId),
    registry,
    onFault,
    players: new Players(store, options.vault),
    characters: stored,
    roster() {
      const now = performance.now()
      if (!roster || now - roster.at > ROSTER_MS) roster = { at: now, list: stored.all() }
      return roster.list
    },
    adminKeyHash: options.adminKey === undefined ? undefined : hashAccessKey(options.adminKey),
    hasRateLimits: options.hasRateLimits,
    defaultStudy: () => options.defaultStudy?.(),
    startedAt: Date.now(),
  }
}

/** The owner of a socket: a player by key, or a spectator by a key of one session. */
export function createPlayHost(services: SessionServices): PlayHost {
  return {
    registry: services.registry,
    log: services.log,
    requiresKey: services.mode === 'standard',
    async identify(key, sessionId) {
      const player = await services.players.findByKey(key)
      if (player) return { kind: 'player', id: player.playerId }
      const isSpectator = await services.log.hasSpectatorKey(sessionId, hashAccessKey(key))
      return isSpectator ? { kind: 'spectator' } : undefined
    },
    onFault: services.onFault,
  }
}
