// Security headers for browsers: one set for every response, and a content policy for pages.
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Headers of every response: no MIME sniffing, no Referer, no device access. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
}

export interface PagePolicy {
  /** Additional origins whose pages may show ours in a frame. */
  readonly frameAncestors: readonly string[]
}

/**
 * The headers of a server: the common ones, and a Content-Security-Policy that allows the server's own scripts, styles,
 * images, and sockets, and nothing inline.
 */
export function securityHeaders({ frameAncestors }: PagePolicy): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    // Safari does not count ws: as 'self'.
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${["'self'", ...frameAncestors].join(' ')}`,
  ].join('; ')
  // The older header does not support a list of origins; browsers that know frame-ancestors ignore it.
  const frames: Record<string, string> = frameAncestors.length === 0 ? { 'x-frame-options': 'SAMEORIGIN' } : {}
  return { ...SECURITY_HEADERS, ...frames, 'content-security-policy': policy }
}

/** Sets the headers on a bare response, before its head is written. */
export function setSecurityHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The route answers only with JSON, also for failures: no browser shows it as a page, so it needs no content
     * policy.
     */
    isData?: boolean
  }
}

/**
 * Sets the headers on every answer of a Fastify server, hijacked and failed ones too. Routes with `isData` have only
 * nosniff: eight headers would cost more than a perception itself.
 */
export function installSecurityHeaders(app: FastifyInstance, policy: PagePolicy): void {
  const headers = securityHeaders(policy)
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isData === true) void reply.header('x-content-type-options', 'nosniff')
    else setSecurityHeaders(reply.raw, headers)
    done()
  })
}
