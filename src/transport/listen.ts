// Finds a port. A requested port is used or refused; only the default port moves on to the next free one.
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../kernel/errors.ts'

export interface ListenOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** How many following ports are tried when the port is taken. Give 0 for a port that the user named. */
  readonly otherPorts?: number | undefined
}

export interface Listening {
  readonly port: number
  /** With a host that a client on this machine can use: `http://localhost:8080` for a server on all addresses. */
  readonly url: string
}

/**
 * Listens with a plain server.
 * @throws AppError PORT_IN_USE; USAGE for an address that is not of this machine
 */
export function listen(server: Server, options: ListenOptions): Promise<Listening> {
  return tryPorts(options, async (port) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(port, options.host, resolve)
    await promise.finally(() => server.off('error', reject))
    return portOf(server, port)
  })
}

/**
 * Listens with a Fastify server.
 * @throws AppError PORT_IN_USE; USAGE for an address that is not of this machine
 */
export function listenApp(app: FastifyInstance, options: ListenOptions): Promise<Listening> {
  return tryPorts(options, async (port) => {
    await app.listen({ host: options.host, port })
    return portOf(app.server, port)
  })
}

async function tryPorts(options: ListenOptions, attempt: (port: number) => Promise<number>): Promise<Listening> {
  const { host, port, otherPorts = 0 } = options
  const last = port === 0 ? 0 : Math.min(65_535, port + otherPorts)
  for (let at = port; ; at++) {
    try {
      const found = await attempt(at)
      return { port: found, url: urlOf(host, found) }
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      if (code === 'EADDRINUSE' && at < last) continue
      if (code === 'EADDRINUSE' || code === 'EACCES') {
        const range = last > port ? `${port} to ${last}` : String(port)
        const why = code === 'EACCES' ? 'is not open to this user' : 'is taken'
        throw new AppError('PORT_IN_USE', `port ${range} of ${host} ${why}`, { cause })
      }
      if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
        throw new AppError('USAGE', `${host} is not an address of this machine`, { cause })
      }
      throw cause
    }
  }
}

function portOf(server: Server, asked: number): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : asked
}

function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
