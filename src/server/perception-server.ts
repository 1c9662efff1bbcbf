// A server for one perception adapter: the bare routes, the stream, and the entry of an external engine if it waits for one.
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import { AppError } from '../kernel/errors.ts'
import { asyncApi } from './asyncapi.ts'
import { listen } from './listen.ts'
import { openApiOptions } from './openapi.ts'
import { type BridgeEntry, PerceptionSockets } from './perception-sockets.ts'
import { installProblems } from './problems.ts'
import { perceptionRoutes } from './routes/perception.ts'

export interface AdapterServerOptions {
  readonly adapter: PerceptionAdapter
  /** Where an external engine connects; undefined: a world of ours stands behind the adapter. */
  readonly entry?: BridgeEntry | undefined
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** How many following ports are tried when the port is taken. */
  readonly otherPorts: number
  readonly version: string
}

export interface AdapterServer {
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/**
 * Serves an adapter until it is closed. An adapter without tokens is served to this machine alone.
 * @throws AppError USAGE, PORT_IN_USE
 */
export async function startPerceptionServer(options: AdapterServerOptions): Promise<AdapterServer> {
  const { adapter, entry, host, port, otherPorts } = options
  const isLocal = !adapter.hasAuth
  if (isLocal && !LOOPBACK.includes(host)) {
    throw new AppError('USAGE', `an adapter without tokens is not opened on ${host}`, {
      hint: `Leave --host away, or --no-auth; without tokens it is one of ${LOOPBACK.join(', ')}.`,
    })
  }
  const app = fastify({ logger: false, forceCloseConnections: true })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  installProblems(app)
  const description = 'Perceptions, commands and what came of them.'
  const info = { title: 'Paracosm, perception adapter', version: options.version, description }
  await app.register(fastifySwagger, openApiOptions(info))
  const find = () => ({ adapter, slot: undefined })
  await app.register(perceptionRoutes, { find, below: '', isLocal })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  const channels = asyncApi(info, entry ? ['perception_stream', 'bridge'] : ['perception_stream'])
  app.get('/asyncapi.json', { schema: { hide: true } }, () => channels)
  const sockets = new PerceptionSockets({ find, isLocal, entry })
  app.server.on('upgrade', (request, socket, head) => {
    if (!sockets.upgrade({ request, socket, head })) socket.destroy()
  })
  const url = await listen(app, { host, port, otherPorts })
  return { url, close: () => close(app, adapter, sockets) }
}

async function close(app: FastifyInstance, adapter: PerceptionAdapter, sockets: PerceptionSockets): Promise<void> {
  adapter.close()
  sockets.close()
  await app.close()
}
