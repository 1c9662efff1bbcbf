// A small HTTP server around a door: for a game process, and for looking at one recording.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../kernel/errors.ts'
import { answer, type Route } from './game-door.ts'
import { refuseUpgrade, Sockets, type Upgrade } from './upgrade.ts'

/** What a server needs of a door. */
export interface Door {
  handle(route: Route, request: IncomingMessage, response: ServerResponse): boolean
  upgrade(route: Route, upgrade: Upgrade): boolean
}

export function routeOf(request: IncomingMessage): Route {
  const url = new URL(request.url ?? '/', 'http://localhost')
  return { path: url.pathname, query: url.searchParams }
}

/**
 * Listens.
 * @param port 0: any free one
 * @throws AppError PORT_IN_USE
 */
export async function listen(server: Server, at: { host: string; port: number }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onError = (error: NodeJS.ErrnoException): void =>
    reject(
      error.code === 'EADDRINUSE' || error.code === 'EACCES'
        ? new AppError('PORT_IN_USE', `cannot listen on ${at.host}:${at.port}: ${error.code}`, { cause: error })
        : error,
    )
  server.once('error', onError)
  server.listen(at.port, at.host, resolve)
  await promise
  server.off('error', onError)
  const address: string | AddressInfo | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : at.port
}

export interface DoorServer {
  readonly port: number
  /** Says 1012 to every socket, and lets go of the port. */
  close(): Promise<void>
}

/** Serves one door until it is closed. */
export async function serveDoor(
  createDoor: (sockets: Sockets) => Door,
  at: { host: string; port: number },
): Promise<DoorServer> {
  const sockets = new Sockets()
  const door = createDoor(sockets)
  const server = createServer((request, response) => {
    const route = routeOf(request)
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (isReading && door.handle(route, request, response)) return
    answer(response, 404, { type: 'application/json', body: '{"error":"not found"}' })
  })
  server.on('upgrade', (request, socket, head) => {
    const upgrade = { request, socket, head }
    if (!door.upgrade(routeOf(request), upgrade)) refuseUpgrade(upgrade, 404, 'not found')
  })
  try {
    const port = await listen(server, at)
    return { port, close: () => closeServer(server, sockets) }
  } catch (error) {
    sockets.close()
    throw error
  }
}

/** Milliseconds that open connections have to end by themselves. */
const CLOSE_GRACE_MS = 250

async function closeServer(server: Server, sockets: Sockets): Promise<void> {
  sockets.close()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const timer = setTimeout(() => {
    sockets.terminate()
    server.closeAllConnections()
  }, CLOSE_GRACE_MS)
  server.closeIdleConnections()
  await closed
  clearTimeout(timer)
}
