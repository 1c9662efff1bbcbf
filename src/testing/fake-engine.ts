// An external engine that talks to the socket bridge over a real socket, correctly or not, as the test requires.
import { WebSocket } from 'ws'

export type EngineHears = Record<string, any>

export interface FakeEngine {
  /** The next matching message; earlier ones are dropped. Rejects if the socket closes first. */
  hears(type: string): Promise<EngineHears>
  /** Sends an object as JSON, a string verbatim. */
  says(message: object | string): void
  hello(version?: string): void
  perceives(agentId: string, changes?: object): void
  /** Drops the connection without a closing handshake. */
  dies(): void
  /** The close code, once closed. */
  readonly closed: Promise<number>
}

/** A perception of an agent in Balmora. */
export function sampleSight(agentId: string, changes: object = {}): object {
  return {
    protocol_version: '1.0.0',
    timestamp: new Date().toISOString(),
    agent_id: agentId,
    location: { cell: 'Balmora', x: 1024.5, y: -512.3, z: 64 },
    health: { current: 85, max: 100 },
    ...changes,
  }
}

/** Connects. Rejects with `status <n>` when the handshake is refused. */
export function connectEngine(url: string, token: string, engine = 'tes3mp'): Promise<FakeEngine> {
  const { promise, resolve, reject } = Promise.withResolvers<FakeEngine>()
  const socket = new WebSocket(`${url.replace('http', 'ws')}/bridge?engine=${engine}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const heard: EngineHears[] = []
  const closed = Promise.withResolvers<number>()
  let isClosed = false
  let wake = (): void => undefined
  socket.on('unexpected-response', (_request, response) => {
    response.destroy()
    reject(new Error(`status ${response.statusCode}`))
  })
  socket.on('error', reject)
  socket.on('message', (bytes) => {
    heard.push(JSON.parse(String(bytes)))
    wake()
  })
  socket.on('close', (code) => {
    isClosed = true
    closed.resolve(code)
    wake()
  })
  const says = (message: object | string): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  socket.on('open', () =>
    resolve({
      says,
      closed: closed.promise,
      hello: (protocol_version = '1.0.0') => says({ type: 'hello', protocol_version }),
      perceives: (agent_id, changes) =>
        says({ type: 'perception', agent_id, perception: sampleSight(agent_id, changes) }),
      dies: () => socket.terminate(),
      async hears(type) {
        for (;;) {
          const at = heard.findIndex((message) => message.type === type)
          if (at >= 0) return heard.splice(0, at + 1).at(-1) ?? {}
          if (isClosed) throw new Error(`the socket closed before ${type}`)
          await new Promise<void>((next) => {
            wake = next
          })
        }
      },
    }),
  )
  return promise
}
