// One session as its player's client knows it: what was shown, which inputs have no answer yet, and, after a lost connection, whether the server had received them. Frames come in, frames and events go out; sockets and clocks are elsewhere.
//
// The server tells no ids of inputs while they are live. But its replay has every input in order, and it takes one at a
// time: so the number of inputs that it is known to have says where in the replay the one under way must stand.
import type { z } from 'zod'
import type { ClientFrame, ServerFrame } from '../protocol/session.ts'
import { ClientError } from './client-error.ts'
import type { PlayEvent, PlayedTurn, SaidEvent, SessionStanding } from './play-event.ts'
import type { ReplayFrame } from './replayed.ts'

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>

export interface ConversationTransport {
  send(frame: z.input<typeof ClientFrame>): void
  emit(event: PlayEvent): void
  /** Asks how the session stands, behind everything sent so far. `then` is not called when the connection goes first. */
  askStatus(then: (standing: SessionStanding) => void): void
  /** Gives the connection up for a new one. */
  renew(): void
  /** Everything that was said is known to be answered or not taken, and more may be said. */
  ready(): void
  /** The session is over. */
  ended(): void
}

/** One input in transit. */
interface Saying {
  readonly text: string
  readonly done: PromiseWithResolvers<PlayedTurn>
  isSent: boolean
  /** Which input of the replay it is, counted from 0: then the server had it. Undefined: that is not known. */
  position: number | undefined
  /** What the replay has behind it. */
  events: SaidEvent[]
}

/** Inputs that may wait for their turn. */
export const MAX_SAYINGS = 32

export class Conversation {
  readonly #transport: ConversationTransport
  readonly #shown = new Set<string>()
  readonly #sayings: Saying[] = []
  /** Inputs that the server is known to have. */
  #seenInputs = 0
  #turns = 0
  #exited = false
  #hasMeta = false
  // Of the connection that there is now:
  #isReady = false
  #replay: ReplayFrame[] | undefined
  #burst: ReplayFrame[] = []
  #hasEndedTurn = false
  #hasStranger = false
  #turnEvents: SaidEvent[] = []
  /** `turn`: one is under way. `barrier`: perhaps one is, and an empty input behind it will tell. */
  #awaits: 'nothing' | 'turn' | 'barrier' = 'nothing'
  #barrierTurns: PlayedTurn[] = []

  constructor(transport: ConversationTransport) {
    this.#transport = transport
  }

