// The coworld adapter of one live game (contract section 3): its pages and its open sockets. It keeps no state beyond
// its connections. `replay-adapter.ts` shows recorded games.
import type { Episode } from '../../episode/episode.ts'
import type { Connection } from '../../episode/slots.ts'
import { AppError } from '../../kernel/errors.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { CLOSE, type SocketConnection } from '../../transport/connection.ts'
import { encodeFrame, type Frame } from '../../transport/frames.ts'
import type { Open } from '../../transport/upgrade-router.ts'
import { toJsonSchema } from './describe.ts'
import { formatObservation, formatState } from './messages.ts'
import { type Asset, assetOf, pageOf, readPage } from './pages.ts'

/** Milliseconds between two snapshots to viewers. */
const VIEW_EVERY_MS = 100

export class GameAdapter {
  readonly #episode: Episode
  readonly #onFault: (error: unknown) => void
  readonly #viewers = new Set<SocketConnection>()
  #timer: NodeJS.Timeout | undefined
  #commands: JsonObject | undefined

  /** @param onFault receives errors of the episode that no client caused */
  constructor(episode: Episode, onFault: (error: unknown) => void) {
    this.#episode = episode
    this.#onFault = onFault
  }

  /** The page or asset at a path below the game's prefix. The caller decides who may see the admin page. */
  page(path: string): Asset | undefined {
    const page = pageOf(path)
    if (page === undefined || page === 'replay') return assetOf(path)
    const { world } = this.#episode
    this.#commands ??= toJsonSchema(world.command)
    return readPage(page, world, this.#commands)
  }

  /**
   * Lets a player in by `?slot=&token=`.
   * @throws AppError TOKEN_REFUSED, which reveals nothing about slots; SLOT_TAKEN or EPISODE_OVER for a valid token
   */
  openPlayer(query: URLSearchParams): Open {
    const slot = /^(?:0|[1-9]\d{0,2})$/.test(query.get('slot') ?? '') ? Number(query.get('slot')) : -1
    const token = query.get('token') ?? ''
    const refusal = this.#episode.slots[slot] ? this.#episode.checkJoin(slot, token) : UNKNOWN_SLOT
    if (refusal && (refusal.code === 'SLOT_INVALID' || refusal.code === 'TOKEN_REFUSED')) {
      throw new AppError('TOKEN_REFUSED', 'The token does not match the slot.')
    }
    if (refusal) throw refusal
    return (connection) => this.#play(connection, { slot, token })
  }

  #play(connection: SocketConnection, at: { slot: number; token: string }): void {
    const episode = this.#episode
    let hasEnded = false
    let lastStep = -1
    const wire: Connection = {
      update() {
        if (hasEnded) return
        hasEnded = episode.isOver
        // In lockstep every observation asks for one command: a repeated observation would put the answers one step
        // behind.
        if (!hasEnded && episode.rate === undefined && episode.step === lastStep) return
        lastStep = episode.step
        if (hasEnded) connection.send(formatObservation(episode, at.slot))
        else connection.sendSnapshot(formatObservation(episode, at.slot))
      },
      end(reason) {
        if (reason === 'replaced' || reason === 'handed_over') connection.close(CLOSE.replaced, reason)
        // Sent after the receipts that the failure has settled.
        if (reason === 'failed') setImmediate(() => connection.close(CLOSE.failed, 'EPISODE_FAILED'))
      },
    }
    const player = { kind: 'process' as const, name: episode.slots[at.slot]?.player.name ?? `Player ${at.slot + 1}` }
    try {
      const handle = episode.join(at, player, wire)
      connection.onClose(() => handle.leave())
      connection.onBinary(() => undefined)
      connection.onText((text) => {
        const said = parseMessage(text)
        if (said === undefined) return
        if (said.requestId === undefined) handle.post(said.command)
        else {
          const { requestId } = said
          handle
            .submit(said.command)
            .then((receipt) => connection.sendSoon(formatReceipt(requestId, receipt)))
            .catch(this.#onFault)
        }
      })
      wire.update()
    } catch (error) {
      // Between the handshake and now another connection may have taken the slot.
      if (!(error instanceof AppError)) this.#onFault(error)
      connection.close(CLOSE.policy, error instanceof AppError ? error.code : 'INTERNAL_ERROR')
    }
  }

  /**
   * The public view: a snapshot at once, then ten per second until the end. All viewers share each encoded snapshot.
   */
  openView(): Open {
    return (connection) => {
      connection.onText(() => undefined)
      connection.onBinary(() => undefined)
      if (this.#episode.isOver) {
        connection.send(formatState(this.#episode))
        return
      }
      this.#viewers.add(connection)
      connection.onClose(() => this.#removeViewer(connection))
      this.#timer ??= setInterval(() => this.#broadcast(), VIEW_EVERY_MS)
      connection.sendSnapshot(formatState(this.#episode))
    }
  }

  /** A view that throws has failed the episode; an episode that failed or stopped has nothing more to show. */
  #broadcast(): void {
    const { isOver, isClosed } = this.#episode
    const frame = isClosed && !isOver ? undefined : this.#snapshot()
    if (!frame) {
      for (const viewer of this.#viewers) viewer.close(CLOSE.failed, 'EPISODE_FAILED')
      this.#stopViews()
      return
    }
    for (const viewer of this.#viewers) {
      if (isOver) viewer.send(frame)
      else viewer.sendSnapshot(frame)
    }
    if (isOver) this.#stopViews()
  }

  #snapshot(): Frame | undefined {
    try {
      return encodeFrame(formatState(this.#episode))
    } catch (error) {
      if (!this.#episode.failure) this.#onFault(error)
      return undefined
    }
  }

  #removeViewer(connection: SocketConnection): void {
    this.#viewers.delete(connection)
    if (this.#viewers.size === 0) this.#stopViews()
  }

  #stopViews(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#viewers.clear()
  }

  /** Changes the pace of the game, or pauses it. The caller decides who may do that. */
  openAdmin(): Open {
    return (connection) => {
      const send = (): void => connection.sendSnapshot(formatState(this.#episode))
      connection.onText((text) => {
        const command = parseMessage(text)?.command
        if (typeof command === 'object' && command !== null) this.#command(command)
        send()
      })
      send()
    }
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

const UNKNOWN_SLOT = new AppError('SLOT_INVALID', 'There is no such slot.')

function formatReceipt(requestId: unknown, receipt: object): string {
  return JSON.stringify({ type: 'receipt', request_id: requestId, ...receipt })
}

/** A client's text frame: JSON; anything else is ignored. A `request_id` beside the command asks for a receipt. */
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
