// The feed of one live episode: a greeting with the current frame, then at most 20 frames per second. Each is encoded
// once for all viewers, and a slow viewer gets only the newest one.
import type { Episode } from '../episode/episode.ts'
import type { WorldEvent } from '../kernel/world.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { LiveMessage, ViewEvent, ViewFrame } from '../protocol/live.ts'
import { CLOSE, type SocketConnection } from '../transport/connection.ts'
import { encodeFrame } from '../transport/frames.ts'

/** Milliseconds between two messages: faster updates would not be visible. */
const EVERY_MS = 50
/** Maximum events per message; the journal has them all. */
const MAX_EVENTS = 200
/** Milliseconds between two checks of players and pace. */
const STATUS_MS = 500

export interface LiveFeedOptions {
  /** Id of this start of the server. */
  readonly boot: string
  /** The status of the episode, for the first and the last message. */
  summary(): Promise<EpisodeSummary>
  /** Receives errors of the episode that no client caused. */
  onFault(error: unknown): void
}

type Status = Pick<Extract<LiveMessage, { type: 'status' }>, 'status' | 'rate' | 'slots'>

export class LiveFeed {
  readonly #episode: Episode
  readonly #options: LiveFeedOptions
  readonly #viewers = new Set<SocketConnection>()
  #events: ViewEvent[] = []
  #status = ''
  #sentAt = 0
  #sentStep = -1
  #timer: NodeJS.Timeout | undefined
  #watch: readonly (() => void)[] = []

  constructor(episode: Episode, options: LiveFeedOptions) {
    this.#episode = episode
    this.#options = options
    const onEnd = (): void => void this.#end().catch(options.onFault)
    episode.done.then(onEnd, onEnd)
  }

  /** Viewers that are connected. */
  get size(): number {
    return this.#viewers.size
  }

  /** Adds a viewer; its messages are ignored. */
  async open(connection: SocketConnection): Promise<void> {
    connection.onText(() => undefined)
    connection.onBinary(() => undefined)
    const episode = await this.#options.summary()
    if (!connection.isOpen) return
    if (this.#episode.isClosed) {
      this.#finish([connection], episode)
      return
    }
    const { boot: server } = this.#options
    const hello: LiveMessage = { type: 'hello', server, episode, frame: this.#frame([]), ...this.#standing() }
    connection.send(JSON.stringify(hello))
    if (this.#viewers.size === 0) this.#begin()
    this.#viewers.add(connection)
    connection.onClose(() => this.#remove(connection))
  }

  #begin(): void {
    this.#status = JSON.stringify(this.#standing())
    this.#events = []
    this.#sentStep = this.#episode.step
    const stopWatch = this.#episode.watch(() => this.#changed())
    const stopListen = this.#episode.listen((events) => this.#hear(events))
    // A player may connect or leave between two steps.
    const looks = setInterval(() => this.#tellStatus(), STATUS_MS)
    this.#watch = [stopWatch, stopListen, () => clearInterval(looks)]
  }

  #remove(connection: SocketConnection): void {
    this.#viewers.delete(connection)
    if (this.#viewers.size === 0) this.#stop()
  }

  #stop(): void {
    for (const stop of this.#watch) stop()
    this.#watch = []
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #hear(events: readonly WorldEvent[]): void {
    for (const { slot, kind, data } of events) {
      // Viewers do not see events that only one slot may know.
      if (slot === null && this.#events.length < MAX_EVENTS) this.#events.push({ slot, kind, data })
    }
  }

  #changed(): void {
    if (this.#timer !== undefined || this.#episode.isClosed) return
    const wait = this.#sentAt + EVERY_MS - performance.now()
    this.#timer = setTimeout(() => this.#send(), Math.max(0, wait))
  }

  #send(): void {
    this.#timer = undefined
    if (this.#episode.isClosed || this.#viewers.size === 0) return
    this.#sentAt = performance.now()
    this.#tellStatus()
    if (this.#episode.step === this.#sentStep) return
    this.#sentStep = this.#episode.step
    const message: LiveMessage = { type: 'frame', frame: this.#frame(this.#events) }
    this.#events = []
    const frame = encodeFrame(JSON.stringify(message))
    for (const viewer of this.#viewers) viewer.sendSnapshot(frame)
  }

  #tellStatus(): void {
    if (this.#episode.isClosed) return
    const standing = this.#standing()
    const text = JSON.stringify(standing)
    if (text === this.#status) return
    this.#status = text
    const message: LiveMessage = { type: 'status', ...standing }
    const frame = encodeFrame(JSON.stringify(message))
    for (const viewer of this.#viewers) viewer.send(frame)
  }

  #standing(): Status {
    const { status, rate, slots } = this.#episode
    return {
      status: status === 'paused' || status === 'waiting' ? status : 'running',
      rate: rate ?? null,
      slots: slots.map(({ slot, player, connection }) => ({
        slot,
        player,
        is_connected: connection !== undefined || player.kind === 'bot' || player.kind === 'recorded',
      })),
    }
  }

  /** @throws AppError EPISODE_FAILED when the world throws, which ends the episode */
  #frame(events: ViewEvent[]): ViewFrame {
    const { end } = this.#episode
    const frame = {
      step: this.#episode.step,
      view: this.#episode.spectate(),
      standing: this.#episode.standing(),
      events,
    }
    return end === undefined ? frame : { ...frame, outcome: end.outcome }
  }

  async #end(): Promise<void> {
    this.#stop()
    if (this.#viewers.size === 0) return
    const viewers = [...this.#viewers]
    this.#viewers.clear()
    if (this.#episode.isOver) {
      const message: LiveMessage = { type: 'frame', frame: this.#frame(this.#events) }
      const frame = encodeFrame(JSON.stringify(message))
      for (const viewer of viewers) viewer.send(frame)
    }
    this.#finish(viewers, await this.#options.summary())
  }

  /**
   * The last message. A stopped episode closes with 1012: the server is stopping, and viewers reconnect to the next
   * one.
   */
  #finish(viewers: readonly SocketConnection[], episode: EpisodeSummary): void {
    const { status } = this.#episode
    const message: LiveMessage = { type: 'end', episode }
    const frame = encodeFrame(JSON.stringify(message))
    for (const viewer of viewers) {
      if (status === 'stopped') viewer.close(CLOSE.restart, 'the server is stopping')
      else {
        viewer.send(frame)
        viewer.close(status === 'failed' ? CLOSE.failed : CLOSE.normal, status === 'failed' ? 'EPISODE_FAILED' : 'over')
      }
    }
  }
}
