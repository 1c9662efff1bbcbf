// One play socket: authentication, replay, opening, then frames in order until either side disconnects. No session is
// touched before the client is authenticated as its player.
import { AppError } from '../../kernel/errors.ts'
import { describeIssue } from '../../kernel/parse.ts'
import { ClientFrame, type ServerFrame } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import type { SocketConnection } from '../../transport/connection.ts'
import { Inbox, type InboxFrame } from '../../transport/inbox.ts'
import type { Follower, Turn } from './followers.ts'
import { replayFrame } from './frames.ts'
import type { LiveSession } from './live-session.ts'
import { isStoreFault } from './quarantine.ts'
import type { SessionRegistry } from './registry.ts'

/** The owner of a key. */
export type Identity =
  | { readonly kind: 'player'; readonly id: string }
  | { readonly kind: 'spectator' }
  /** No key is required: the id of a session is enough to play it. */
  | { readonly kind: 'anybody' }

export interface PlayHost {
  readonly registry: SessionRegistry
  readonly log: SessionLog
  /** Undefined: the key is unknown. Spectators' keys open one session. */
  identify(key: string, sessionId: string): Promise<Identity | undefined>
  readonly requiresKey: boolean
  readonly onFault: (what: string, error: unknown) => void
}

/** Time limit for authentication. */
const AUTH_MS = 30_000
/** Time for a session's old socket to prove that it is alive when a new one connects. */
const PROBE_MS = 1000

/** Maximum characters of one frame. */
const MAX_FRAME = 64 * 1024
/**
 * Maximum bytes of a received frame: large enough that a frame that is too long gets an answer instead of a disconnect.
 */
export const MAX_RECEIVED_BYTES = 256 * 1024

export interface PlayRequestLine {
  readonly sessionId: string
  /** Key of the Authorization header. */
  readonly bearer: string | undefined
  /** Whether to send token frames: `?stream=1`. */
  readonly streams: boolean
}

export class PlaySocket implements Follower {
  readonly #socket: SocketConnection
  readonly #host: PlayHost
  readonly #line: PlayRequestLine
  readonly #frames: Inbox
  streams: boolean
  /** Turns that ended while the replay was being read. */
  #held: Turn[] | undefined
  /** Events of the replay, until the next turn. */
  readonly #replayed = new Set<string>()
  #isWatching = false
  /** The session that the player converses with. */
  #session: LiveSession | undefined

  constructor(socket: SocketConnection, host: PlayHost, line: PlayRequestLine) {
    this.#socket = socket
    this.#host = host
    this.#line = line
    this.streams = line.streams
    this.#frames = new Inbox(socket, (frame) => this.#overflow(frame))
    socket.onBinary(() => {
      this.#fail('Binary frames are not accepted')
    })
  }

