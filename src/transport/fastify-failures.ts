// Installs failures on a Fastify server: every error of a route, every unknown address, wrong method, and malformed URL
// is answered in the shape of the API it belongs to.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Failure, fromStatus, toFailure } from './errors.ts'
import { type FailureStyle, PROBLEM_STYLE, writeFailure } from './failure-styles.ts'
import { matchPath, readTarget } from './request-target.ts'

interface KnownRoute {
  readonly parts: readonly string[]
  readonly methods: Set<string>
  style: FailureStyle
}

/** Writes a failure for its reader, such as in their language. It may set headers of the reply. */
type Reword = (
  failure: Failure,
  about: { readonly error: unknown; readonly request: FastifyRequest; readonly reply: FastifyReply },
) => Failure

export class RouteFailures {
  readonly #routes = new Map<string, KnownRoute>()
  readonly #areas: { readonly prefix: string; readonly style: FailureStyle }[] = []
  readonly #isSocket: (target: string | undefined) => boolean

  #showPage: ((request: FastifyRequest, reply: FastifyReply) => boolean) | undefined

  /** @param isSocket whether a target is a WebSocket: a plain request to it gets 426 */
  constructor(isSocket: (target: string | undefined) => boolean = () => false) {
    this.#isSocket = isSocket
  }

  /** Handles failures of the whole server as Problems. Call it before routes are registered. */
  installRoot(app: FastifyInstance): void {
    this.installScope(app, PROBLEM_STYLE)
    app.addHook('onRoute', ({ url, method }) => {
      const route = this.#routeAt(url)
      for (const each of [method].flat()) route.methods.add(each)
    })
    app.setNotFoundHandler((request, reply) => this.#answerUnknown(request, reply))
  }

  /**
   * Handles failures of one scope's routes in the style of their API.
   * @param reword changes the sentences for the reader of the answer
   */
  installScope(scope: FastifyInstance, style: FailureStyle, reword?: Reword): void {
    scope.setErrorHandler((error, request, reply) => {
      const failure = toFailure(error, request.body)
      if (failure.status >= 500) {
        request.log.error({ err: error, path: request.url.split('?')[0] }, 'request.failed')
      }
      send(reply, reword ? reword(failure, { error, request, reply }) : failure, style)
    })
    if (style !== PROBLEM_STYLE) {
      scope.addHook('onRoute', ({ url }) => {
        this.#routeAt(url).style = style
      })
    }
  }

  /**
   * Shows browsers a page for unknown addresses: `show` sends it and returns true, or returns false. The status is 404.
   */
  showUnknown(show: (request: FastifyRequest, reply: FastifyReply) => boolean): void {
    this.#showPage = show
  }

  /** Assigns unknown addresses below a prefix to an API. @param prefix a path without a slash at its end */
  claimArea(prefix: string, style: FailureStyle): void {
    this.#areas.push({ prefix, style })
  }

  /** For `createApp`: answers requests that Fastify refuses before routing. */
  readonly frameworkErrors = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // `addContentTypeParser`, hooks, and error handlers have not run yet.
    send(reply, toFailure(error), this.#styleOf(request.raw.url))
  }

  #routeAt(url: string): KnownRoute {
    const known = this.#routes.get(url)
    if (known) return known
    const made = { parts: url.slice(1).split('/'), methods: new Set<string>(), style: PROBLEM_STYLE }
    this.#routes.set(url, made)
    return made
  }

  #find(target: string | undefined): KnownRoute | undefined {
    const segments = readTarget(target)?.segments
    if (!segments) return undefined
    for (const route of this.#routes.values()) if (matchPath(route.parts, segments)) return route
    return undefined
  }

  #styleOf(target: string | undefined): FailureStyle {
    const path = (target ?? '').replace(/\?.*$/s, '')
    const area = this.#areas.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    return this.#find(target)?.style ?? area?.style ?? PROBLEM_STYLE
  }

  #answerUnknown(request: FastifyRequest, reply: FastifyReply): void {
    const { url, method } = request.raw
    const route = this.#find(url)
    const shown = `${method} ${(url ?? '').split('?')[0]?.slice(0, 200)}`
    if (route && !route.methods.has(method ?? '')) {
      const allow = [...route.methods].join(', ')
      send(reply, fromStatus(405, `${shown} is not allowed; the methods are ${allow}.`, { allow }), route.style)
    } else if (this.#isSocket(url)) {
      send(
        reply,
        fromStatus(426, `${shown} needs a WebSocket handshake.`, { upgrade: 'websocket' }),
        this.#styleOf(url),
      )
    } else if (!this.#showPage?.(request, reply)) {
      send(reply, fromStatus(404, `There is no route ${shown}.`), this.#styleOf(url))
    }
  }
}

function send(reply: FastifyReply, failure: Failure, style: FailureStyle): void {
  const { status, body, headers } = writeFailure(failure, style)
  // Fastify would close at once, and the reset would reach the client before the answer. The rest of the body is read
  // and dropped instead, within the time limit of a request.
  if (status === 413) void reply.header('connection', 'keep-alive')
  void reply.code(status).headers(headers).send(body)
}
