// A server for one perception door: the bare routes, the stream, and the entry of an external engine if it waits for one.
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { PerceptionDoor } from '../doors/perception/door.ts'
import { AppError } from '../kernel/errors.ts'
import { listen } from './listen.ts'
import { type BridgeEntry, PerceptionSockets } from './perception-sockets.ts'
import { installProblems } from './problems.ts'
import { perceptionRoutes } from './routes/perception.ts'

export interface DoorServerOptions {
  readonly door: PerceptionDoor
  /** Where an external engine connects; undefined: a world of ours stands behind the door. */
  readonly entry?: BridgeEntry | undefined
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** How many following ports are tried when the port is taken. */
  readonly otherPorts: number
  readonly version: string
}

export interface DoorServer {
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/**
 * Serves a door until it is closed. A door without tokens is served to this machine alone.
 * @throws AppError USAGE, PORT_IN_USE
 */
export async function startDoorServer(options: DoorServerOptions): Promise<DoorServer> {
  const { door, entry, host, port, otherPorts } = options
  const isLocal = !door.hasAuth
  if (isLocal && !LOOPBACK.includes(host)) {
    throw new AppError('USAGE', `a door without tokens is not opened on ${host}`, {
      remedy: `Leave --host away, or --no-auth; without tokens it is one of ${LOOPBACK.join(', ')}.`,
    })
  }
  const app = fastify({ logger: false, forceCloseConnections: true })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  installProblems(app)
  await app.register(fastifySwagger, { openapi: describeApi(options.version), transform: jsonSchemaTransform })
  const find = () => ({ door, slot: undefined })
  await app.register(perceptionRoutes, { find, below: '', isLocal })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  const sockets = new PerceptionSockets({ find, isLocal, entry })
  app.server.on('upgrade', (request, socket, head) => {
    if (!sockets.upgrade({ request, socket, head })) socket.destroy()
  })
  const url = await listen(app, { host, port, otherPorts })
  return { url, close: () => close(app, door, sockets) }
}

async function close(app: FastifyInstance, door: PerceptionDoor, sockets: PerceptionSockets): Promise<void> {
  door.close()
  sockets.close()
  await app.close()
}

function describeApi(version: string) {
  return {
    openapi: '3.1.0',
    info: { title: 'Paracosm, perception door', version, description: 'Perceptions, commands and what came of them.' },
  }
}
