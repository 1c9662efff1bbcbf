// The routes of recorded games: the replay page and its socket. What it shows comes from `find`: a file that a query
// names (replay mode of a game), or one episode of the server.
import type { ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import { AppError } from '../../kernel/errors.ts'
import { answer, pageOf, type Route, sendAsset } from './game-adapter.ts'
import { readPage } from './pages.ts'
import { refuseUpgrade, type Sockets, type Upgrade } from './upgrade.ts'

/** A recorded game, ready to be shown. */
export interface Recorded {
  /** The message with type `replay`, as text. */
  message(): Promise<string>
  /** The public view after `step` steps, as text; undefined when the recording holds frames only. */
  seek?(step: number): Promise<string>
  close(): Promise<void>
}

export interface ReplayAdapterOptions {
  readonly sockets: Sockets
  readonly world: { readonly id: string; readonly title: string }
  /** Undefined: the query names nothing, and the handshake is refused. It may throw when the artefact is bad. */
  readonly find: (query: URLSearchParams) => (() => Promise<Recorded>) | undefined
}

export class ReplayAdapter {
  readonly #options: ReplayAdapterOptions

  constructor(options: ReplayAdapterOptions) {
    this.#options = options
  }

  handle(route: Route, response: ServerResponse): boolean {
    if (route.path === '/healthz') {
      answer(response, 200, { type: 'application/json', body: '{"ok":true}' })
      return true
    }
    if (pageOf(route.path) !== 'replay') return sendAsset(route, response)
    answer(response, 200, readPage('replay', this.#options.world))
    return true
  }

  upgrade(route: Route, upgrade: Upgrade): boolean {
    if (route.path !== '/replay') return false
    const open = this.#options.find(route.query)
    if (!open) refuseUpgrade(upgrade, 403, 'missing uri')
    else this.#options.sockets.accept(upgrade, (socket) => void this.#show(socket, open))
    return true
  }

  async #show(socket: WebSocket, open: () => Promise<Recorded>): Promise<void> {
    // Messages may come while the artefact is still being read: they wait.
    const waiting: string[] = []
    let take = (text: string): void => void waiting.push(text)
    socket.on('message', (bytes) => take(String(bytes)))
    try {
      const recorded = await open()
      socket.on('close', () => void recorded.close())
      this.#options.sockets.send(socket, await recorded.message(), true)
      take = (text) => void this.#control(socket, recorded, text)
      for (const text of waiting) take(text)
    } catch (error) {
      const problem = error instanceof AppError ? error.toProblem() : { code: 'INTERNAL_ERROR', message: String(error) }
      this.#options.sockets.send(socket, JSON.stringify({ type: 'error', error: problem }), true)
      socket.close(1011, problem.code)
    }
  }

  /** Every message is echoed, as the original does; `{"type": "seek", "step": n}` is also answered with that frame. */
  async #control(socket: WebSocket, recorded: Recorded, text: string): Promise<void> {
    let command: unknown = text
    try {
      command = JSON.parse(text)
    } catch {
      command = text
    }
    this.#options.sockets.send(socket, JSON.stringify({ type: 'control', command }))
    if (typeof command !== 'object' || command === null || !('step' in command) || !recorded.seek) return
    const step = Number(command.step)
    if (!Number.isInteger(step) || step < 0) return
    try {
      this.#options.sockets.send(socket, `{"type":"frame","frame":${await recorded.seek(step)}}`)
    } catch (error) {
      this.#options.sockets.send(
        socket,
        JSON.stringify({ type: 'error', error: { code: 'STEP_OUT_OF_RANGE', message: String(error) } }),
      )
    }
  }
}
