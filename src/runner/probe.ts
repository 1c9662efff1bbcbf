// Probes a running game from outside: pages by HTTP, sockets by WebSocket. A finding is data, never an exception;
// episode-run.ts and certify.ts decide what a failed one means.
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** The finding of a probe. `status` is the HTTP status, if there was one. */
export type Finding =
  | { readonly ok: true; readonly status?: number }
  | { readonly ok: false; readonly reason: string; readonly status?: number; readonly isTimeout: boolean }

export interface ProbeLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Messages closer together than this count as one, in milliseconds. */
const MOMENT_MS = 100
/** Larger first frames are refused, so that a game cannot exhaust the machine's memory. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024

/** `GET url`: every 2xx is accepted. Redirects are not followed and count as faults. */
export async function probePage(url: string, limits: ProbeLimits): Promise<Finding> {
  try {
    const signal = AbortSignal.any([limits.signal, AbortSignal.timeout(limits.timeoutMs)])
    const response = await fetch(url, { redirect: 'manual', signal })
    await response.body?.cancel()
    const { status } = response
    return response.ok
      ? { ok: true, status }
      : { ok: false, status, reason: `answered HTTP ${status}`, isTimeout: false }
  } catch (error) {
    return unreachable(error, limits.timeoutMs)
  }
}

export interface HealthLimits extends ProbeLimits {
  /** Called before each poll: a reason to give up, such as a game that has already exited. */
  giveUp(): string | undefined
}

/** Milliseconds for one request of a poll. */
const ATTEMPT_MS = 1000

/** Polls `<url>/healthz` every 0.2 s until it answers exactly 200, each request at most 1 s. */
export async function pollHealth(url: string, limits: HealthLimits): Promise<Finding> {
  const deadline = performance.now() + limits.timeoutMs
  let last: string | undefined
  while (performance.now() < deadline && !limits.signal.aborted) {
    const reason = limits.giveUp()
    if (reason !== undefined) return { ok: false, reason, isTimeout: false }
    const timeoutMs = Math.max(1, Math.ceil(Math.min(ATTEMPT_MS, deadline - performance.now())))
    const finding = await probePage(`${url}/healthz`, { timeoutMs, signal: limits.signal })
    if (finding.status === 200) return finding
    // An attempt that the deadline cut short says less than the one before it.
    const isCut = !finding.ok && finding.isTimeout && timeoutMs < ATTEMPT_MS
    if (last === undefined || !isCut) {
      last = finding.ok ? `answered HTTP ${finding.status}, and only 200 counts` : finding.reason
    }
    await sleep(200, undefined, { signal: limits.signal }).catch(() => undefined)
  }
  return {
    ok: false,
    reason: `not healthy after ${limits.timeoutMs / 1000} s: ${last ?? 'no answer'}`,
    isTimeout: true,
  }
}

/**
 * Opens a WebSocket that must be refused in the handshake: with status 401 or 403, or by closing the connection. A
 * socket that opens counts as accepted, whatever happens to it afterwards.
 */
export async function probeRefusal(url: string, limits: ProbeLimits): Promise<Finding> {
  const handshake = await shakeHands(url, limits)
  switch (handshake.kind) {
    case 'open':
      handshake.socket.terminate()
      return { ok: false, reason: 'bad player token was accepted', isTimeout: false }
    case 'status': {
      const { status } = handshake
      if (status === 401 || status === 403) return { ok: true, status }
      return { ok: false, status, reason: `refused with HTTP ${status} instead of 403`, isTimeout: false }
    }
    case 'broken':
      return handshake.isRefusal
        ? { ok: true }
        : { ok: false, reason: handshake.reason, isTimeout: handshake.isTimeout }
  }
}

export interface MessageLimits extends ProbeLimits {
  /** How long to wait for the first message once the socket is open, in milliseconds. */
  readonly messageMs: number
}

/** Opens a websocket and waits for its first message, which must not be empty. */
export async function probeMessage(url: string, limits: MessageLimits): Promise<Finding> {
  const handshake = await shakeHands(url, limits)
  if (handshake.kind !== 'open') return brokenHandshake(handshake)
  const { socket, first } = handshake
  const timer = new AbortController()
  const late = sleep(limits.messageMs, undefined, { signal: AbortSignal.any([timer.signal, limits.signal]) }).then(
    (): Finding => ({ ok: false, reason: `sent no message within ${limits.messageMs / 1000} s`, isTimeout: true }),
    (): Finding => ({ ok: false, reason: 'broken off', isTimeout: false }),
  )
  const finding = await Promise.race([first, late])
  timer.abort()
  socket.terminate()
  return finding
}