  /** Serves the socket until it is closed. Never rejects. */
  async serve(): Promise<void> {
    try {
      const identity = await this.#identify()
      if (!identity) return
      if (identity.kind === 'spectator') await this.#watch()
      else await this.#play(identity)
    } catch (error) {
      if (this.#socket.isOpen) this.#host.onFault('session.socket_failed', error)
      this.#fail(detailOf(error))
    }
  }

  async #identify(): Promise<Identity | undefined> {
    if (!this.#host.requiresKey) return { kind: 'anybody' }
    let key = this.#line.bearer
    if (key === undefined) {
      const first = await this.#frames.next(AUTH_MS)
      if (!first) {
        this.#fail('No authentication was sent in time')
        return undefined
      }
      const parsed = readFrame(first.text)
      if ('fault' in parsed || parsed.frame.type !== 'auth') {
        this.#fail('Invalid access key')
        return undefined
      }
      key = parsed.frame.api_key
      this.streams ||= parsed.frame.stream
    }
    const identity = await this.#host.identify(key, this.#line.sessionId)
    if (!identity) this.#fail('Invalid access key')
    return identity
  }

  async #play(identity: Identity): Promise<void> {
    const { sessionId } = this.#line
    const { registry, log } = this.#host
    const header = await log.header(sessionId)
    if (!header) return this.#fail(`Session ${sessionId} not found`)
    if (identity.kind === 'player' && header.player_id !== identity.id)
      return this.#fail('Unauthorized for this session')
    const connection = {
      probe: () => this.#socket.probe(PROBE_MS),
      drop: (error?: unknown) => (error === undefined ? this.#socket.terminate() : this.#fail(detailOf(error))),
    }
    const found = await registry.connect(sessionId, connection)
    if (found.kind === 'taken') return this.#fail('Session already connected')
    if (found.kind === 'absent') {
      const now = await log.find(sessionId)
      if (now?.standing === 'closed') return this.#serveClosed(now.header.turns_completed)
      return this.#fail(`Session ${sessionId} not found`)
    }
    const { session } = found
    session.follow(this)
    // At once, not after the current turn: the player may reconnect before that.
    this.#socket.onClose(() => {
      session.unfollow(this)
      void registry.disconnect(session, connection)
    })
    await this.#converse(session)
  }

  async #converse(session: LiveSession): Promise<void> {
    this.#session = session
    const isResumed = session.isPaused
    if (isResumed) await session.resume()
    this.#sendMeta(session)
    if (isResumed) await this.#replay(session.turns)
    // A player that has left gets no opening; the next connection gets it.
    if (!this.#socket.isOpen) return
    if (!session.hasBegun && !session.exited) await session.begin()
    for (;;) {
      const next = await this.#frames.next()
      if (!next) return
      session.touch()
      const goesOn = await this.#answer(session, next)
      if (!goesOn) return
    }
  }

  /** @returns false when the conversation is over */
  async #answer(session: LiveSession, { text, at }: { text: string; at: number }): Promise<boolean> {
    const parsed = readFrame(text)
    if ('fault' in parsed) {
      this.#send({ type: 'error', detail: parsed.fault })
      return true
    }
    const { frame } = parsed
    switch (frame.type) {
      case 'auth':
        return true
      case 'status':
        this.#sendStatus(session)
        return true
      case 'advance':
        await session.settled()
        if (session.exited) this.#send({ type: 'error', detail: 'Session is closed' })
        // Frames of the turn come through `turn`, as they do for every follower.
        else await session.say(frame.text, at)
        return true
      case 'close':
        await session.exit('received close request')
        this.#send({ type: 'closed', session_id: session.facts.id })
        this.#socket.close(1000)
        return false
    }
  }

  /** A session that is over only answers status requests. */
  async #serveClosed(turns: number): Promise<void> {
    const { sessionId } = this.#line
    const header = await this.#host.log.header(sessionId)
    if (!header) return
    this.#send(metaFrame(sessionId, header.pc_hid ?? '', header.npc_hid ?? ''))
    for (;;) {
      const next = await this.#frames.next()
      if (!next) return
      const parsed = readFrame(next.text)
      if ('fault' in parsed) this.#send({ type: 'error', detail: parsed.fault })
      else if (parsed.frame.type === 'advance') this.#send({ type: 'error', detail: 'Session is closed' })
      else if (parsed.frame.type === 'status') {
        this.#send({ type: 'status', session_id: sessionId, status: 'closed', turns, exited: true })
      } else if (parsed.frame.type === 'close') {
        this.#send({ type: 'closed', session_id: sessionId })
        this.#socket.close(1000)
        return
      }
    }
  }

  /** A spectator: sees past and new messages, and cannot send any. */
  async #watch(): Promise<void> {
    const { sessionId } = this.#line
    const { registry, log } = this.#host
    const header = await log.header(sessionId)
    if (!header) return this.#fail(`Session ${sessionId} not found`)
    this.#isWatching = true
    const session = registry.peek(sessionId)
    const leave = registry.watch(sessionId, this)
    try {
      this.#send(metaFrame(sessionId, header.pc_hid ?? '', header.npc_hid ?? ''))
      await this.#replay(session?.turns ?? header.turns_completed)
      for (;;) {
        const next = await this.#frames.next()
        if (!next) return
        this.#send({ type: 'error', detail: 'This key may only watch' })
      }
    } finally {
      leave()
    }
  }

  /** @param turns number of complete turns before the events are read */
  async #replay(turns: number): Promise<void> {
    const { sessionId } = this.#line
    this.#send({ type: 'replay_start', session_id: sessionId })
    this.#held = []
    for (const event of await this.#host.log.events(sessionId)) {
      const frame = replayFrame(event)
      if (!frame) continue
      this.#replayed.add(event.event_id)
      this.#send(frame)
      // A long transcript is sent as fast as the client reads it.
      if (this.#socket.isBehind) await this.#socket.whenDrained()
    }
    const held = this.#held
    this.#held = undefined
    const shown = held.filter((turn) => turn.frames.some((frame) => this.#isReplayed(frame)))
    this.#send({ type: 'replay_end', session_id: sessionId, turns: shown.at(-1)?.turns ?? turns })
    for (const turn of held) if (!shown.includes(turn)) this.turn(turn)
  }

  #isReplayed(frame: ServerFrame): boolean {
    return 'event_id' in frame && frame.event_id !== null && this.#replayed.has(frame.event_id)
  }

  turn(turn: Turn): void {
    if (this.#held) {
      this.#held.push(turn)
      return
    }
    // A turn that was durable when the replay was read, but completed only afterwards, has been shown without its end.
    const heard = this.#isWatching ? turn.heard : []
    for (const frame of [...heard, ...turn.frames]) if (!this.#isReplayed(frame)) this.#send(frame)
    this.#replayed.clear()
    this.#send({ type: 'turn_end', session_id: this.#line.sessionId, turns: turn.turns, exited: turn.exited })
  }

  stream(frame: ServerFrame): void {
    if (this.streams) this.#send(frame)
  }

  #sendStatus(session: LiveSession): void {
    const { facts, status, turns, exited } = session
    this.#send({ type: 'status', session_id: facts.id, status, turns, exited })
  }

  /**
   * Answers a frame that finds the inbox full, as when a client polls while a model takes its time. A status is answered
   * at once, out of order; anything else is refused.
   */
  #overflow({ text }: InboxFrame): boolean {
    const parsed = readFrame(text)
    if (this.#session && 'frame' in parsed && parsed.frame.type === 'status') {
      this.#sendStatus(this.#session)
      return true
    }
    this.#send({ type: 'error', detail: 'Too many frames are waiting; this one was dropped' })
    return false
  }

  #sendMeta({ facts }: LiveSession): void {
    this.#send(metaFrame(facts.id, facts.pcHid, facts.npcHid))
  }

  #send(frame: ServerFrame): void {
    this.#socket.send(JSON.stringify(frame))
  }

  #fail(detail: string): void {
    this.#send({ type: 'error', detail })
    this.#socket.close(1000)
  }
}

