// The websockets of the perception door: an agent's stream, and the bridge of an external engine.
import type { WebSocket } from 'ws'
import { refuseUpgrade, Sockets, type Upgrade } from '../doors/coworld/upgrade.ts'
import type { DoorAgent } from '../doors/perception/bridge.ts'
import type { PerceptionDoor } from '../doors/perception/door.ts'
import { toDoorFailure } from '../doors/perception/errors.ts'
import type { SocketBridge } from '../doors/perception/socket-bridge.ts'
import { isSameToken } from '../episode/seats.ts'
import { AppError } from '../kernel/errors.ts'
import { MAX_BRIDGE_FRAME } from '../protocol/bridge-messages.ts'
import { checkLocal, readToken } from './perception-callers.ts'
import { type PerceptionRouteOptions, seatCaller } from './routes/perception.ts'

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
  upgrade(shake: Upgrade): boolean {
    const url = new URL(shake.request.url ?? '/', 'http://localhost')
    const stream = STREAM.exec(url.pathname)
    const { entry } = this.#options
    if (stream) void this.#guard(shake, () => this.#stream(shake, url, { id: stream[1], slot: stream[2] }))
    else if (entry && url.pathname === '/bridge') void this.#guard(shake, async () => this.#bridge(shake, url, entry))
    else return false
    return true
  }

  async #guard(shake: Upgrade, take: () => Promise<void>): Promise<void> {
    try {
      if (this.#options.isLocal) checkLocal(shake.request.headers)
      await take()
    } catch (error) {
      const { status, body } = toDoorFailure(error, new Date())
      refuseUpgrade(shake, status, body)
    }
  }

  async #stream(shake: Upgrade, url: URL, at: { id: string | undefined; slot: string | undefined }): Promise<void> {
    const token = readToken(shake.request.headers)
    const { door, slot } = await this.#options.find({ ...at, token })
    const agentId = url.searchParams.get('agent_id') ?? undefined
    const agent = door.admit(seatCaller(door, slot, { token, agentId }))
    this.#sockets.accept(shake, (socket) => push(socket, door, agent))
  }

  #bridge(shake: Upgrade, url: URL, { bridge, token }: BridgeEntry): void {
    const given = readToken(shake.request.headers)
    if (given === undefined) throw new AppError('TOKEN_MISSING', 'this needs the token of the bridge')
    if (!isSameToken(given, token)) throw new AppError('TOKEN_REFUSED', 'the token is not the one of this bridge')
    if (url.searchParams.get('engine') !== bridge.engine) {
      throw new AppError('UNKNOWN_WORLD', `this door waits for the engine ${bridge.engine}`)
    }
    this.#sockets.accept(shake, (socket) => {
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

function push(socket: WebSocket, door: PerceptionDoor, agent: DoorAgent): void {
  const stop = door.stream(agent, {
    send: (text, onSent) => socket.send(text.toString(), () => onSent()),
    close: (code, reason) => socket.close(code, reason),
  })
  socket.on('close', stop)
}
