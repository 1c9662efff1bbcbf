// CORS for the origins that the operator allowed, and the host check of every Fastify request.
import type { FastifyCorsOptions } from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { readBearer } from './credentials.ts'
import type { OriginPolicy } from './origins.ts'

/** Options for `@fastify/cors`. Pages of the server itself need none. */
export function corsOptions(policy: OriginPolicy): FastifyCorsOptions {
  const origins = [...policy.origins]
  return {
    // No origin is allowed unless the operator names one. Without one, responses need no header.
    origin: origins.length > 0 && origins,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Auth-Token'],
    exposedHeaders: ['Retry-After', 'Content-Disposition'],
    // Seconds that a browser may keep the answer to a preflight.
    maxAge: 600,
  }
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Refuses requests that change state when they come from a page of a strange origin, or under a name that is not the
 * server's. A token in a header proves that no page of another site made the request: browsers never add one by themselves.
 */
export function installOriginCheck(app: FastifyInstance, policy: OriginPolicy): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isSafe = SAFE_METHODS.includes(request.method)
    const needsCheck = !isSafe && readBearer(request.headers) === undefined && !('x-auth-token' in request.headers)
    done(needsCheck ? policy.refuseSensitive(request.headers) : undefined)
  })
}
