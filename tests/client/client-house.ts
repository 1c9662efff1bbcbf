// A server with a wire that can be cut, and a client on its far side.
import type { TestContext } from 'node:test'
import { type Client, createClient } from '../../src/client/index.ts'
import { type Cast, createLocalCast } from '../../src/doors/session/cast.ts'
import type { Store } from '../../src/store/store.ts'
import { type CuttingProxy, startProxy } from '../../src/testing/cutting-proxy.ts'
import { FORM } from '../../src/testing/play-api.ts'
import { withTestStore } from '../../src/testing/stores.ts'
import { type SessionServer, type SessionServerOptions, startSessionServer } from '../sessions/session-server.ts'

export interface ClientHouse {
  readonly store: Store
  server: SessionServer
  readonly proxy: CuttingProxy
  /** Of a registered player, through the proxy. */
  readonly client: Client
  readonly key: string
  /** Another server takes over from the store. */
  restart(options?: SessionServerOptions): Promise<void>
}

/** Patience of the tests: reconnections come at once. */
export const QUICK = { reconnect: { firstMs: 5, longestMs: 50, attempts: 20 } } as const

export async function openClientHouse(context: TestContext, options: SessionServerOptions = {}): Promise<ClientHouse> {
  const { store, close } = await withTestStore()
  const server = await startSessionServer(store, options)
  const proxy = await startProxy(server.url)
  const { api_key: key } = await createClient({ url: server.url }).register(FORM)
  const house: ClientHouse = {
    store,
    server,
    proxy,
    key,
    client: createClient({ url: proxy.url, key }),
    async restart(other = options) {
      await house.server.crash()
      house.server = await startSessionServer(store, other)
      proxy.target = house.server.url
    },
  }
  context.after(async () => {
    await proxy.close()
    await house.server.close()
    await close()
  })
  return house
}

export interface GatedCast extends Cast {
  /** Answers of the updater wait from now on. Resolves once one does. */
  hold(): Promise<void>
  release(): void
}

/** The local cast, whose scenes and scores can be held back. */
export function createGatedCast(): GatedCast {
  const local = createLocalCast()
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