/** A player connection that is kept open and read. */
export interface Conversation {
  /** Number of messages so far. */
  readonly count: number
  /** Tenths of a second in which messages arrived: messages sent at once count once. */
  readonly moments: number
  /** The fault of the first message that is not JSON text; undefined if there was none. */
  readonly oddity: string | undefined
  /** Close code, once closed. */
  readonly closed: number | undefined
  /** Closes the connection and waits for that, at most one second. */
  hangUp(): Promise<void>
}

/** Opens a websocket and listens to it. */
export async function openConversation(url: string, limits: ProbeLimits): Promise<Conversation | Finding> {
  const heard = new Heard()
  const handshake = await shakeHands(url, limits, (socket) => heard.attach(socket))
  return handshake.kind === 'open' ? heard : brokenHandshake(handshake)
}

class Heard implements Conversation {
  count = 0
  moments = 0
  oddity: string | undefined
  closed: number | undefined
  #socket: WebSocket | undefined
  #momentAt = Number.NEGATIVE_INFINITY

  attach(socket: WebSocket): void {
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      this.count++
      const now = performance.now()
      if (now - this.#momentAt >= MOMENT_MS) {
        this.moments++
        this.#momentAt = now
      }
      this.oddity ??= isBinary ? 'a binary frame' : oddityOf(data.toString())
    })
    socket.once('close', (code) => {
      this.closed = code
    })
  }

  async hangUp(): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || this.closed !== undefined) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => socket.terminate(), 1000)
      socket.once('close', () => {
        clearTimeout(late)
        resolve()
      })
      socket.close(1000)
    })
  }
}

function oddityOf(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    return `text that is not JSON: ${JSON.stringify(text.slice(0, 60))}`
  }
}

type Handshake =
  | { readonly kind: 'open'; readonly socket: WebSocket; readonly first: Promise<Finding> }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'broken'; readonly reason: string; readonly isTimeout: boolean; readonly isRefusal: boolean }

function shakeHands(
  url: string,
  { timeoutMs, signal }: ProbeLimits,
  attach: (socket: WebSocket) => void = () => undefined,
): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { handshakeTimeout: timeoutMs, maxPayload: MAX_FRAME_BYTES })
    // Registered first, because the first message may arrive with the handshake.
    const first = firstMessage(socket)
    attach(socket)
    const abort = (): void => socket.terminate()
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    const settle = (handshake: Handshake): void => {
      if (handshake.kind !== 'open') signal.removeEventListener('abort', abort)
      resolve(handshake)
    }
    socket.once('close', () => signal.removeEventListener('abort', abort))
    socket.once('open', () => settle({ kind: 'open', socket, first }))
    socket.once('unexpected-response', (request, response) => {
      request.destroy()
      settle({ kind: 'status', status: response.statusCode ?? 0 })
    })
    socket.on('error', (error) => settle(brokenBy(error)))
  })
}

function firstMessage(socket: WebSocket): Promise<Finding> {
  return new Promise((resolve) => {
    socket.once('message', (message) => {
      const size = Array.isArray(message) ? message.length : message.byteLength
      resolve(size > 0 ? { ok: true } : { ok: false, reason: 'empty message', isTimeout: false })
    })
    socket.once('close', (code) => {
      resolve({ ok: false, reason: `closed with code ${code} before any message`, isTimeout: false })
    })
  })
}

/** Distinguishes a server that aborts the handshake, which is a refusal, from one that is missing or silent. */
function brokenBy(error: Error): Handshake {
  const code = 'code' in error ? String(error.code) : ''
  const isTimeout = error.message.includes('timed out')
  const isUnreachable = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/.test(code)
  const isAborted = error.message.includes('closed before the connection was established')
  const reason = error.message === '' ? code : error.message
  return { kind: 'broken', reason, isTimeout, isRefusal: !isTimeout && !isUnreachable && !isAborted }
}

function brokenHandshake(handshake: Exclude<Handshake, { kind: 'open' }>): Finding {
  if (handshake.kind === 'status') {
    const { status } = handshake
    return { ok: false, status, reason: `handshake answered HTTP ${status}`, isTimeout: false }
  }
  return { ok: false, reason: handshake.reason, isTimeout: handshake.isTimeout }
}

function unreachable(error: unknown, timeoutMs: number): Finding {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  if (isTimeout) return { ok: false, reason: `no answer within ${timeoutMs / 1000} s`, isTimeout }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return { ok: false, reason: `no answer: ${code}`, isTimeout: false }
}
