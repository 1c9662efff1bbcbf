// A live episode as its viewers follow it: messages are checked, broken connections are replaced, and the end is
// reported once.
import type { LiveMessage, ViewFrame } from '../protocol/live.ts'
import { isAsPromised, loadSchemas } from './check.ts'
import { ReconnectingSocket } from './reconnecting-socket.ts'

type Of<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>

/** Events for a follower. */
export interface LiveEvents {
  /** The connection stands, for the first time or again. */
  hello(message: Of<'hello'>): void
  frame(frame: ViewFrame): void
  status(message: Of<'status'>): void
  /** The episode is over or failed; nothing follows. */
  end(message: Of<'end'>): void
  /** The connection was lost; reconnecting. */
  lost(): void
  /** It cannot be followed: it has ended, or there is none. Nothing follows. */
  gone(): void
}

interface FollowOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether messages are taken as they come: the server is of this very build. Default false. */
  readonly isTrusted?: boolean | undefined
  /** Whether the server answers at all. Default: it does, so an episode whose socket fails three times is gone. */
  readonly isServerThere?: () => Promise<boolean>
}

const BACKOFF = { firstMs: 500, longestMs: 10_000 }
/** Failures one after another, of a server that answers, after which an episode counts as gone: it has ended meanwhile. */
const MAX_FAILURES = 3
const NORMAL = 1000
const FAILED = 1011

/**
 * One episode that is followed; `stop` ends it.
 *
 * @example
 * import type { LiveFollow } from 'paracosm/client'
 *
 * export const end = (follow: LiveFollow): void => follow.stop()
 */
export class LiveFollow {
  readonly #events: LiveEvents
  readonly #isServerThere: () => Promise<boolean>
  #socket: ReconnectingSocket | undefined
  #isStopped = false

  constructor(url: string, events: LiveEvents, options: FollowOptions = {}) {
    const { signal, isTrusted = false, isServerThere = () => Promise.resolve(true) } = options
    this.#events = events
    this.#isServerThere = isServerThere
    if (signal?.aborted) return
    signal?.addEventListener('abort', () => this.stop(), { once: true })
    loadReader(isTrusted).then(
      (read) => this.#connect(url, read),
      () => this.#events.gone(),
    )
  }

  #connect(url: string, read: Reader): void {
    if (this.#isStopped) return
    this.#socket = new ReconnectingSocket(url, BACKOFF, {
      text: (data) => this.#hear(read(data)),
      closed: (code, failures) => this.#closed(code, failures),
      isServerThere: this.#isServerThere,
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#socket?.stop()
  }

  #hear(message: LiveMessage | undefined): void {
    if (!message) return
    this.#socket?.isWell()
    switch (message.type) {
      case 'hello':
        this.#events.hello(message)
        break
      case 'frame':
        this.#events.frame(message.frame)
        break
      case 'status':
        this.#events.status(message)
        break
      case 'end':
        this.stop()
        this.#events.end(message)
        break
    }
  }

  #closed(code: number, failures: number): boolean {
    const isTriedAgain = code !== NORMAL && code !== FAILED && failures <= MAX_FAILURES
    if (isTriedAgain) this.#events.lost()
    else this.#events.gone()
    return isTriedAgain
  }
}

/** A message; undefined for what a later protocol may have. */
type Reader = (text: string) => LiveMessage | undefined

const TYPES: ReadonlySet<unknown> = new Set<LiveMessage['type']>(['hello', 'frame', 'status', 'end'])

/** @param isTrusted whether messages are taken as they come */
async function loadReader(isTrusted: boolean): Promise<Reader> {
  const schemas = isTrusted ? undefined : await loadSchemas()
  return (text) => {
    const message = readJson(text)
    if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
    if (message.type === 'frame') {
      return 'frame' in message && isViewFrame(message.frame) ? { type: 'frame', frame: message.frame } : undefined
    }
    if (schemas) return schemas.LiveMessage.safeParse(message).data
    return TYPES.has(message.type) && isAsPromised<LiveMessage>(message) ? message : undefined
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Whether a parsed value is a frame, with a shallow check: views of large worlds arrive twenty times per second, and
 * the schema would traverse all of them.
 */
function isViewFrame(value: unknown): value is ViewFrame {
  if (typeof value !== 'object' || value === null) return false
  const at = (key: string): unknown => Reflect.get(value, key)
  const isObject = (part: unknown): boolean => typeof part === 'object' && part !== null && !Array.isArray(part)
  return Number.isInteger(at('step')) && isObject(at('view')) && isObject(at('standing')) && Array.isArray(at('events'))
}
