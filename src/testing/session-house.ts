// A house for sessions without the rest of the server: a store, a registry, and a play socket on a free port.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { WebSocketServer } from 'ws'
import { type Cast, createLocalCast } from '../doors/session/cast.ts'
import { planSession } from '../doors/session/plan.ts'
import { type PlayHost, PlaySocket } from '../doors/session/play-socket.ts'
import { SessionRegistry } from '../doors/session/registry.ts'
import { createSystemClock } from '../episode/clock.ts'
import { SessionLog } from '../store/sessions/session-log.ts'
import type { Store } from '../store/store.ts'
import { characters } from '../worlds/parley/characters/index.ts'

export interface SessionHouse {
  readonly log: SessionLog
  readonly registry: SessionRegistry
  /** Where the socket of a session is. */
  socketOf(sessionId: string): string
  /** Makes a session of a player. */
  create(wanted: { game: string; pc?: string; npc?: string; overrides?: object; playerId?: string }): Promise<string>
  readonly faults: readonly string[]
  /** Lets go of everything, as at the end of a server. */
  close(): Promise<void>
  /** Leaves everything as a killed server would. */
  crash(): Promise<void>
}

/** Keys are 'key:<player id>' here. */
export async function openSessionHouse(
  store: Store,
  options: { cast?: Cast; ttlMs?: number; sweepMs?: number } = {},
): Promise<SessionHouse> {
  const log = new SessionLog(store)
  const faults: string[] = []
  const onFault = (what: string, error: unknown): void => void faults.push(`${what}: ${String(error)}`)
  const registry = new SessionRegistry({
    log,
    cast: options.cast ?? createLocalCast(),
    clock: createSystemClock(),
    ttlMs: options.ttlMs ?? 86_400_000,
    sweepMs: options.sweepMs ?? 60_000,
    onFault,
  })
  const host: PlayHost = {
    registry,
    log,
    requiresKey: true,
    identify: (key) =>
      Promise.resolve(key.startsWith('key:') ? { kind: 'player' as const, id: key.slice(4) } : undefined),
    onFault,
  }
  const server: Server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const sessionId = url.pathname.split('/').at(-2) ?? ''
    const bearer = request.headers.authorization?.replace(/^Bearer /, '')
    void new PlaySocket(socket, host, { sessionId, bearer, streams: url.searchParams.get('stream') === '1' }).serve()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    server.close()
    await once(server, 'close')
  }
  return {
    log,
    registry,
    faults,
    socketOf: (id) => `ws://127.0.0.1:${port}/api/play/game/${id}/ws`,
    async create({ game, pc, npc, overrides, playerId = 'p1' }) {
      const wanted = { game, pc, npc, overrides: JSON.parse(JSON.stringify(overrides ?? {})), source: 'test', playerId }
      return (await registry.create(planSession(wanted, characters))).facts.id
    },
    async close() {
      await stop()
      await registry.close()
    },
    crash: stop,
  }
}
