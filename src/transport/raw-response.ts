// A whole HTTP answer on a bare stream: for handshakes and for requests that Node's parser could not read.
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WrittenFailure } from './failure-styles.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Milliseconds that a client has to take the answer before the connection is cut. */
const LINGER_MS = 2000

/** Answers, and ends the connection. Does nothing on a stream that has ended. Never throws. */
export function respondRaw(stream: Duplex, { status, body, headers }: WrittenFailure): void {
  if (!stream.writable) {
    stream.destroy()
    return
  }
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ ...SECURITY_HEADERS, ...headers }).map(([name, value]) => `${name}: ${value}`),
  ]
  stream.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
  // Further input of the client is read and dropped: unread bytes would turn the close into a reset.
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), LINGER_MS)
  stream.once('close', () => clearTimeout(timer))
}
