// The session API on a free port, over a store of the test's own; the rest of the server is not there.
import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { Sockets } from '../../src/doors/coworld/upgrade.ts'
import { type Cast, createLocalCast } from '../../src/doors/session/cast.ts'
import { openHouse, type ServerMode, type SessionHouse } from '../../src/server/sessions/house.ts'
import { installSessions } from '../../src/server/sessions/install.ts'
import { createVault } from '../../src/store/people/vault.ts'
import type { Store } from '../../src/store/store.ts'

export interface SessionServer {
  readonly url: string
  readonly house: SessionHouse
  readonly faults: readonly string[]
  /** Lets go of every session in order, as at the end of a server. */
  close(): Promise<void>
  /** Goes away at once, as a killed server does: sessions stay as they stand in the store. */
  crash(): Promise<void>
}

export const ADMIN_KEY = 'dcs-ak-admin'

export interface SessionServerOptions {
  readonly cast?: Cast
  readonly mode?: ServerMode
  readonly ttlMs?: number
  readonly sweepMs?: number
  /** Default: the store is this server's alone. */
  readonly isAlone?: boolean
}

export async function startSessionServer(store: Store, options: SessionServerOptions = {}): Promise<SessionServer> {
  const faults: string[] = []
  const house = await openHouse({
    store,
    vault: createVault(randomBytes(32)),
    cast: options.cast ?? createLocalCast(),
    mode: options.mode ?? 'standard',
    ttlMs: options.ttlMs ?? 86_400_000,
    sweepMs: options.sweepMs ?? 60_000,
    adminKey: ADMIN_KEY,
    isAlone: options.isAlone ?? true,
    onFault: (what, error) => void faults.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
  })
  const app = fastify({ forceCloseConnections: true })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const sockets = new Sockets()
  const upgrade = await installSessions(app, house, sockets)
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
    house,
    faults,
    async close() {
      await stop()
      await house.registry.close()
    },
    async crash() {
      await stop()
      house.registry.abandon()
    },
  }
}
