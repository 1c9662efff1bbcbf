// The coworld adapter: the routes and sockets of one live game (contract section 3), under any path prefix. It speaks for
// an episode and keeps no state of its own. `replay-adapter.ts` has the routes of a recorded game.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { Episode } from '../../episode/episode.ts'
import type { Connection } from '../../episode/slots.ts'
import { AppError } from '../../kernel/errors.ts'
import { formatObservation, formatState } from './messages.ts'
import { PAGES, type PageName, readAsset, readPage } from './pages.ts'
import { refuseUpgrade, type Sockets, type Upgrade } from './upgrade.ts'

/** Milliseconds between two snapshots to a viewer. */
const VIEW_EVERY_MS = 100

export interface GameAdapterOptions {
  readonly sockets: Sockets
  /** Whether the admin page and socket are there. They pause and pace the game: never offer them to strangers. */
  readonly admin: (request: IncomingMessage) => boolean
}

/** The part of a URL below the adapter's prefix, and its query. */
export interface Route {
  /** `/clients/player`, `/global`, … */
  readonly path: string
  readonly query: URLSearchParams
}

export class GameAdapter {
  readonly #episode: Episode
  readonly #options: GameAdapterOptions

  constructor(episode: Episode, options: GameAdapterOptions) {
    this.#episode = episode
    this.#options = options
  }

  /** Answers a GET, if the path is one of the adapter's. */
  handle(route: Route, request: IncomingMessage, response: ServerResponse): boolean {
    if (route.path === '/healthz') {
      answer(response, 200, { type: 'application/json', body: '{"ok":true}' })
      return true
    }
    const page = pageOf(route.path)
    if (page === undefined || page === 'replay') return sendAsset(route, response)
    if (page === 'admin' && !this.#options.admin(request)) return false
    answer(response, 200, readPage(page, this.#episode.world))
    return true
  }

  /** Takes a websocket handshake, if the path is one of the adapter's. */
  upgrade(route: Route, upgrade: Upgrade): boolean {
    if (route.path === '/player') this.#player(route.query, upgrade)
    else if (route.path === '/global') this.#options.sockets.accept(upgrade, (socket) => this.#view(socket))
    else if (route.path === '/admin' && this.#options.admin(upgrade.request)) {
      this.#options.sockets.accept(upgrade, (socket) => this.#administer(socket))
    } else return false
    return true
  }

  #player(query: URLSearchParams, upgrade: Upgrade): void {
    const slot = /^\d{1,3}$/.test(query.get('slot') ?? '') ? Number(query.get('slot')) : -1
    const token = query.get('token') ?? ''
    const handle = this.#episode.slots[slot]
    const refusal = handle
      ? this.#episode.objection(slot, token)
      : new AppError('SLOT_INVALID', 'there is no such slot')
    if (refusal) {
      // Who has no valid token learns nothing about slots: every such refusal looks the same.
      const status = refusal.code === 'SLOT_INVALID' || refusal.code === 'TOKEN_REFUSED' ? 403 : refusal.status
      refuseUpgrade(upgrade, status, refusal.code)
      return
    }
    this.#options.sockets.accept(upgrade, (socket) => this.#play(socket, { slot, token }))
  }

  #play(socket: WebSocket, at: { slot: number; token: string }): void {
    const episode = this.#episode
    let hasEnded = false
    const connection: Connection = {
      update: () => {
        if (hasEnded) return
        this.#options.sockets.send(socket, formatObservation(episode, at.slot), episode.isOver)
        hasEnded = episode.isOver
      },
      end(reason) {
        if (reason === 'replaced' || reason === 'handed_over') socket.close(4001, reason)
      },
    }
    const player = { kind: 'process' as const, name: episode.slots[at.slot]?.player.name ?? `Player ${at.slot + 1}` }
    try {
      const handle = episode.join(at, player, connection)
      connection.update()
      socket.on('message', (bytes, isBinary) => {
        const said = isBinary ? undefined : parseMessage(String(bytes))
        if (said === undefined) return
        if (said.requestId === undefined) handle.post(said.command)
        else
          void handle
            .submit(said.command)
            .then((receipt) => this.#options.sockets.send(socket, formatReceipt(said.requestId, receipt)))
      })
      socket.on('close', () => handle.leave())
    } catch (error) {
      socket.close(1008, error instanceof AppError ? error.code : 'INTERNAL_ERROR')
    }
  }

  #view(socket: WebSocket): void {
    const send = (): void => {
      this.#options.sockets.send(socket, formatState(this.#episode), this.#episode.isOver)
      if (this.#episode.isOver) clearInterval(timer)
    }
    const timer = setInterval(send, VIEW_EVERY_MS)
    socket.on('close', () => clearInterval(timer))
    send()
  }

  #administer(socket: WebSocket): void {
    const send = (): void => this.#options.sockets.send(socket, formatState(this.#episode), true)
    socket.on('message', (bytes) => {
      const said = parseMessage(String(bytes))
      if (typeof said?.command === 'object' && said.command !== null) this.#command(said.command)
      send()
    })
    send()
  }

  #command(said: object): void {
    const command = 'command' in said ? said.command : undefined
    if (command === 'pause') this.#episode.pause()
    else if (command === 'resume') this.#episode.resume()
    else if (command === 'tick_rate' && 'tick_rate' in said) {
      const rate = Number(said.tick_rate)
      if (rate > 0 && rate <= 60) this.#episode.setRate(rate)
    }
  }
}

function formatReceipt(requestId: unknown, receipt: object): string {
  return JSON.stringify({ type: 'receipt', request_id: requestId, ...receipt })
}

/** A client's text frame: JSON, else nothing. A `request_id` beside the command asks for a receipt. */
function parseMessage(text: string): { command: unknown; requestId: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('request_id' in value))
      return { command: value, requestId: undefined }
    const { request_id: requestId, ...command } = value
    return { command, requestId }
  } catch {
    return undefined
  }
}

/** The page that a path names, in the spelling of either generation: `/clients/global` or `/client/global`. */
export function pageOf(path: string): PageName | undefined {
  const name = /^\/clients?\/([a-z]+)$/.exec(path)?.[1]
  return PAGES.find((page) => page === name)
}

/** Scripts and styles of the pages: `/clients/assets/<name>`. */
export function sendAsset(route: Route, response: ServerResponse): boolean {
  const name = /^\/clients?\/assets\/([^/]+)$/.exec(route.path)?.[1]
  const asset = name === undefined ? undefined : readAsset(name)
  if (!asset) return false
  answer(response, 200, asset)
  return true
}

/** Sends a whole answer. Nothing of a game is to be cached: the same address shows another game next time. */
export function answer(response: ServerResponse, status: number, asset: { type: string; body: string }): void {
  response.writeHead(status, {
    'content-type': asset.type,
    'content-length': Buffer.byteLength(asset.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(asset.body)
}
