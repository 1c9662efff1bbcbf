// The session API on a free port, over a store of the test's own; the rest of the server is not there.
import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { Sockets } from '../../src/adapters/coworld/upgrade.ts'
import { createOfflineResponder, type RoleModels } from '../../src/adapters/session/role-models.ts'
import { installSessions } from '../../src/server/sessions/register-session-routes.ts'
import { createSessionServices, type ServerMode, type SessionServices } from '../../src/server/sessions/services.ts'
import { createVault } from '../../src/store/people/vault.ts'
import type { Store } from '../../src/store/store.ts'

export interface SessionServer {
  readonly url: string
  readonly services: SessionServices
  readonly faults: readonly string[]
  /** Lets go of every session in order, as at the end of a server. */
  close(): Promise<void>
  /** Goes away at once, as a killed server does: sessions stay as they stand in the store. */
  crash(): Promise<void>
}

export const ADMIN_KEY = 'dcs-ak-admin'

export interface SessionServerOptions {
  readonly models?: RoleModels
  readonly mode?: ServerMode
  readonly ttlMs?: number
  readonly sweepMs?: number
  /** Default: the store is this server's alone. */
  readonly isAlone?: boolean
}

export async function startSessionServer(store: Store, options: SessionServerOptions = {}): Promise<SessionServer> {
  const faults: string[] = []
  const services = await createSessionServices({
    store,
    vault: createVault(randomBytes(32)),
    models: options.models ?? createOfflineResponder(),
    mode: options.mode ?? 'standard',
    ttlMs: options.ttlMs ?? 86_400_000,
    sweepMs: options.sweepMs ?? 60_000,
    adminKey: ADMIN_KEY,
    isAlone: options.isAlone ?? true,
    hasRateLimits: false,
    onFault: (what, error) => void faults.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
  })
  const app = fastify({ forceCloseConnections: true })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const sockets = new Sockets()
  const upgrade = await installSessions(app, services, sockets)
  app.server.on('upgrade', (request, socket, head) => void upgrade({ request, socket, head }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    sockets.close()
    sockets.terminate()
    await app.close()
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
