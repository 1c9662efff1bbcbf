// A server for one perception adapter: the bare routes, the stream, and the socket of an external engine if it waits
// for one.
import fastifyCors from '@fastify/cors'
import fastifySwagger from '@fastify/swagger'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import { AppError } from '../kernel/errors.ts'
import { corsOptions } from '../transport/cors.ts'
import { listenApp } from '../transport/listen.ts'
import { type AccessOptions, Transport } from '../transport/transport.ts'
import { asyncApi } from './asyncapi.ts'
import { openApiOptions } from './openapi.ts'
import { type BridgeEntry, bridgeRoute, streamRoute } from './perception-sockets.ts'
import { type PerceptionRouteOptions, perceptionRoutes } from './routes/perception.ts'

export interface AdapterServerOptions {
  readonly adapter: PerceptionAdapter
  /** Where an external engine connects; undefined: a built-in world stands behind the adapter. */
  readonly entry?: BridgeEntry | undefined
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Number of following ports to try if the port is taken. */
  readonly otherPorts: number
  readonly version: string
  readonly access?: AccessOptions | undefined
  onError(error: unknown): void
}

export interface AdapterServer {
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/**
 * Serves an adapter until it is closed. An adapter without tokens answers local callers only.
 * @throws AppError USAGE, PORT_IN_USE
 */
export async function startPerceptionServer(options: AdapterServerOptions): Promise<AdapterServer> {
  const { adapter, entry, host } = options
  if (!adapter.hasAuth && !LOOPBACK.includes(host)) {
    throw new AppError('USAGE', `an adapter without tokens may not listen on ${host}`, {
      hint: `Leave out --host or --no-auth; without tokens, the host must be one of ${LOOPBACK.join(', ')}.`,
    })
  }
  const transport = new Transport({ ...options.access, onFault: (error) => options.onError(error) })
  const { app, failures } = transport.createApp(false)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const description = 'Perceptions, commands and their outcomes.'
  const info = { title: 'Paracosm, perception adapter', version: options.version, description }
  await app.register(fastifySwagger, openApiOptions(info))
  await app.register(fastifyCors, corsOptions(transport.origins))
  const routes: PerceptionRouteOptions = {
    find: () => ({ adapter, slot: undefined }),
    below: '',
    failures,
    locality: adapter.hasAuth ? undefined : transport.locality,
  }
  await app.register(perceptionRoutes, routes)
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  const channels = asyncApi(info, entry ? ['perception_stream', 'bridge'] : ['perception_stream'])
  app.get('/asyncapi.json', { schema: { hide: true } }, () => channels)
  transport.upgrades.add(streamRoute(routes))
  if (entry) transport.upgrades.add(bridgeRoute(entry))
  const { url } = await listenApp(app, options)
  return {
    url,
    async close() {
      adapter.close()
      await transport.closeApp(app)
    },
  }
}
