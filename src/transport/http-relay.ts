// Passes a request on to a process of this server that listens on a Unix socket, and its answer back, both as streams.
import { Agent, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { AppError } from '../kernel/errors.ts'

/** Below the time after which the other process closes an idle connection. */
const IDLE_MS = 30_000
// No limit of its own: clients that never read would use it up for all others. Clients are limited by the server.
const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 64 })

/** Headers about one connection, and those that say where a request comes from: the relay writes its own. */
const DROPPED = /^(?:connection|keep-alive|te|trailer|upgrade|proxy-.*|forwarded|x-forwarded-.*|x-real-ip|via|expect)$/

export interface RelayedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path of the Unix socket. */
  readonly socket: string
  /** Name and port by which the client knows this server. */
  readonly host: string
  /** The client's address; empty when it is unknown or must not count as local. */
  readonly address: string
  /**
   * Called when the answer begins: from then on this function alone writes to the response.
   * @returns headers that this server adds; those of the other process go before them
   */
  onAnswer(): Readonly<Record<string, string | number | string[] | undefined>>
}

/**
 * Resolves when the answer begins.
 * @throws AppError INTERRUPTED when the other process does not answer
 */
export function relayHttp({ request, response, socket, host, address, onAnswer }: RelayedRequest): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const kept = Object.entries(request.headers).filter(([name]) => !DROPPED.test(name))
  const upstream = requestHttp({
    agent,
    socketPath: socket,
    method: request.method,
    path: request.url,
    headers: { ...Object.fromEntries(kept), host, 'x-forwarded-for': address === '' ? 'unknown' : address },
  })
  upstream.on('error', (cause) => {
    reject(
      new AppError('INTERRUPTED', 'the shard that has this episode does not answer', {
        cause,
        hint: 'Try again in a moment: the episode continues.',
      }),
    )
  })
  upstream.on('response', (answer) => {
    const own = onAnswer()
    const headers = Object.entries(answer.headers).filter(([name]) => !DROPPED.test(name))
    response.writeHead(answer.statusCode ?? 502, { ...own, ...Object.fromEntries(headers) })
    // Either side may end early: the other one is then cut, and nobody waits.
    pipeline(answer, response, () => undefined)
    resolve()
  })
  response.once('close', () => upstream.destroy())
  request.pipe(upstream)
  return promise
}
