// A session on the client side: send input, iterate over events, leave, close. It reconnects automatically.

import { type Backoff, backoffMs } from '../lib/retry.ts'
import { sleep } from '../lib/sleep.ts'
import type { ServerFrame } from '../protocol/session.ts'
import { ClientError } from './client-error.ts'
import { Conversation } from './conversation.ts'
import { EventQueue } from './event-queue.ts'
import { hostOf } from './http.ts'
import { Link } from './link.ts'
import type { ConnectionState, PlayEvent, PlayedTurn, SessionStanding } from './play-event.ts'
import type { ReplayFrame } from './replayed.ts'

/** How a lost connection is tried again. */
export interface Reconnection extends Backoff {
  /** Repetitions in a row that come to nothing before it gives up; 0: it is never repeated. */
  readonly attempts: number
}

/** How a session is played. */
export interface PlayOptions {
  /** Whether pieces of answers are wanted while they are written. Default false. */
  readonly tokens?: boolean
  /** Leaves the session when aborted; what waits is rejected with ABORTED. */
  readonly signal?: AbortSignal | undefined
  /** Default: 10 attempts, from 250 ms to 10 s. Before a session was open at all it is repeated twice at most. */
  readonly reconnect?: Partial<Reconnection>
  /** Milliseconds of silence after which it is asked whether the other side lives. Default 15,000. */
  readonly heartbeatMs?: number
  /** Milliseconds that a server may take to say which session it is. Default 10,000. */
  readonly connectMs?: number
}

/** What a session needs of the client that opened it. */
export interface PlayHost {
  readonly sessionId: string
  readonly wsUrl: string
  readonly key: string | undefined
  /** With a spectator's key: nothing can be said. */
  readonly isWatching: boolean
  /** The session as the record has it; undefined: this client may not read it. */
  record(): Promise<readonly ReplayFrame[] | undefined>
  /** How the session stands, asked over HTTP. */
  standing(): Promise<{ status: SessionStanding['status']; turns: number }>
  readonly onState?: ((state: ConnectionState, sessionId: string) => void) | undefined
}

const RECONNECT: Reconnection = { attempts: 10, firstMs: 250, longestMs: 10_000 }
const FIRST_ATTEMPTS = 2
const HEARTBEAT_MS = 15_000
const CONNECT_MS = 10_000
/** Questions in a row without an answer after which a connection counts as gone. */
const MISSES = 2
const MAX_EVENTS = 5000
/** Bytes of an input, as JSON: servers end sockets whose frames pass 64 kB. */
const MAX_INPUT_BYTES = 60_000

/**
 * A session that is played: an async iterable of what happens in it. `createClient().play` opens one.
 *
 * @example
 * import type { PlaySession } from 'paracosm/client'
 *
 * export async function print(session: PlaySession): Promise<void> {
 *   for await (const event of session) console.log(event)
 * }
 */
export class PlaySession implements AsyncIterable<PlayEvent> {
  readonly id: string
  readonly #host: PlayHost
  readonly #options: PlayOptions
  readonly #reconnection: Reconnection
  readonly #events = new EventQueue(MAX_EVENTS)
  readonly #conversation: Conversation
  readonly #opened = Promise.withResolvers<void>()
  readonly #over = Promise.withResolvers<void>()
  #state: ConnectionState = 'closed'
  #link: Link | undefined
  /** What answers to status frames are for, in order. */
  #statuses: ((standing: SessionStanding) => void)[] = []
  /** Calls of status() that wait for an answer. */
  readonly #askers = new Set<PromiseWithResolvers<SessionStanding>>()
  #wasReady = false
  #isClosing = false
  /** Why nothing more can be said; set at the end. */
  #last: ClientError | undefined
  #attempt = 0
  #refusal: ClientError | undefined
  #turn: ReturnType<typeof setInterval> | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined
  #misses = 0

