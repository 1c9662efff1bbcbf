// An agent client over a real network connection, for tests of the perception adapter: plain HTTP requests and the
// event stream.
import { WebSocket } from 'ws'
import { until } from './until.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** JSON of any shape: tests check individual fields. */
  readonly body: any
}

export interface AgentClient {
  readonly agentId: string
  get(path: string): Promise<Answer>
  /** Sends a command; `extra` is merged over the envelope. */
  say(command: string, params?: object, extra?: object, headers?: Record<string, string>): Promise<Answer>
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>
  /** Resolves with the report once the command has ended. */
  ends(commandId: string): Promise<any>
  stream(): Promise<AgentStream>
}

export interface AgentStream {
  next(fits?: (message: any) => boolean): Promise<any>
  close(): void
  pause(): void
  resume(): void
  readonly closed: Promise<number>
}

export function createAgentClient(url: string, agentId: string, token: string | undefined): AgentClient {
  const auth: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const read = async (response: Response): Promise<Answer> => {
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const get = async (path: string): Promise<Answer> => read(await fetch(`${url}${path}`, { headers: auth }))
  const post = async (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
    read(
      await fetch(`${url}/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...auth, ...headers },
        body: new Uint8Array(Buffer.from(body)),
      }),
    )
  return {
    agentId,
    get,
    post,
    say(command, params = {}, extra = {}, headers = {}) {
      const timestamp = new Date().toISOString()
      return post(
        JSON.stringify({ timestamp, agent_id: agentId, command, params, reasoning: 'why not', ...extra }),
        headers,
      )
    },
    async ends(commandId) {
      const path = `/commands/${commandId}?agent_id=${agentId}`
      const report = async (): Promise<any> => {
        const { body } = await get(path)
        return body.status === 'accepted' || body.status === 'running' ? undefined : body
      }
      return until(`the end of command ${commandId}`, report, { pauseMs: 0 })
    },
    stream: () => openStream(`${url.replace('http', 'ws')}/perception/stream?agent_id=${agentId}`, auth),
  }
}

function openStream(url: string, headers: Record<string, string>): Promise<AgentStream> {
  const { promise, resolve, reject } = Promise.withResolvers<AgentStream>()
  const socket = new WebSocket(url, { headers })
  const heard: any[] = []
  let wake = (): void => undefined
  let isClosed = false
  const closed = Promise.withResolvers<number>()
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
  socket.on('open', () =>
    resolve({
      closed: closed.promise,
      close: () => socket.close(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      async next(fits = () => true) {
        for (;;) {
          const at = heard.findIndex(fits)
          if (at >= 0) return heard.splice(0, at + 1).at(-1)
          if (isClosed) throw new Error('the stream closed')
          await new Promise<void>((next) => {
            wake = next
          })
        }
      },
    }),
  )
  return promise
}
