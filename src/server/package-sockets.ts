// The sockets of games in containers, below `/hosted/<id>/game/`: players with the token of their slot, viewers where
// the game has them, and viewers of replays. A client that is early waits until the game is there.
import { AppError } from '../kernel/errors.ts'
import { type HostedGames, refuseEnded } from '../league/hosted/hosted-games.ts'
import type { Door } from '../league/hosted/live-game.ts'
import type { ReplayViewers } from '../league/hosted/replay-viewers.ts'
import type { PlaySessionRecord } from '../store/play/play-sessions.ts'
import { CLOSE, type SocketConnection } from '../transport/connection.ts'
import { isSameSecret } from '../transport/credentials.ts'
import { createRelay } from '../transport/relay.ts'
import type { Open, UpgradeRequest, UpgradeRoute } from '../transport/upgrade-router.ts'
import { bareId } from './hosted-view.ts'

export interface PackageSocketOptions {
  readonly hosted: HostedGames
  readonly viewers: ReplayViewers
}

/** Sockets of one slot, of the viewers of one game, and of the viewers of one replay. */
const MAX_PER_SLOT = 8
const MAX_VIEWERS = 200

export function packageSockets({ hosted, viewers }: PackageSocketOptions): readonly UpgradeRoute[] {
  const crowd = new Crowd()
  return [
    {
      pattern: '/hosted/:id/game/player',
      origins: 'any',
      async authorize(upgrade) {
        const session = await gameOf(hosted, upgrade)
        const slot = checkToken(hosted, session, upgrade)
        refuseEnded({ session, status: hosted.statusOf(session) })
        const enter = crowd.door(`${session.id}/${slot}`, MAX_PER_SLOT)
        return (connection) => {
          enter(connection)
          join(hosted, { session, connection, query: upgrade.query, path: 'player' })
        }
      },
    },
    {
      pattern: '/hosted/:id/game/global',
      origins: 'any',
      async authorize(upgrade) {
        const session = await gameOf(hosted, upgrade)
        refuseSpectators(session)
        refuseEnded({ session, status: hosted.statusOf(session) })
        const enter = crowd.door(session.id, MAX_VIEWERS)
        return (connection) => {
          enter(connection)
          join(hosted, { session, connection, query: upgrade.query, path: 'global' })
        }
      },
    },
    { pattern: '/hosted/:id/game/replay', origins: 'any', authorize: (upgrade) => openReplay(viewers, crowd, upgrade) },
  ]
}

/** @throws AppError NOT_YOURS */
export function refuseSpectators(session: PlaySessionRecord): void {
  if (session.allowsSpectators) return
  throw new AppError('NOT_YOURS', 'this game has no spectators', {
    hint: 'Take a slot in its lobby, or see the recording when it has ended.',
  })
}

/** @throws AppError UNKNOWN_SESSION; NOT_FOUND for a game that is an episode of this server */
async function gameOf(hosted: HostedGames, { params }: UpgradeRequest): Promise<PlaySessionRecord> {
  const { session } = await hosted.state(bareId(params.id ?? ''))
  if (session.tokens !== null) return session
  throw new AppError('NOT_FOUND', 'the sockets of this game are those of its episode')
}

/** @throws AppError TOKEN_REFUSED */
function checkToken(hosted: HostedGames, session: PlaySessionRecord, { query }: UpgradeRequest): number {
  const text = query.get('slot') ?? ''
  const slot = /^\d{1,4}$/.test(text) ? Number(text) : -1
  const token = hosted.packages.tokenOf(session, slot)
  if (token !== undefined && isSameSecret(query.get('token') ?? '', token)) return slot
  throw AppError.withoutStack('TOKEN_REFUSED', 'this is not the token of this slot')
}

interface Joining {
  readonly session: PlaySessionRecord
  readonly connection: SocketConnection
  readonly query: URLSearchParams
  readonly path: 'player' | 'global'
}

function join({ packages }: HostedGames, { session, connection, query, path }: Joining): void {
  const isPlayer = path === 'player'
  // What viewers send is dropped: in some games it would act for players.
  const relay = createRelay(connection, { passesMessages: isPlayer })
  const forget = packages.whenOpen(session.id, (door) => {
    if (!door) return connection.close(CLOSE.normal, 'the game has ended')
    if (isPlayer) packages.visited(session.id)
    relay.connect(socketOf(door, path, query))
  })
  connection.onClose(forget)
}

/** @throws AppError NOT_FOUND, SOURCE_REFUSED for another recording than that of the viewer */
function openReplay(viewers: ReplayViewers, crowd: Crowd, { params, query }: UpgradeRequest): Open {
  const viewer = viewers.find(params.id ?? '')
  if (!viewer) throw closedViewer()
  if (query.get('uri') !== viewer.uri) {
    throw new AppError('SOURCE_REFUSED', 'this viewer shows one recording only', { hint: 'Use the link as it is.' })
  }
  const enter = crowd.door(viewer.id, MAX_VIEWERS)
  return (connection) => {
    enter(connection)
    connection.onClose(viewers.hold(viewer.id))
    createRelay(connection, { passesMessages: true }).connect(socketOf(viewer.door, 'replay', query))
  }
}

export const closedViewer = (): AppError =>
  new AppError('NOT_FOUND', 'this viewer has been closed', { hint: 'Open the replay again from its lobby.' })

const socketOf = ({ url }: Door, path: string, query: URLSearchParams): string =>
  `${url.replace(/^http/, 'ws')}/${path}?${query}`

/** Counts the open sockets of each place. */
class Crowd {
  readonly #counts = new Map<string, number>()

  /** @throws AppError CONNECTION_LIMIT */
  door(place: string, most: number): (connection: SocketConnection) => void {
    if ((this.#counts.get(place) ?? 0) >= most) {
      throw new AppError('CONNECTION_LIMIT', `${most} sockets are open here already`)
    }
    return (connection) => {
      this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1)
      connection.onClose(() => {
        const left = (this.#counts.get(place) ?? 0) - 1
        if (left > 0) this.#counts.set(place, left)
        else this.#counts.delete(place)
      })
    }
  }
}
