import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { createHttpServer } from './http.ts'
import { listen } from './listen.ts'

const IDLE_MS = 2000
const BIG = Buffer.alloc(32 * 1024 * 1024, 'x')

const server = createHttpServer(
  (request, response) => {
    if (request.url === '/big') response.end(BIG)
    else if (request.url === '/slow')
      drip(
        0,
        (text) => response.write(text),
        () => response.end('end'),
      )
    else if (request.url === '/quick') response.end('quick')
  },
  { idleMs: IDLE_MS, checkEveryMs: 100 },
)
let port = 0
before(async () => {
  port = (await listen(server, { host: '127.0.0.1', port: 0 })).port
})
after(() => server.close())

/** Nine parts, half a second apart: more than twice the limit in all. */
function drip(sent: number, write: (text: string) => void, end: () => void): void {
  if (sent === 9) {
    end()
    return
  }
  write(`part ${sent} `)
  setTimeout(() => drip(sent + 1, write, end), 500)
}

const ask = (socket: Socket, path: string): boolean => socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)

test('idle connections: a request that is never answered ends its connection', async () => {
  const socket = connect(port, '127.0.0.1')
  ask(socket, '/never')
  socket.resume()
  await once(socket, 'close', { signal: AbortSignal.timeout(60_000) })
})

test('idle connections: an answer that is not read ends its connection, also after a quick one on the same', async () => {
  const socket = connect(port, '127.0.0.1')
  const connection = once(server, 'connection')
  ask(socket, '/quick')
  await once(socket, 'data')
  socket.pause()
  ask(socket, '/big')
  const [served] = (await connection) as [Socket]
  await once(served, 'close', { signal: AbortSignal.timeout(60_000) })
  assert.equal(served.writableFinished, false)
  socket.destroy()
})

test('idle connections: one that goes on is not cut off, and its connection stays open between requests', async () => {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part) => {
    text += part
  })
  const seen = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) await once(socket, 'data', { signal: AbortSignal.timeout(60_000) })
  }
  ask(socket, '/slow')
  await seen(/part 8 .*end.*\r\n0\r\n\r\n$/s)
  // The limit does not count while nothing is awaited.
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS + 1500))
  assert.equal(socket.destroyed, false)
  ask(socket, '/quick')
  await seen(/quick$/)
  socket.destroy()
})
