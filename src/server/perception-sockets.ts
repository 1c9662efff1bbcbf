// The websockets of the perception adapter: an agent's stream, and the bridge of an external engine.
import type { WebSocket } from 'ws'
import { refuseUpgrade, Sockets, type Upgrade } from '../adapters/coworld/upgrade.ts'
import type { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import type { PerceptionAgent } from '../adapters/perception/bridge.ts'
import { toPerceptionFailure } from '../adapters/perception/errors.ts'
import type { SocketBridge } from '../adapters/perception/socket-bridge.ts'
import { isSameToken } from '../episode/slots.ts'
import { AppError } from '../kernel/errors.ts'
import { MAX_BRIDGE_FRAME } from '../protocol/bridge-messages.ts'
import { checkLocal, readToken } from './perception-auth.ts'
import { type PerceptionRouteOptions, slotCredentials } from './routes/perception.ts'

/** Where an external engine connects, and with what. */
export interface BridgeEntry {
  readonly bridge: SocketBridge
  readonly token: string
}

export interface PerceptionSocketOptions extends Pick<PerceptionRouteOptions, 'find' | 'isLocal'> {
  readonly entry?: BridgeEntry | undefined
}

const STREAM = /^(?:\/api\/episodes\/([^/]+)\/slots\/([^/]+))?\/perception\/stream$/

export class PerceptionSockets {
  readonly #options: PerceptionSocketOptions
  readonly #sockets = new Sockets(MAX_BRIDGE_FRAME)

  constructor(options: PerceptionSocketOptions) {
    this.#options = options
  }

  /** Takes a handshake, if its path is one of ours. */
  upgrade(handshake: Upgrade): boolean {
    const url = new URL(handshake.request.url ?? '/', 'http://localhost')
    const stream = STREAM.exec(url.pathname)
    const { entry } = this.#options
    if (stream) void this.#guard(handshake, () => this.#stream(handshake, url, { id: stream[1], slot: stream[2] }))
    else if (entry && url.pathname === '/bridge')
      void this.#guard(handshake, async () => this.#bridge(handshake, url, entry))
    else return false
    return true
  }

  async #guard(handshake: Upgrade, take: () => Promise<void>): Promise<void> {
    try {
      if (this.#options.isLocal) checkLocal(handshake.request.headers)
      await take()
    } catch (error) {
      const { status, body } = toPerceptionFailure(error, new Date())
      refuseUpgrade(handshake, status, body)
    }
  }

  async #stream(handshake: Upgrade, url: URL, at: { id: string | undefined; slot: string | undefined }): Promise<void> {
    const token = readToken(handshake.request.headers)
    const { adapter, slot } = await this.#options.find({ ...at, token })
    const agentId = url.searchParams.get('agent_id') ?? undefined
    const agent = adapter.admit(slotCredentials(adapter, slot, { token, agentId }))
    this.#sockets.accept(handshake, (socket) => push(socket, adapter, agent))
  }

  #bridge(handshake: Upgrade, url: URL, { bridge, token }: BridgeEntry): void {
    const given = readToken(handshake.request.headers)
    if (given === undefined) throw new AppError('TOKEN_MISSING', 'this needs the token of the bridge')
    if (!isSameToken(given, token)) throw new AppError('TOKEN_REFUSED', 'the token is not the one of this bridge')
    if (url.searchParams.get('engine') !== bridge.engine) {
      throw new AppError('UNKNOWN_WORLD', `this adapter waits for the engine ${bridge.engine}`)
    }
    this.#sockets.accept(handshake, (socket) => {
      const wire = bridge.connect({
        send: (message) => this.#sockets.send(socket, JSON.stringify(message), true),
        close: (code, reason) => socket.close(code, reason),
      })
      socket.on('message', (bytes, isBinary) => wire.receive(isBinary ? '' : String(bytes)))
      socket.on('close', () => wire.lost())
    })
  }

  close(): void {
    this.#sockets.close()
    this.#sockets.terminate()
  }
}

function push(socket: WebSocket, adapter: PerceptionAdapter, agent: PerceptionAgent): void {
  const stop = adapter.stream(agent, {
    send: (text, onSent) => socket.send(text.toString(), () => onSent()),
    close: (code, reason) => socket.close(code, reason),
  })
  socket.on('close', stop)
}
