// A small server of pages and sockets: a game process, and the viewer of one recording.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Failure, fromStatus, toFailure } from '../../transport/errors.ts'
import { PROBLEM_STYLE, writeFailure } from '../../transport/failure-styles.ts'
import { listen } from '../../transport/listen.ts'
import { readTarget, type Target } from '../../transport/request-target.ts'
import { setSecurityHeaders } from '../../transport/security-headers.ts'
import type { Transport } from '../../transport/transport.ts'
import type { UpgradeRoute } from '../../transport/upgrade-router.ts'
import type { Asset } from './pages.ts'

export interface Site {
  /**
   * The page or asset at a path; undefined when there is none.
   * @throws AppError when the caller may not see it
   */
  page(target: Target, request: IncomingMessage): Asset | undefined
  readonly sockets: readonly UpgradeRoute[]
}

export interface SiteServer {
  readonly port: number
  /** Closes every socket with 1012, and stops listening. */
  close(): Promise<void>
}

/**
 * Serves a site until it is closed.
 * @throws AppError PORT_IN_USE
 */
export async function serveSite(
  transport: Transport,
  site: Site,
  at: { readonly host: string; readonly port: number },
): Promise<SiteServer> {
  const { headers } = transport
  for (const route of site.sockets) transport.upgrades.add(route)
  const server = transport.createServer((request, response) => {
    setSecurityHeaders(response, headers)
    // The body of a GET is read and dropped, so that the connection can be reused.
    request.resume()
    try {
      const found = answer(transport, site, request)
      if ('body' in found) send(response, found)
      else fail(response, found)
    } catch (error) {
      fail(response, toFailure(error))
    }
  })
  try {
    const { port } = await listen(server, at)
    return { port, close: () => transport.closeServer(server) }
  } catch (error) {
    transport.sockets.close()
    throw error
  }
}

function answer(transport: Transport, site: Site, request: IncomingMessage): Asset | Failure {
  const target = readTarget(request.url)
  if (!target) return fromStatus(400, 'The target of the request is malformed.')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return fromStatus(405, 'Only GET and HEAD are allowed here.', { allow: 'GET, HEAD' })
  }
  const asset = target.path === '/healthz' ? HEALTHY : site.page(target, request)
  if (asset) return asset
  return transport.upgrades.has(request.url)
    ? fromStatus(426, 'This address needs a WebSocket handshake.', { upgrade: 'websocket' })
    : fromStatus(404, 'There is no page at this address.')
}

const HEALTHY: Asset = { type: 'application/json', body: '{"ok":true}' }

/** Nothing of a game is cached: the same address shows another game next time. */
function send(response: ServerResponse, { type, body }: Asset): void {
  response.writeHead(200, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
}

function fail(response: ServerResponse, failure: Failure): void {
  const { status, body, headers } = writeFailure(failure, PROBLEM_STYLE)
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
