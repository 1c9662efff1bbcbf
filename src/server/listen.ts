// Finds a port, and says where it is.
import type { FastifyInstance } from 'fastify'
import { AppError } from '../kernel/errors.ts'

interface Wanted {
  readonly host: string
  readonly port: number
  /** How many following ports are tried when the port is taken. */
  readonly otherPorts: number
}

/**
 * Listens, and gives the URL.
 * @throws AppError PORT_IN_USE
 */
export async function listen(app: FastifyInstance, options: Wanted): Promise<string> {
  for (let offset = 0; ; offset++) {
    const port = options.port === 0 ? 0 : options.port + offset
    try {
      await app.listen({ host: options.host, port })
      const address = app.addresses()[0]
      const host = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host
      return `http://${host}:${typeof address === 'object' ? address.port : port}`
    } catch (cause) {
      const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
      if (!isTaken) throw cause
      if (offset >= options.otherPorts) {
        const last = options.otherPorts > 0 ? ` to ${options.port + offset}` : ''
        throw new AppError('PORT_IN_USE', `port ${options.port}${last} of ${options.host} is taken`, { cause })
      }
    }
  }
}
