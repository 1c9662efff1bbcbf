// One run of the foundry from its player's perspective: the slot, the frames, the edits, and time. Everything goes
// through the server's episode. While it is paused, one edit takes one tick.
import type { Client } from 'paracosm/client'
import type { ViewSource } from '../../../../src/kernel/view.ts'
import type { PaceState } from '../../../../src/protocol/control.ts'
import type { JsonObject } from '../../../../src/protocol/json.ts'
import type { ViewFrame } from '../../../../src/protocol/live.ts'
import type { Done } from '../../../../src/worlds/foundry/view/command-file.ts'
import { createStore } from '../../data/store.ts'
import { advance, isLost } from './advance.ts'
import { readDone, ticksOf } from './done.ts'
import type { Ended } from './ended.ts'
import { type Message, readMessage, resultsOf } from './messages.ts'
import { SlotSocket } from './slot-socket.ts'

/** Ticks per second at speed 1. */
export const BASE_RATE = 10

export interface RunState {
  readonly tick: number
  readonly status: 'opening' | 'waiting' | 'running' | 'paused' | 'over' | 'lost'
  /** Ticks per second. */
  readonly rate: number
  readonly done: readonly Done[]
  /** The last refusal or error; empty: none. */
  readonly complaint: string
}

interface SessionOptions {
  readonly client: Client
  readonly episode: string
  readonly scenario: string
  readonly title: string
  /** The token of slot 0; undefined: another user's run, for watching only. */
  readonly token: string | undefined
}