  constructor(host: PlayHost, options: PlayOptions) {
    this.id = host.sessionId
    this.#host = host
    this.#options = options
    this.#reconnection = { ...RECONNECT, ...options.reconnect }
    this.#conversation = new Conversation({
      send: (frame) => this.#link?.send(frame),
      emit: (event) => this.#events.push(event),
      askStatus: (then) => this.#askStatus(then),
      renew: () => this.#link?.drop(),
      ready: () => this.#ready(),
      ended: () => this.#end('ended'),
    })
    // Nobody has to wait for these.
    this.#opened.promise.catch(() => undefined)
    this.#over.promise.catch(() => undefined)
    const { signal } = options
    if (signal?.aborted) this.#abort()
    else {
      signal?.addEventListener('abort', this.#abort, { once: true })
      this.#connect()
    }
  }

  /** Resolves once the server has said which session it is. Rejects with why it did not. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Whether the session is over, was left, or was lost. */
  get isOver(): boolean {
    return this.#last !== undefined
  }

  /**
   * Sends an input, and resolves with its result. Inputs are sent one at a time, in order; at most 32 wait. When the
   * connection is lost meanwhile the turn is found again, and an input that the server never had is sent again: once.
   * @throws ClientError INPUT_TOO_LONG, QUEUE_FULL, SESSION_CLOSED, SUPERSEDED, LEFT, ABORTED, and whatever ended the
   * session
   */
  async say(text: string): Promise<PlayedTurn> {
    if (this.#host.isWatching) throw new ClientError('FORBIDDEN', 'a spectator cannot say anything')
    if (new TextEncoder().encode(JSON.stringify(text)).length > MAX_INPUT_BYTES) {
      throw new ClientError('INPUT_TOO_LONG', `an input has at most ${MAX_INPUT_BYTES} bytes`)
    }
    if (this.#last) throw this.#last
    return this.#conversation.say(text)
  }

  /** How the session stands. While a turn is under way the server answers after it. */
  async status(): Promise<SessionStanding> {
    if (this.#last || this.#host.isWatching) return this.#conversation.standing
    const asker = Promise.withResolvers<SessionStanding>()
    this.#askers.add(asker)
    if (this.#conversation.isReady) this.#ask(asker)
    return asker.promise
  }

  /** Ends the session for good. Resolves once the server has done so, or it was over already. */
  async close(): Promise<void> {
    if (this.#host.isWatching) throw new ClientError('FORBIDDEN', 'a spectator cannot end a session')
    this.#isClosing = true
    if (!this.#last && this.#conversation.isReady) this.#link?.send({ type: 'close' })
    await this.#over.promise
  }

  /** Goes away; the session waits for its player. */
  leave(): void {
    this.#end('left')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
  }

  /**
   * What comes, in order, from where the last iteration stopped; leaving the loop does not leave the session. It ends with
   * the event `closed`, and throws ClientError when the session could not go on.
   */
  [Symbol.asyncIterator](): AsyncIterator<PlayEvent, undefined> {
    return { next: () => this.#events.next() }
  }

  readonly #abort = (): void =>
    this.#fail(new ClientError('ABORTED', 'the client left the session: the signal was aborted'))

  #connect(): void {
    this.#setState('connecting')
    this.#refusal = undefined
    this.#misses = 0
    this.#statuses = []
    this.#conversation.connected()
    const link = new Link(this.#host.wsUrl, {
      open: () => this.#greet(),
      frame: (frame) => this.#take(frame),
      down: (error) => this.#down(error),
    })
    this.#link = link
    this.#deadline = setTimeout(() => {
      this.#refusal = new ClientError('TIMEOUT', `${hostOf(this.#host.wsUrl)} did not open the session in time`)
      link.drop()
    }, this.#options.connectMs ?? CONNECT_MS)
    this.#watchLink(link)
  }

  #greet(): void {
    const { key, isWatching } = this.#host
    if (key !== undefined) this.#link?.send({ type: 'auth', api_key: key })
    // Frames are answered in order, so this answer means that the replay or the opening is complete.
    if (!isWatching) this.#askStatus((standing) => void this.#handshake(standing))
  }

  #askStatus(then: (standing: SessionStanding) => void): void {
    this.#statuses.push(then)
    this.#link?.send({ type: 'status' })
  }

  #take(frame: ServerFrame): void {
    const conversation = this.#conversation
    switch (frame.type) {
      case 'session_meta':
        clearTimeout(this.#deadline)
        conversation.meta(frame)
        this.#opened.resolve()
        break
      case 'event':
        conversation.event(frame)
        break
      case 'turn_end':
        // A connection over which turns are played is a good one.
        this.#attempt = 0
        conversation.turnEnd(frame)
        break
      case 'replay_start':
        conversation.replayStart()
        break
      case 'replay_event':
        conversation.replayEvent(frame)
        break
      case 'replay_end':
        conversation.replayEnd(frame.turns)
        if (this.#host.isWatching) void this.#handshake({ ...conversation.standing, turns: frame.turns })
        break
      case 'status':
        this.#statuses.shift()?.({ status: frame.status, turns: frame.turns, exited: frame.exited })
        break
      case 'closed':
        this.#end('closed')
        break
      case 'token':
        conversation.token(frame.text)
        break
      case 'token_reset':
        conversation.tokenReset()
        break
      case 'error':
        this.#hearError(frame.detail)
        break
    }
  }

  async #handshake(standing: SessionStanding): Promise<void> {
    const conversation = this.#conversation
    const link = this.#link
    if (this.#host.isWatching) {
      conversation.watching()
      return
    }
    this.#events.push({ kind: 'status', ...standing })
    // A session that is over has no replay: what this client missed is in the record.
    if (!conversation.hasReplay && (standing.exited || this.#wasReady)) {
      const frames = await this.#host.record().catch(() => undefined)
      if (this.#last || link !== this.#link) return
      if (frames) conversation.takeReplay(frames)
    }
    conversation.handshaken(standing)
  }

  #ready(): void {
    this.#wasReady = true
    this.#setState('open')
    for (const asker of this.#askers) this.#ask(asker)
    if (this.#isClosing) this.#link?.send({ type: 'close' })
  }

  #ask(asker: PromiseWithResolvers<SessionStanding>): void {
    this.#askStatus((standing) => {
      this.#askers.delete(asker)
      asker.resolve(standing)
      this.#events.push({ kind: 'status', ...standing })
    })
  }

  #hearError(detail: string): void {
    const refusal = this.#state === 'open' && detail !== 'Internal server error' ? undefined : refusalOf(detail)
    // Before the session is open a complaint says why it will not be.
    if (refusal) this.#refusal = refusal
    else this.#conversation.complaint(detail)
  }

  #down(error: ClientError | undefined): void {
    clearTimeout(this.#deadline)
    clearInterval(this.#turn)
    this.#conversation.disconnected()
    if (this.#last) return
    const reason =
      error ?? this.#refusal ?? new ClientError('UNREACHABLE', `no connection to ${hostOf(this.#host.wsUrl)}`)
    if (this.#isFinal(reason)) this.#fail(reason)
    else void this.#retry()
  }

  #isFinal({ code }: ClientError): boolean {
    if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN' || code === 'PROTOCOL') return true
    // What was there a moment ago may be on its way to another server.
    if (code === 'NOT_FOUND' && !this.#wasReady) return true
    const { attempts } = this.#reconnection
    return this.#attempt >= (this.#wasReady ? attempts : Math.min(attempts, FIRST_ATTEMPTS))
  }

  async #retry(): Promise<void> {
    const wait = backoffMs(this.#reconnection, this.#attempt++)
    this.#setState('waiting', wait)
    await sleep(wait, this.#options.signal).catch(() => undefined)
    if (!this.#last) this.#connect()
  }

  /** Looks from time to time whether the other side lives. */
  #watchLink(link: Link): void {
    let seen = 0
    this.#turn = setInterval(() => {
      if (link.frames === 0) return
      if (this.#conversation.isReady) this.#attempt = 0
      if (link.frames > seen) {
        seen = link.frames
        this.#misses = 0
      } else if (this.#misses++ >= MISSES) link.drop()
      else if (this.#conversation.isIdle && !this.#host.isWatching) this.#askStatus(() => undefined)
      // While a turn is under way the socket answers nothing: whether the server still counts on us, it tells over HTTP.
      else void this.#askAside(link)
    }, this.#options.heartbeatMs ?? HEARTBEAT_MS)
  }

  async #askAside(link: Link): Promise<void> {
    const { status, turns } = await this.#host.standing().catch(() => ({ status: undefined, turns: 0 }))
    if (status === undefined || link !== this.#link) return
    this.#misses = 0
    const { isWatching } = this.#host
    const isMissed = isWatching ? turns > this.#conversation.standing.turns : status !== 'active'
    if (isMissed) link.drop()
    else if (isWatching && status === 'closed') this.#end('ended')
  }

  #setState(state: ConnectionState, waitMs?: number): void {
    if (state === this.#state && state !== 'waiting') return
    this.#state = state
    this.#events.push({ kind: 'connection', state, ...(waitMs === undefined ? {} : { in_ms: Math.round(waitMs) }) })
    this.#host.onState?.(state, this.id)
  }

  #end(reason: 'ended' | 'closed' | 'left'): void {
    if (this.#last) return
    const isLeft = reason === 'left'
    this.#events.push({ kind: 'closed', reason })
    this.#shut(
      new ClientError(isLeft ? 'LEFT' : 'SESSION_CLOSED', isLeft ? 'the session was left' : 'the session is over'),
    )
    this.#events.end()
    for (const asker of this.#askers) asker.resolve({ ...this.#conversation.standing })
  }

  #fail(error: ClientError): void {
    if (this.#last) return
    this.#shut(error)
    this.#events.end(error)
    for (const asker of this.#askers) asker.reject(error)
  }

  #shut(error: ClientError): void {
    this.#last = error
    clearTimeout(this.#deadline)
    clearInterval(this.#turn)
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#link?.drop()
    this.#conversation.fail(error)
    this.#opened.reject(error)
    // A requested close has succeeded, unless the connection was lost.
    if (error.code === 'SESSION_CLOSED') this.#over.resolve()
    else this.#over.reject(error)
    this.#state = 'closed'
    this.#host.onState?.('closed', this.id)
  }
}

/** What a complaint before the session is open means. */
function refusalOf(detail: string): ClientError {
  const about = { detail }
  if (/not found$/.test(detail)) return new ClientError('NOT_FOUND', detail, about)
  switch (detail) {
    case 'Invalid access key':
      return new ClientError('UNAUTHORIZED', 'the server does not know the key', about)
    case 'Unauthorized for this session':
      return new ClientError('FORBIDDEN', 'the session is another player’s', about)
    case 'Session already connected':
      return new ClientError('ALREADY_CONNECTED', 'the session is open on another connection', about)
    default:
      return new ClientError('SERVER_ERROR', detail, about)
  }
}