  get standing(): SessionStanding {
    return { status: this.#exited ? 'closed' : 'active', turns: this.#turns, exited: this.#exited }
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Whether the server answers frames at once. */
  get isIdle(): boolean {
    return this.#isReady && this.#awaits === 'nothing'
  }

  get hasReplay(): boolean {
    return this.#replay !== undefined
  }

  /** @throws ClientError QUEUE_FULL, SESSION_CLOSED as a rejection */
  say(text: string): Promise<PlayedTurn> {
    if (this.#exited) return Promise.reject(closedError())
    if (this.#sayings.length >= MAX_SAYINGS) {
      const message = `${MAX_SAYINGS} inputs are already waiting; wait for an answer`
      return Promise.reject(new ClientError('QUEUE_FULL', message))
    }
    const done = Promise.withResolvers<PlayedTurn>()
    // What arrives at the server is well-formed text; the replay is compared with that.
    this.#sayings.push({ text: text.toWellFormed(), done, isSent: false, position: undefined, events: [] })
    this.#pump()
    return done.promise
  }

  /** A new connection: nothing of the last one counts but what was shown and said. */
  connected(): void {
    this.#isReady = false
    this.#replay = undefined
    this.#burst = []
    this.#hasEndedTurn = false
    this.#hasStranger = false
    this.#turnEvents = []
    this.#awaits = 'nothing'
    this.#barrierTurns = []
  }

  disconnected(): void {
    this.#isReady = false
  }

  /** Rejects every waiting input. */
  fail(error: ClientError): void {
    for (const { done } of this.#sayings.splice(0)) done.reject(error)
  }

  meta({ type: _, ...meta }: Frame<'session_meta'>): void {
    if (!this.#hasMeta) this.#transport.emit({ kind: 'meta', ...meta })
    this.#hasMeta = true
  }

  replayStart(): void {
    this.#burst = []
  }

  replayEvent(frame: ReplayFrame): void {
    this.#burst.push(frame)
  }

  replayEnd(turns: number): void {
    this.#turns = Math.max(this.#turns, turns)
    this.takeReplay(this.#burst)
    this.#burst = []
  }

  /** All that was said so far, in order: shows what is new of it, and looks for the input under way. */
  takeReplay(frames: readonly ReplayFrame[]): void {
    this.#replay = [...frames]
    const [first] = this.#sayings
    const under = first?.isSent ? first : undefined
    if (under) under.events = []
    let inputs = 0
    let isBehind = false
    for (const { event_id, event_type, role, content } of frames) {
      const event: SaidEvent = { kind: 'event', event_type, role, content, event_id, replayed: true }
      if (role === 'user') {
        const at = inputs++
        if (under && under.position === undefined && at === this.#seenInputs && content === under.text)
          under.position = at
        isBehind ||= at === under?.position
        if (at < this.#seenInputs || at === under?.position) continue
        this.#hasStranger = true
        this.#transport.emit(event)
      } else {
        // Part of the turn, even where it was shown before the connection went.
        if (isBehind) under?.events.push(event)
        if (event_id !== null && this.#shown.has(event_id)) continue
        if (event_id !== null) this.#shown.add(event_id)
        this.#transport.emit(event)
      }
    }
    this.#seenInputs = Math.max(this.#seenInputs, inputs)
  }

  event({ event_id, event_type, content }: Frame<'event'>): void {
    if (event_id !== null) {
      if (this.#shown.has(event_id)) return
      this.#shown.add(event_id)
    }
    const event: SaidEvent = { kind: 'event', event_type, role: 'ai', content, event_id, replayed: false }
    this.#turnEvents.push(event)
    this.#transport.emit(event)
  }

  turnEnd({ turns, exited }: Frame<'turn_end'>): void {
    const turn: PlayedTurn = { events: this.#turnEvents, turns, exited }
    this.#turnEvents = []
    this.#turns = turns
    this.#hasEndedTurn = true
    this.#transport.emit({ kind: 'turn_end', turns, exited })
    if (this.#awaits === 'barrier' && !exited) {
      this.#barrierTurns.push(turn)
      return
    }
    const [first] = this.#sayings
    // Before the handshake is over only an input that the replay had can be the one that is answered.
    if (first?.isSent && (this.#isReady || first.position !== undefined)) this.#settle(first, turn)
    this.#awaits = 'nothing'
    if (exited) this.#end()
    else this.#pump()
  }

  /** How the session stands, once the handshake is through: the answer to the status frame behind it. */
  handshaken({ turns, exited }: SessionStanding): void {
    this.#turns = Math.max(this.#turns, turns)
    const [first] = this.#sayings
    if (first?.isSent) this.#judge(first, exited)
    this.#isReady = true
    if (exited) {
      this.#end()
      return
    }
    const last = this.#replay?.at(-1)
    const isUnanswered = this.#replay !== undefined && !this.#hasEndedTurn && last?.role !== 'ai'
    if (isUnanswered) this.#awaitTurn(last?.content)
    this.#transport.ready()
    this.#pump()
  }

  /** A spectator has seen the replay: nothing is asked, and what comes is shown. */
  watching(): void {
    this.#isReady = true
    this.#transport.ready()
  }

  /** The fate of the input that was in progress when the last connection was lost. */
  #judge(saying: Saying, exited: boolean): void {
    if (saying.position !== undefined) {
      if (saying.events.length === 0 && !exited) return
      this.#transport.emit({ kind: 'turn_end', turns: this.#turns, exited })
      this.#settle(saying, { events: [], turns: this.#turns, exited })
    } else if (exited) {
      this.#sayings.shift()
      saying.done.reject(closedError())
    } else if (this.#replay === undefined) {
      this.#sayings.shift()
      const message = 'the server did not confirm the input; it was not sent again'
      saying.done.reject(new ClientError('PROTOCOL', message))
    } else if (this.#hasStranger) {
      this.#sayings.shift()
      const message = 'another client continued the session while the connection was lost; the input was not sent again'
      saying.done.reject(new ClientError('SUPERSEDED', message))
    } else saying.isSent = false
  }

  /** The last thing in the replay is an input. Slash words may have no answer at all; anything else will have one. */
  #awaitTurn(input: string | undefined): void {
    if (!input?.trim().startsWith('/')) {
      this.#awaits = 'turn'
      return
    }
    this.#awaits = 'barrier'
    this.#barrierTurns = []
    // An empty input does nothing and ends its own turn: whatever ended before it belongs to the input before.
    this.#transport.send({ type: 'advance', text: '' })
    this.#transport.askStatus(({ exited }) => {
      // It ended, and what it ended with may still be on its way: the record will have it.
      if (exited) this.#transport.renew()
      else this.#passBarrier()
    })
  }

  #passBarrier(): void {
    if (this.#awaits !== 'barrier') return
    const [first] = this.#sayings
    const answer = this.#barrierTurns.length > 1 ? this.#barrierTurns[0] : undefined
    this.#awaits = 'nothing'
    if (first?.isSent) this.#settle(first, answer ?? { events: [], turns: this.#turns, exited: false })
    this.#pump()
  }

  token(text: string): void {
    this.#transport.emit({ kind: 'token', text })
  }

  tokenReset(): void {
    this.#transport.emit({ kind: 'token_reset' })
  }

  /** An error message of the server that leaves the connection open. */
  complaint(detail: string): void {
    const [first] = this.#sayings
    const isClosed = detail === 'Session is closed' && this.#isReady
    // The status frame behind the barrier comes next.
    if (isClosed && this.#awaits === 'barrier') return
    if (isClosed && first?.isSent) {
      this.#sayings.shift()
      first.done.reject(closedError())
      this.#end()
    } else this.#transport.emit({ kind: 'error', detail })
  }

  #settle(saying: Saying, turn: PlayedTurn): void {
    this.#sayings.shift()
    // A blank input leaves no trace; one that a replay has told of is counted there.
    if (saying.position === undefined && saying.text.trim() !== '') this.#seenInputs++
    saying.done.resolve({ ...turn, events: [...saying.events, ...turn.events] })
  }

  #end(): void {
    if (this.#exited) return
    this.#exited = true
    this.fail(closedError())
    this.#transport.ended()
  }

  #pump(): void {
    const [next] = this.#sayings
    if (!this.isIdle || this.#exited || !next || next.isSent) return
    next.isSent = true
    this.#awaits = 'turn'
    this.#transport.send({ type: 'advance', text: next.text })
  }
}

const closedError = (): ClientError => new ClientError('SESSION_CLOSED', 'the session is over')
