// The session API on a free port, over the test's own store, without the rest of the server.
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { createOfflineResponder, type RoleModels } from '../../src/adapters/session/role-models.ts'
import { EpisodeService } from '../../src/host/episode-service.ts'
import { createWorldRegistry } from '../../src/host/world-registry.ts'
import type { World } from '../../src/kernel/world.ts'
import { playRoute, registerSessionRoutes } from '../../src/server/sessions/register-session-routes.ts'
import { createSessionServices, type ServerMode, type SessionServices } from '../../src/server/sessions/services.ts'
import { createVault } from '../../src/store/people/vault.ts'
import type { Store } from '../../src/store/store.ts'
import { register, start } from '../../src/testing/play-api.ts'
import type { StoreServices } from '../../src/testing/stores.ts'
import type { RouteFailures } from '../../src/transport/fastify-failures.ts'
import { listenApp } from '../../src/transport/listen.ts'
import { installRateLimit } from '../../src/transport/rate-limit.ts'
import { Transport } from '../../src/transport/transport.ts'

export interface SessionServer {
  readonly url: string
  readonly services: SessionServices
  readonly faults: readonly string[]
  /** Releases every session gracefully, like a server that stops. */
  close(): Promise<void>
  /** Exits at once, like a killed server: sessions stay unchanged in the store. */
  crash(): Promise<void>
}

export const ADMIN_KEY = 'dcs-ak-admin'

export interface SessionServerOptions {
  readonly models?: RoleModels
  readonly mode?: ServerMode
  readonly ttlMs?: number
  readonly sweepMs?: number
  /** By default no other server uses the store. */
  readonly isAlone?: boolean
  readonly hasRateLimits?: boolean
  readonly heartbeatMs?: number
  /** Registered in addition to the built-in worlds. */
  readonly worlds?: readonly World[]
  /** Registers further routes. */
  readonly register?: (app: FastifyInstance, services: SessionServices, failures: RouteFailures) => Promise<void>
}

export async function startSessionServer(store: Store, options: SessionServerOptions = {}): Promise<SessionServer> {
  const faults: string[] = []
  const episodes = new EpisodeService({ worlds: await createWorldRegistry({ worlds: options.worlds ?? [] }) })
  const services = await createSessionServices({
    store,
    episodes,
    vault: createVault(randomBytes(32)),
    models: options.models ?? createOfflineResponder(),
    mode: options.mode ?? 'standard',
    ttlMs: options.ttlMs ?? 86_400_000,
    sweepMs: options.sweepMs ?? 60_000,
    adminKey: ADMIN_KEY,
    isAlone: options.isAlone ?? true,
    hasRateLimits: options.hasRateLimits ?? false,
    onFault: (what, error) => void faults.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
  })
  const transport = new Transport({
    onFault: (error) => void faults.push(String(error)),
    ...(options.heartbeatMs === undefined ? {} : { socketLimits: { heartbeatMs: options.heartbeatMs } }),
  })
  const { app, failures } = transport.createApp(false)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await installRateLimit(app, { perMinute: 1_000_000, isExempt: () => true })
  await registerSessionRoutes(app, services, failures)
  await options.register?.(app, services, failures)
  transport.upgrades.add(playRoute(services))
  const { url } = await listenApp(app, { host: '127.0.0.1', port: 0 })
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    transport.sockets.close()
    transport.sockets.terminate()
    app.server.closeAllConnections()
    await transport.closeApp(app)
  }
  return {
    url,
    services,
    faults,
    async close() {
      await stop()
      await services.registry.close()
    },
    async crash() {
      await stop()
      services.registry.abandon()
    },
  }
}

/** A server until the end of the test, with one player and a session without a connection so far. */
export async function startedSession(
  store: Store,
  services: StoreServices,
  of: { readonly server?: SessionServerOptions; readonly wanted?: Parameters<typeof start>[2] } = {},
) {
  const server = await startSessionServer(store, of.server)
  services.atEnd(() => server.close())
  const key = await register(server)
  const { id, socket } = await start(server, key, of.wanted)
  return { server, key, id, socket }
}
