// The connection from a platform to a commissioner: a WebSocket to a remote service, or a session in this process.
import { WebSocket } from 'ws'
import { AppError } from '../kernel/errors.ts'
import type { Commissioner, Draw } from './commissioner/commissioner.ts'
import { RoundSession, type SessionAction } from './commissioner/round-session.ts'
import { MAX_FRAME_BYTES } from './commissioner/wire.ts'

export interface ChannelListener {
  onText(text: string): void
  /** Called once; no further calls follow. */
  onClose(code: number, reason: string): void
}

/** One conversation with a commissioner. */
export interface Channel {
  send(text: string): void
  /** Closes it; the listener is notified. */
  close(): void
}

/** Opens a conversation. Rejects if the commissioner cannot be reached. */
export type OpenChannel = (listener: ChannelListener) => Promise<Channel>

/** Time limit for connecting, and for answering a close, in milliseconds. */
const CONNECT_MS = 10_000
/** Milliseconds without a pong after which a commissioner counts as disconnected. */
const SILENT_MS = 60_000

/**
 * Connects to `WS /round` of a service.
 * @param url such as `http://127.0.0.1:8080`
 */
export function socketChannel(url: string): OpenChannel {
  const target = new URL('round', url.endsWith('/') ? url : `${url}/`)
  target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:'
  return (listener) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(target, { handshakeTimeout: CONNECT_MS, maxPayload: MAX_FRAME_BYTES })
      let isAlive = true
      const heart = setInterval(() => {
        if (!isAlive) return socket.terminate()
        isAlive = false
        if (socket.readyState === WebSocket.OPEN) socket.ping()
      }, SILENT_MS / 2)
      socket.on('pong', () => {
        isAlive = true
      })
      socket.on('message', (data: Buffer) => {
        isAlive = true
        listener.onText(data.toString('utf8'))
      })
      socket.on('error', (cause) => {
        reject(
          new AppError('COMMISSIONER_FAILED', `the commissioner at ${url} cannot be reached: ${cause.message}`, {
            cause,
          }),
        )
      })
      socket.on('close', (code, reason) => {
        clearInterval(heart)
        listener.onClose(code, reason.toString('utf8'))
      })
      socket.once('open', () =>
        resolve({
          send: (text) => socket.send(text, () => undefined),
          close: () => {
            socket.close(1000)
            setTimeout(() => socket.terminate(), CONNECT_MS).unref()
          },
        }),
      )
    })
}

/** A commissioner in this process, with the same frames. */
export function localChannel(commissioner: Commissioner, draw: Draw): OpenChannel {
  return (listener) => {
    const session = new RoundSession({ commissioner, draw, now: Date.now })
    const timers = new Set<NodeJS.Timeout>()
    let isClosed = false
    const end = (code: number, reason: string): void => {
      if (isClosed) return
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
      listener.onClose(code, reason)
    }
    const perform = (work: () => readonly SessionAction[]): void => {
      // Never synchronously within the caller's call, like a socket.
      queueMicrotask(() => {
        if (isClosed) return
        try {
          for (const action of work()) {
            if (action.kind === 'send') listener.onText(JSON.stringify(action.message))
            else if (action.kind === 'close') end(action.code, action.reason)
            else timers.add(setTimeout(() => perform(() => session.expire(action.name)), action.seconds * 1000))
          }
        } catch (error) {
          end(1011, error instanceof Error ? error.message : String(error))
        }
      })
    }
    return Promise.resolve({
      send: (text) => perform(() => session.receive(text)),
      close: () => queueMicrotask(() => end(1000, '')),
    })
  }
}
