// The HTTP servers of the product, plain and Fastify, with the same limits: slow or idle clients are closed, and
// requests that Node's parser refuses are answered with a Problem.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { type Failure, fromStatus } from './errors.ts'
import { PROBLEM_STYLE, writeFailure } from './failure-styles.ts'
import type { TrustedProxies } from './proxies.ts'
import { respondRaw } from './raw-response.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

export interface HttpLimits {
  /** Milliseconds for the head of a request, from the connection on: also ends connections that send nothing. */
  readonly headersMs: number
  /** Milliseconds for a whole request with its body. */
  readonly requestMs: number
  /** Milliseconds for a request that pushes a layer of an image: the limit of its clients. */
  readonly pushMs: number
  /** Milliseconds without traffic in either direction while an answer is awaited or read. */
  readonly idleMs: number
  /** Milliseconds that a connection stays open between requests. */
  readonly keepAliveMs: number
  /** Milliseconds between checks for late connections. */
  readonly checkEveryMs: number
  /** Bytes of the request line and headers. */
  readonly headerBytes: number
  /** TCP connections of a server; further ones are dropped before they cost memory. */
  readonly connections: number
  /** Requests of one connection before the server closes it. */
  readonly requestsPerConnection: number
  /** Default limit of a body, in bytes. */
  readonly bodyBytes: number
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  pushMs: 600_000,
  // Longer than the slowest answer: an evaluation asks a model up to three times, 120 s each.
  idleMs: 600_000,
  // Longer than the 60 s of common proxies, so that the proxy closes first and no request hits a closing connection.
  keepAliveMs: 72_000,
  checkEveryMs: 1000,
  headerBytes: 16 * 1024,
  connections: 25_000,
  requestsPerConnection: 100_000,
  bodyBytes: 1024 * 1024,
}

/** Characters of one part of a path. Longer ones get 414. */
const MAX_PATH_PART = 1000

/** A plain server with the limits. It does not listen yet: see `listen`. */
export function createHttpServer(onRequest: RequestListener, limits: Partial<HttpLimits> = {}): Server {
  const all = { ...HTTP_LIMITS, ...limits }
  const server = createServer(
    {
      headersTimeout: all.headersMs,
      // The longest one. Other bodies are limited below, because Node has one limit for all.
      requestTimeout: Math.max(all.requestMs, all.pushMs),
      keepAliveTimeout: all.keepAliveMs,
      connectionsCheckingInterval: all.checkEveryMs,
      maxHeaderSize: all.headerBytes,
      // Upgrades to protocols other than WebSocket are ignored: such requests are answered as plain requests.
      shouldUpgradeCallback: isWebSocketUpgrade,
      // Checked below: Node's own refusal has no body.
      requireHostHeader: false,
    },
    (request, response) => {
      limitBody(request, all)
      const isComplete = request.headers.host !== undefined || request.httpVersion === '1.0'
      if (isComplete) onRequest(request, response)
      else refuse(response, fromStatus(400, 'The request has no Host header.'))
    },
  )
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    refuse(response, fromStatus(417, 'The server supports no expectation other than 100-continue.'))
  })
  server.maxConnections = all.connections
  server.maxRequestsPerSocket = all.requestsPerConnection
  server.timeout = all.idleMs
  server.on('clientError', answerClientError)
  return server
}

const PUSH = /^\/v2\/[^?]*\/blobs\/uploads\//

/** Ends a connection whose request body is not complete in time. */
function limitBody(request: IncomingMessage, { requestMs, pushMs }: HttpLimits): void {
  const { headers, method, url = '', socket } = request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
  if (headers['content-length'] === '0') return
  const timer = setTimeout(
    () => {
      if (request.complete || socket.destroyed) return
      const error = Object.assign(new Error('request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
      answerClientError(error, socket)
    },
    method === 'PUT' && PUSH.test(url) ? pushMs : requestMs,
  )
  timer.unref()
  request.once('end', () => clearTimeout(timer))
  request.once('close', () => clearTimeout(timer))
}

function refuse(response: ServerResponse, failure: Failure): void {
  const { status, body, headers } = writeFailure(failure, PROBLEM_STYLE)
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(body)
}

function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket'
}

export interface AppOptions {
  readonly limits?: Partial<HttpLimits> | undefined
  readonly proxies: TrustedProxies
  readonly logger: FastifyServerOptions['logger']
  /** Answers requests that Fastify refuses before a route is found: malformed and overlong addresses. */
  readonly frameworkErrors: NonNullable<FastifyServerOptions['frameworkErrors']>
}

/** A Fastify server with the limits. Register routes, then see `listenApp`. */
export function createApp({ limits, proxies, logger, frameworkErrors }: AppOptions): FastifyInstance {
  return fastify({
    serverFactory: (handler) => createHttpServer(handler, limits),
    bodyLimit: { ...HTTP_LIMITS, ...limits }.bodyBytes,
    routerOptions: { maxParamLength: MAX_PATH_PART },
    trustProxy: (address) => proxies.trusts(address),
    clientErrorHandler: answerClientError,
    frameworkErrors,
    forceCloseConnections: 'idle',
    ...(logger === undefined ? {} : { logger }),
  })
}

/** Statuses for errors of Node's parser; all others are 400. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}

const PARSER_MESSAGE: Readonly<Record<number, string>> = {
  400: 'The request is not valid HTTP/1.1.',
  408: 'The request was not complete in time.',
  413: 'The extensions of a chunk are too long.',
  431: 'The headers are too long.',
}

function answerClientError(error: Error & { code?: string | undefined }, stream: Duplex): void {
  stream.on('error', () => stream.destroy())
  if (error.code === 'ECONNRESET' || !stream.writable) {
    stream.destroy()
    return
  }
  const status = PARSER_STATUS[String(error.code)] ?? 400
  respondRaw(
    stream,
    writeFailure(fromStatus(status, PARSER_MESSAGE[status] ?? 'The request cannot be read.'), PROBLEM_STYLE),
  )
}
