// A small HTTP server around an adapter: for a game process, and for looking at one recording.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../kernel/errors.ts'
import { answer, type Route } from './game-adapter.ts'
import { refuseUpgrade, Sockets, type Upgrade } from './upgrade.ts'

/** What a server needs of an adapter. */
export interface HttpAdapter {
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

export interface AdapterServer {
  readonly port: number
  /** Says 1012 to every socket, and lets go of the port. */
  close(): Promise<void>
}

/** Serves one adapter until it is closed. */
export async function serveAdapter(
  createAdapter: (sockets: Sockets) => HttpAdapter,
  at: { host: string; port: number },
): Promise<AdapterServer> {
  const sockets = new Sockets()
  const adapter = createAdapter(sockets)
  const server = createServer((request, response) => {
    const route = routeOf(request)
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (isReading && adapter.handle(route, request, response)) return
    answer(response, 404, { type: 'application/json', body: '{"error":"not found"}' })
  })
  server.on('upgrade', (request, socket, head) => {
    const upgrade = { request, socket, head }
    if (!adapter.upgrade(routeOf(request), upgrade)) refuseUpgrade(upgrade, 404, 'not found')
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
