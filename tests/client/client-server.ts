// A server behind a connection that can be cut, and a client.
import type { TestContext } from 'node:test'
import { createOfflineResponder, type RoleModels } from '../../src/adapters/session/role-models.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import type { Store } from '../../src/store/store.ts'
import { type CuttingProxy, startProxy } from '../../src/testing/cutting-proxy.ts'
import { FORM } from '../../src/testing/play-api.ts'
import { withTestStore } from '../../src/testing/stores.ts'
import { type SessionServer, type SessionServerOptions, startSessionServer } from '../sessions/session-server.ts'

export interface ClientServer {
  readonly store: Store
  server: SessionServer
  readonly proxy: CuttingProxy
  /** Client of a registered player, through the proxy. */
  readonly client: Client
  readonly key: string
  /** Another server takes over from the store. */
  restart(options?: SessionServerOptions): Promise<void>
}

/** Settings for tests: immediate reconnection. */
export const QUICK = { reconnect: { firstMs: 5, longestMs: 50, attempts: 20 } } as const

export async function openClientServer(
  context: TestContext,
  options: SessionServerOptions = {},
): Promise<ClientServer> {
  const { store, close } = await withTestStore()
  const server = await startSessionServer(store, options)
  const proxy = await startProxy(server.url)
  const { api_key: key } = await createClient({ url: server.url }).register(FORM)
  const services: ClientServer = {
    store,
    server,
    proxy,
    key,
    client: createClient({ url: proxy.url, key }),
    async restart(other = options) {
      await services.server.crash()
      services.server = await startSessionServer(store, other)
      proxy.target = services.server.url
    },
  }
  context.after(async () => {
    await proxy.close()
    await services.server.close()
    await close()
  })
  return services
}

export interface GatedRoleModels extends RoleModels {
  /** Holds back answers of the updater from now on. Resolves once one is held. */
  hold(): Promise<void>
  release(): void
}

/** The offline responder with scenes and scores that can be held back. */
export function createGatedRoleModels(): GatedRoleModels {
  const local = createOfflineResponder()
  let gate: { readonly reached: PromiseWithResolvers<void>; readonly opened: PromiseWithResolvers<void> } | undefined
  return {
    ...local,
    async answer(request, options) {
      if (request.role === 'updater' || request.role === 'scorer' || request.role === 'opener') {
        gate?.reached.resolve()
        await gate?.opened.promise
      }
      return local.answer(request, options)
    },
    hold() {
      gate = { reached: Promise.withResolvers(), opened: Promise.withResolvers() }
      return gate.reached.promise
    },
    release() {
      gate?.opened.resolve()
      gate = undefined
    },
  }
}