export class FoundrySession {
  readonly state = createStore<RunState>({ tick: 0, status: 'opening', rate: BASE_RATE, done: [], complaint: '' })
  readonly source: ViewSource
  readonly #options: SessionOptions
  readonly #listeners = new Set<() => void>()
  #viewer: WebSocket | undefined
  #own: SlotSocket | undefined
  /** For a run that has ended: its parts, from its journal. */
  #ended: Ended | undefined
  #frame: ViewFrame | undefined
  #queue: JsonObject[] = []
  #isSending = false
  /** The reading of earlier edits: it replaces the list, so no edit is made meanwhile. */
  #reading: Promise<void> = Promise.resolve()
  #isClosed = false
  #retry: number | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.source = this.#createSource()
    this.#open().catch((error: unknown) => (isLost(error) ? this.#lose() : this.#complain(error)))
  }

  /** Resolves once the run is available: paused, running, or ended. */
  ready(): Promise<void> {
    const isReady = (): boolean => !['opening', 'waiting'].includes(this.state.get().status)
    if (isReady()) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.state.subscribe(() => {
        if (!isReady()) return
        stop()
        resolve()
      })
    })
  }

  /** Follows a live run; shows the last frame of one that has ended. */
  async #open(): Promise<void> {
    const { client, episode, token } = this.#options
    const { status } = await client.episodes.get(episode)
    if (this.#isClosed) return
    if (status !== 'live') {
      await this.#readDone()
      await this.#showEnd()
      return
    }
    const at = `${location.origin.replace(/^http/, 'ws')}/episodes/${encodeURIComponent(episode)}`
    this.#own?.close()
    if (token !== undefined) this.#own = new SlotSocket(`${at}/player`, token)
    this.#viewer = new WebSocket(`${at}/global`)
    this.#viewer.addEventListener('message', ({ data }) => this.#read(readMessage(data)))
    this.#viewer.addEventListener('close', () => this.#lose())
    this.#reading = this.#readDone()
    await this.#reading
  }

  async #showEnd(): Promise<void> {
    const { client, episode } = this.#options
    const [{ foldEnded }, journal] = await Promise.all([
      import('./ended.ts'),
      new Response(await client.episodes.journal(episode)).text(),
    ])
    this.#ended = foldEnded(journal)
    this.#set({ status: 'over', tick: this.#ended.frame.step, complaint: '' })
    this.#show(this.#ended.frame)
  }

  #createSource(): ViewSource {
    const session = this
    const { episode, scenario, title, client, token } = this.#options
    return {
      world: { id: 'foundry', version: '', variant: scenario, title },
      slots: [{ slot: 0, name: 'You' }],
      perspective: token === undefined ? null : 0,
      get frame() {
        return session.#frame
      },
      subscribe(listener) {
        session.#listeners.add(listener)
        return () => session.#listeners.delete(listener)
      },
      get speed() {
        const { status, rate } = session.state.get()
        return status === 'running' ? rate : 0
      },
      ...(token === undefined ? {} : { send: (command: JsonObject) => session.#send(command) }),
      inspect: async (part) =>
        session.#ended ? session.#ended.inspect(part) : (await client.episodes.inspect(episode, part)).inspection,
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    }
  }

  #set(changes: Partial<RunState>): void {
    this.state.set({ ...this.state.get(), ...changes })
  }

  #read(message: Message | undefined): void {
    if (!message || this.#isClosed) return
    const { view, step, isOver, status, rate } = message
    const isNew = this.#frame?.step !== step || isOver
    const { complaint } = this.state.get()
    this.#set({ tick: step, status: isOver ? 'over' : status, rate, complaint: complaint === LOST ? '' : complaint })
    if (isNew) this.#show({ step, view, standing: resultsOf(view), events: [] })
    // From now on parts are inspected in the journal: the server no longer plays the run.
    if (isOver && !this.#ended) this.#showEnd().catch((error: unknown) => this.#complain(error))
  }

  #show(frame: ViewFrame): void {
    if (this.#isClosed) return
    this.#frame = frame
    for (const listener of [...this.#listeners]) listener()
  }

  /** The connection is lost: the server is restarting, or the run has ended. Polls until it knows. */
  #lose(): void {
    if (this.#isClosed || this.state.get().status === 'over') return
    this.#set({ status: 'lost', complaint: LOST })
    this.#retry = window.setTimeout(() => {
      this.#open().catch(() => this.#lose())
    }, RETRY_MS)
  }

  async #readDone(): Promise<void> {
    try {
      const stream = await this.#options.client.episodes.journal(this.#options.episode)
      this.#set({ done: readDone(await new Response(stream).text()) })
    } catch (error) {
      this.#complain(error)
    }
  }

  #complain(error: unknown): void {
    this.#set({ complaint: error instanceof Error ? error.message : String(error) })
  }

  // ——— commands

  /** All commands of one browser task are one edit, and go into one tick. */
  #send(command: JsonObject): void {
    this.#queue.push(command)
    if (this.#isSending) return
    this.#isSending = true
    queueMicrotask(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    try {
      while (this.#queue.length > 0) await this.do(this.#queue.splice(0))
    } catch (error) {
      this.#complain(error)
    } finally {
      this.#isSending = false
    }
  }

  /** Sends commands and, while paused, advances the tick in which they take effect. */
  async do(commands: readonly JsonObject[]): Promise<void> {
    await this.ready()
    await this.#reading
    const own = this.#own
    if (!own) return
    const { client, episode } = this.#options
    const answers = commands.map((command) => own.say(command))
    await own.sent()
    let isAnswered = false
    const all = Promise.all(answers).then((receipts) => {
      isAnswered = true
      return receipts
    })
    // The socket and the request are separate channels: a command that arrives too late for the tick takes effect in
    // the next.
    for (let attempt = 0; attempt < MAX_TICKS && !isAnswered && this.state.get().status !== 'running'; attempt++) {
      await advance(client, episode, 1)
      await Promise.race([all, pause(RECEIPT_MS)])
    }
    const receipts = await all
    const taken = receipts.flatMap((receipt, index): Done[] => {
      const command = commands[index]
      return receipt.accepted && command ? [{ tick: receipt.step, command }] : []
    })
    const refused = receipts.find(({ accepted }) => !accepted)
    this.#set({
      done: [...this.state.get().done, ...taken],
      complaint: refused ? `Not done: ${refused.reason}.` : '',
    })
  }

  /** Resolves once an ended run is stored: from then on it is read, not followed. */
  async settled(): Promise<void> {
    const { client, episode } = this.#options
    for (let attempt = 0; attempt < SETTLE_ATTEMPTS && this.state.get().status === 'over'; attempt++) {
      if ((await client.episodes.get(episode)).status !== 'live') return
      await pause(SETTLE_MS)
    }
  }

  // ——— time

  async pace(wanted: { paused?: boolean; tick_rate?: number }): Promise<void> {
    try {
      this.#setPace(await this.#options.client.episodes.pace(this.#options.episode, wanted))
    } catch (error) {
      this.#complain(error)
    }
  }

  /** One tick. */
  step(): void {
    this.advance(1).catch((error: unknown) => this.#complain(error))
  }

  /** Advances a paused run by exactly this many ticks, or to its end. @throws ClientError */
  async advance(ticks: number): Promise<void> {
    try {
      this.#setPace(await advance(this.#options.client, this.#options.episode, ticks))
    } catch (error) {
      // The last tick may have ended it.
      if (this.state.get().status !== 'over') throw error
    }
  }

  #setPace({ status, step, tick_rate: rate }: PaceState): void {
    const isLive = status === 'running' || status === 'paused' || status === 'waiting'
    this.#set({ status: isLive ? status : 'over', tick: step, ...(rate === null ? {} : { rate }) })
  }

  /** The tick before the last edit; undefined: there was none. */
  get lastTick(): number | undefined {
    return ticksOf(this.state.get().done).at(-1)
  }

  /** Starts a branch from a tick; this one ends. */
  async branch(tick: number): Promise<{ readonly episode: string; readonly token: string }> {
    const { client, episode } = this.#options
    const { tick: now, status, rate } = this.state.get()
    const { episode: child, slots } = await client.episodes.branch(episode, {
      step: tick,
      paused: true,
      tick_rate: rate,
    })
    if (status !== 'over') await client.episodes.end(episode, `Undone at tick ${now}.`)
    return { episode: child.id, token: slots[0]?.token ?? '' }
  }

  close(): void {
    this.#isClosed = true
    window.clearTimeout(this.#retry)
    this.#viewer?.close()
    this.#own?.close()
    this.#listeners.clear()
  }
}

const LOST = 'The connection to the server was lost; reconnecting.'
const RETRY_MS = 1000

/** Maximum number of ticks to advance until the commands have taken effect. */
const MAX_TICKS = 4
/** How often to check whether a run is stored, and the delay before each check in milliseconds. */
const SETTLE_ATTEMPTS = 50
const SETTLE_MS = 100
/** Milliseconds to wait for a receipt before advancing another tick. */
const RECEIPT_MS = 700

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
