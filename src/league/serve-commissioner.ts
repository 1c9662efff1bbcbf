// A commissioner as a service that any platform can drive: `GET /healthz`, and one round on each `WS /round`.
import { randomInt } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CLOSE, type SocketConnection } from '../transport/connection.ts'
import { fromStatus } from '../transport/errors.ts'
import { PROBLEM_STYLE, writeFailure } from '../transport/failure-styles.ts'
import { listen } from '../transport/listen.ts'
import { readTarget } from '../transport/request-target.ts'
import { setSecurityHeaders } from '../transport/security-headers.ts'
import { type AccessOptions, Transport } from '../transport/transport.ts'
import type { Commissioner } from './commissioner/commissioner.ts'
import { RoundSession, type SessionAction } from './commissioner/round-session.ts'
import { MAX_FRAME_BYTES } from './commissioner/wire.ts'

export interface CommissionerServerOptions {
  readonly host: string
  readonly port: number
  readonly access?: AccessOptions | undefined
  readonly onFault: (error: unknown) => void
}

export interface CommissionerServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** The maximum delay of a Node timer; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** @throws AppError PORT_IN_USE */
export async function serveCommissioner(
  commissioner: Commissioner,
  options: CommissionerServerOptions,
): Promise<CommissionerServer> {
  const transport = new Transport({ ...options.access, onFault: options.onFault })
  transport.upgrades.add({
    pattern: '/round',
    // Platforms are programs: they send no origin, and carry no credentials that a page could misuse.
    origins: 'any',
    maxMessageBytes: MAX_FRAME_BYTES,
    authorize: () => (connection) => attend(connection, commissioner, options.onFault),
  })
  const server = transport.createServer((request, response) => {
    setSecurityHeaders(response, transport.headers)
    request.resume()
    answer(request, response)
  })
  const { port, url } = await listen(server, options)
  return { port, url, close: () => transport.closeServer(server) }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = readTarget(request.url)?.path
  if (path === '/healthz' && (request.method === 'GET' || request.method === 'HEAD')) {
    const body = '{"status": "ok"}'
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
    return
  }
  const failure =
    path === '/round'
      ? fromStatus(426, 'This address needs a WebSocket handshake.', { upgrade: 'websocket' })
      : fromStatus(404, 'A commissioner has /healthz and /round.')
  const { status, body, headers } = writeFailure(failure, PROBLEM_STYLE)
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** One round on one connection. */
function attend(connection: SocketConnection, commissioner: Commissioner, onFault: (error: unknown) => void): void {
  const session = new RoundSession({ commissioner, draw: randomInt, now: Date.now })
  const timers = new Set<NodeJS.Timeout>()
  const perform = (actions: readonly SessionAction[]): void => {
    for (const action of actions) {
      if (action.kind === 'send') connection.send(JSON.stringify(action.message))
      else if (action.kind === 'close') connection.close(action.code, action.reason)
      else {
        const timer = setTimeout(
          () => {
            timers.delete(timer)
            guarded(() => session.expire(action.name))
          },
          Math.min(LONGEST_TIMER_MS, action.seconds * 1000),
        )
        timers.add(timer)
      }
    }
  }
  const guarded = (work: () => readonly SessionAction[]): void => {
    try {
      perform(work())
    } catch (error) {
      onFault(error)
      connection.close(CLOSE.failed, 'the commissioner failed')
    }
  }
  connection.onText((text) => guarded(() => session.receive(text)))
  connection.onClose(() => {
    for (const timer of timers) clearTimeout(timer)
  })
}