function metaFrame(id: string, pc: string, npc: string): ServerFrame {
  return { type: 'session_meta', session_id: id, pc_hid: pc, npc_hid: npc, has_game_feedback: false }
}

/** What a player learns about a fault: whether to retry, but not its cause. */
function detailOf(error: unknown): string {
  const isBusy = error instanceof AppError && (error.status === 503 || error.code === 'QUEUE_FULL')
  return isBusy || isStoreFault(error) ? 'Service unavailable; connect again in a moment' : 'Internal server error'
}

const FRAME_TYPES = ['auth', 'advance', 'status', 'close'] as const

/** A frame, or the reason to refuse it. */
function readFrame(text: string): { frame: ClientFrame } | { fault: string } {
  if (text.length > MAX_FRAME) return { fault: `Frame too large: at most ${MAX_FRAME} characters` }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { fault: 'Malformed JSON payload' }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { fault: 'Frame must be a JSON object' }
  const type: unknown = 'type' in json ? json.type : undefined
  // Checked before the schema, whose error report is costly: a flood of such frames must be cheap.
  if (!FRAME_TYPES.some((known) => known === type)) {
    // Converting an object to text could run code or recursion that the client chose.
    if (type === undefined) return { fault: `Frame has no type; the types are ${FRAME_TYPES.join(', ')}` }
    const shown = typeof type === 'object' && type !== null ? 'an object' : String(type)
    return { fault: `Unknown frame type: ${shown.slice(0, 100)}` }
  }
  const parsed = ClientFrame.safeParse(json)
  if (parsed.success) return { frame: parsed.data }
  // The player has authenticated by now, so `auth` is unknown here even when it is malformed.
  if (type === 'auth') return { fault: 'Unknown frame type: auth' }
  return { fault: describeIssue(parsed.error, 'frame') }
}
