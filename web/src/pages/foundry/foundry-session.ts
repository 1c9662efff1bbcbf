// One run of the foundry as its player has it: the slot, the frames, what was done, and time. Everything goes through the
// server's episode; while time stands still, whatever is done in one go takes one tick.
import type { Client } from 'paracosm/client'
import type { ViewSource } from '../../../../src/kernel/view.ts'
import type { JsonObject } from '../../../../src/protocol/json.ts'
import type { ViewFrame } from '../../../../src/protocol/live.ts'
import type { Done } from '../../../../src/worlds/foundry/view/command-file.ts'
import { createStore } from '../../data/store.ts'
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
  /** What was refused last, or went wrong; empty: nothing. */
  readonly complaint: string
}

interface SessionOptions {
  readonly client: Client
  readonly episode: string
  readonly scenario: string
  readonly title: string
  /** Of slot 0; undefined: somebody else's run, to watch. */
  readonly token: string | undefined
}

export class FoundrySession {
  readonly state = createStore<RunState>({ tick: 0, status: 'opening', rate: BASE_RATE, done: [], complaint: '' })
  readonly source: ViewSource
  readonly #options: SessionOptions
  readonly #listeners = new Set<() => void>()
  #viewer: WebSocket | undefined
  #own: SlotSocket | undefined
  /** Of a run that has ended: its parts, from its journal. */
  #ended: Ended | undefined
  #frame: ViewFrame | undefined
  #queue: JsonObject[] = []
  #isSending = false
  #isClosed = false
  #retry: number | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.source = this.#createSource()
    this.#open().catch((error: unknown) => this.#complain(error))
  }

  /** Resolves once the run is there: it stands, runs, or has ended. */
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

  /** Follows a live run; of one that has ended, shows the last moment. */
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
    await this.#readDone()
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

  /** The connection is gone: the server restarts, or the run has ended meanwhile. Asks until it knows. */
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

  /** What comes in one turn of the browser is one thing done, and goes into one tick. */
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

  /** Says commands and, while time stands still, makes the tick in which they are heard. */
  async do(commands: readonly JsonObject[]): Promise<void> {
    await this.ready()
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
    // The socket and the request are two ways: a command that came too late for the tick is heard in the next.
    for (let attempt = 0; attempt < MAX_TICKS && !isAnswered && this.state.get().status !== 'running'; attempt++) {
      await client.episodes.pace(episode, { steps: 1 })
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

  /** Resolves once a run that is over is kept: from then on it is read, not followed. */
  async settled(): Promise<void> {
    const { client, episode } = this.#options
    for (let attempt = 0; attempt < SETTLE_ATTEMPTS && this.state.get().status === 'over'; attempt++) {
      if ((await client.episodes.get(episode)).status !== 'live') return
      await pause(SETTLE_MS)
    }
  }

  // ——— time

  async pace(wanted: { paused?: boolean; tick_rate?: number; steps?: number }): Promise<void> {
    try {
      const { status, step, tick_rate: rate } = await this.#options.client.episodes.pace(this.#options.episode, wanted)
      const isLive = status === 'running' || status === 'paused' || status === 'waiting'
      this.#set({ status: isLive ? status : 'over', tick: step, ...(rate === null ? {} : { rate }) })
    } catch (error) {
      this.#complain(error)
    }
  }

  /** The tick before the last thing done; undefined: nothing was done. */
  get lastTick(): number | undefined {
    return ticksOf(this.state.get().done).at(-1)
  }

  /** A line that goes on from a tick; this one ends. */
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

/** Ticks that are made, at most, until what was said has been heard. */
const MAX_TICKS = 4
/** How often, and after how many milliseconds each, it is asked whether a run is kept. */
const SETTLE_ATTEMPTS = 50
const SETTLE_MS = 100
/** Milliseconds for a receipt to come back before another tick is made. */
const RECEIPT_MS = 700

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
