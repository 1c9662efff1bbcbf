// Network clients for tests: sockets whose messages can be awaited, and handshakes whose status is visible.
import { WebSocket } from 'ws'

export type Message = Record<string, unknown>

export interface Wire {
  /** The next matching message; earlier ones are dropped. Rejects if the socket closes first. */
  next(fits?: (message: Message) => boolean): Promise<Message>
  send(message: unknown): void
  /** The close code, once closed. */
  readonly closed: Promise<number>
  close(): void
}

/** Opens a socket. Rejects with `status <n>` when the handshake is refused. */
export function openWire(url: string): Promise<Wire> {
  const { promise, resolve, reject } = Promise.withResolvers<Wire>()
  const socket = new WebSocket(url)
  const waiting: Message[] = []
  const askers: {
    fits: (message: Message) => boolean
    resolve: (message: Message) => void
    reject: (error: Error) => void
  }[] = []
  const closed = Promise.withResolvers<number>()
  let isClosed = false
  const serve = (): void => {
    while (askers.length > 0 && waiting.length > 0) {
      const asker = askers[0]!
      const message = waiting.shift()!
      if (!asker.fits(message)) continue
      askers.shift()
      asker.resolve(message)
    }
    if (isClosed) for (const asker of askers.splice(0)) asker.reject(new Error('the socket closed'))
  }
  socket.on('unexpected-response', (_request, response) => {
    response.destroy()
    reject(new Error(`status ${response.statusCode}`))
  })
  socket.on('error', reject)
  socket.on('message', (bytes) => {
    waiting.push(JSON.parse(String(bytes)))
    serve()
  })
  socket.on('close', (code) => {
    isClosed = true
    closed.resolve(code)
    serve()
  })
  socket.on('open', () =>
    resolve({
      next: (fits = () => true) =>
        new Promise((done, fail) => {
          askers.push({ fits, resolve: done, reject: fail })
          serve()
        }),
      send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
      closed: closed.promise,
      close: () => socket.close(),
    }),
  )
  return promise
}

/** The HTTP status of a handshake: 101 when the socket opened. */
export async function handshakeStatus(url: string): Promise<number> {
  try {
    const wire = await openWire(url)
    wire.close()
    await wire.closed
    return 101
  } catch (error) {
    return Number(/status (\d+)/.exec(String(error))?.[1] ?? -1)
  }
}

/** The response of a URL as JSON of any shape: tests check individual fields. */
export async function readJson(url: string): Promise<any> {
  return (await fetch(url)).json()
}
