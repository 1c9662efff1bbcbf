// Orderly shutdown: every part is closed, and one that fails or hangs does not block the rest.
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Sockets } from './sockets.ts'

export interface ClosingPart {
  /** Names the part in faults. */
  readonly name: string
  close(): unknown
}

export interface CloseFault {
  readonly part: string
  readonly error: unknown
}

/**
 * Closes parts in order and reports what went wrong; it never rejects. After the limit, the remaining parts are closed
 * without waiting for them.
 * @param limitMs milliseconds for all parts together
 */
export async function closeAll(parts: readonly ClosingPart[], limitMs: number): Promise<CloseFault[]> {
  const faults: CloseFault[] = []
  const endAt = performance.now() + limitMs
  for (const part of parts) {
    try {
      await within(runPart(part), Math.max(0, endAt - performance.now()))
    } catch (error) {
      faults.push({ part: part.name, error })
    }
  }
  return faults
}

async function runPart(part: ClosingPart): Promise<void> {
  await part.close()
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`did not close within its limit (${Math.round(ms)} ms left)`)), ms)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Milliseconds that clients have to close their connections before the server cuts them. */
const CLOSE_GRACE_MS = 250

/** Closes sockets with 1012, stops listening, and cuts what is still open after a moment. */
export async function closeServer(server: Server, sockets: Sockets): Promise<void> {
  await cutAfterGrace(server, sockets, () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    return closed
  })
}

/** The same for a Fastify server. */
export async function closeApp(app: FastifyInstance, sockets: Sockets): Promise<void> {
  await cutAfterGrace(app.server, sockets, () => app.close())
}

async function cutAfterGrace(server: Server, sockets: Sockets, close: () => PromiseLike<unknown>): Promise<void> {
  sockets.close()
  const timer = setTimeout(() => {
    sockets.terminate()
    server.closeAllConnections()
  }, CLOSE_GRACE_MS)
  try {
    await close()
  } finally {
    clearTimeout(timer)
  }
}
