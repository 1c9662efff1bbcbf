// The browser application: its files with their compressed forms, its pages at every address it owns, and its requests
// about the server. Files with a hashed name never change; everything else is revalidated by ETag.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { About, Caller } from '../../protocol/about.ts'
import type { RouteFailures } from '../../transport/fastify-failures.ts'
import type { Locality } from '../../transport/locality.ts'
import type { OriginPolicy } from '../../transport/origins.ts'
import type { WebApp, WebFile } from '../web-app.ts'

export interface WebRouteOptions {
  /** Undefined: the application has not been built. */
  readonly web: WebApp | undefined
  readonly failures: RouteFailures
  readonly origins: OriginPolicy
  readonly locality: Locality
  /** Version of the package. */
  readonly version: string
  /** Id of this start of the server. */
  readonly boot: string
}

const YEAR_S = 31_536_000
const IMMUTABLE = `public, max-age=${YEAR_S}, immutable`
const PAGE = '/index.html'
/** Requested by sandboxed frames, whose origin is `null`; the file is public. */
const FRAME_SCRIPT = '/views/frame.js'

const UNBUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Paracosm</title>
<h1>The pages are not built</h1>
<p>Run <code>npm run build:web</code> in the checkout and start the server again.
The API is complete: see <a href="/openapi.json">/openapi.json</a>.</p>`

export const webRoutes: FastifyPluginCallbackZod<WebRouteOptions> = (app, options, done) => {
  const { web, failures, origins, locality, version, boot } = options
  app.addHook('onRequest', ({ headers, routeOptions }, _reply, next) =>
    next(routeOptions.url === FRAME_SCRIPT ? undefined : origins.refuseSensitive(headers)),
  )
  app.get(
    '/api/about',
    { schema: { summary: 'Version of the server and of its pages', tags: ['health'], response: { 200: About } } },
    (_request, reply) => {
      void reply.header('cache-control', 'no-store')
      return { version, boot, web: web?.version ?? null }
    },
  )
  app.get(
    '/api/caller',
    {
      schema: {
        summary: 'Whether the caller may do what administrators do, and why',
        tags: ['health'],
        response: { 200: Caller },
      },
    },
    ({ raw }, reply) => {
      void reply.header('cache-control', 'no-store')
      return { administrator: locality.rightOf(raw), has_admin_key: locality.hasAdminKey }
    },
  )
  const page = web?.file(PAGE)
  if (!web || !page) {
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.type('text/html; charset=utf-8').send(UNBUILT))
    done()
    return
  }
  for (const address of web.addresses) {
    const file = web.file(address)
    if (file) app.get(address, { schema: { hide: true } }, (request, reply) => sendFile(request, reply, file))
  }
  for (const path of web.paths) {
    const pattern = path.replaceAll('$', ':')
    app.get(pattern, { schema: { hide: true } }, (request, reply) => sendFile(request, reply, page))
  }
  failures.showUnknown((request, reply) => {
    if (!isPageRequest(request)) return false
    void sendFile(request, reply.code(404), page)
    return true
  })
  done()
}

/** Whether a browser requests a page; other clients get a Problem. */
function isPageRequest({ method, headers, raw }: FastifyRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  const isOther = /^\/(?:api|_app|views)(?:\/|\?|$)/.test(raw.url ?? '')
  return isRead && !isOther && (headers.accept ?? '').includes('text/html')
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  const { headers } = request
  const [encoding, bytes] = encodingFor(headers['accept-encoding'], file)
  // Each encoding is a representation of its own (RFC 9110, 8.8.3).
  const etag = encoding === undefined ? file.etag : file.etag.replace(/"$/, `-${encoding}"`)
  void reply.headers({
    etag,
    vary: 'accept-encoding',
    // No client needs parts of these files: a Range is ignored, as RFC 9110 allows.
    'accept-ranges': 'none',
    'cache-control': file.isImmutable ? IMMUTABLE : 'no-cache',
  })
  if (reply.statusCode === 200 && isKnown(headers['if-none-match'], etag)) return reply.code(304).send()
  if (encoding !== undefined) void reply.header('content-encoding', encoding)
  return reply.type(file.type).send(bytes)
}

function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

/** The best encoding that the client accepts; undefined: none. */
function encodingFor(header: string | undefined, file: WebFile): readonly [string | undefined, Buffer] {
  const accepted = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim().split(/\s*;\s*/))
    .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ''))
    .map(([name]) => name)
  return file.encoded.find(([name]) => accepted.includes(name)) ?? [undefined, file.bytes]
}
