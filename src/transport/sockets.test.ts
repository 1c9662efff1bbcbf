import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { AppError } from '../kernel/errors.ts'
import { closeAll, closeServer } from './close.ts'
import type { ConnectionLimits, SocketConnection } from './connection.ts'
import { encodeFrame } from './frames.ts'
import { createHttpServer } from './http.ts'
import { Inbox } from './inbox.ts'
import { OriginPolicy } from './origins.ts'
import { TrustedProxies } from './proxies.ts'
import { type SocketLimits, Sockets } from './sockets.ts'
import { type UpgradeRoute, UpgradeRouter } from './upgrade-router.ts'

interface Rig extends AsyncDisposable {
  readonly port: number
  readonly sockets: Sockets
  readonly faults: unknown[]
  /** Opens a client of a path. */
  open(path: string, headers?: Record<string, string>): WebSocket
  raw(text: string): Socket
}

async function rig(routes: readonly UpgradeRoute[], limits: Partial<SocketLimits> = {}): Promise<Rig> {
  const faults: unknown[] = []
  const onFault = (error: unknown): void => void faults.push(error)
  const sockets = new Sockets({ limits, onFault })
  const router = new UpgradeRouter({ sockets, origins: new OriginPolicy(), proxies: new TrustedProxies(), onFault })
  for (const route of routes) router.add(route)
  const server: Server = createHttpServer((_request, response) => void response.end('plain'))
  router.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    sockets,
    faults,
    open: (path, headers) => new WebSocket(`ws://127.0.0.1:${port}${path}`, { ...(headers ? { headers } : {}) }),
    raw(text) {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.on('error', () => socket.destroy())
      return socket
    },
    [Symbol.asyncDispose]: () => closeServer(server, sockets),
  }
}

const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
const shake = (target: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${HANDSHAKE}${more}\r\n`

/** Status line and body of the answer to a raw request. */
async function answer(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part) => {
    text += part
  })
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  return text
}

async function until(what: string, isTrue: () => boolean, withinMs = 10_000): Promise<void> {
  const endAt = performance.now() + withinMs
  while (!isTrue()) {
    assert.ok(performance.now() < endAt, `not in ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function refusalOf(client: WebSocket): Promise<number> {
  const [, response] = await once(client, 'unexpected-response')
  response.resume()
  return response.statusCode
}

const echo: UpgradeRoute = {
  pattern: '/echo',
  authorize: () => (connection) => connection.onText((text) => connection.send(text)),
}

/** A route whose connections a test keeps. */
function keeping(into: SocketConnection[], pattern = '/keep'): UpgradeRoute {
  return { pattern, authorize: () => (connection) => void into.push(connection) }
}

test('transport: malformed handshake targets get 400, and the server answers the next client', async () => {
  await using server = await rig([echo])
  const targets = ['//', '/\\', 'http://[', 'http://a/echo', `/${'a'.repeat(5000)}`, '/%', '/%zz', '/a%0d%0ab']
  for (const target of targets)
    assert.match(await answer(server.raw(shake(target))), /^HTTP\/1.1 400 .*"BAD_REQUEST"/s, target)
  assert.match(await answer(server.raw(shake('/none'))), /^HTTP\/1.1 404 .*"NOT_FOUND"/s)
  const client = server.open('/echo')
  await once(client, 'open')
  client.send('hello')
  assert.equal(String((await once(client, 'message'))[0]), 'hello')
  assert.deepEqual(server.faults, [])
})

test('transport: a reset while a route decides leaves the server alive and opens nothing', async () => {
  let opened = 0
  const decided: (() => void)[] = []
  const slow: UpgradeRoute = {
    pattern: '/slow',
    async authorize() {
      await new Promise<void>((resolve) => decided.push(resolve))
      return () => void opened++
    },
  }
  await using server = await rig([slow, echo])
  for (let round = 0; round < 20; round++) {
    const socket = server.raw(shake('/slow'))
    await until('the route was asked', () => decided.length === round + 1)
    socket.resetAndDestroy()
  }
  const client = server.open('/echo')
  await once(client, 'open')
  for (const decide of decided) decide()
  client.send('x')
  await once(client, 'message')
  assert.equal(opened, 0)
})

test('transport: origin and limits are checked before a route runs, and errors of a route are answered', async () => {
  let asked = 0
  const route: UpgradeRoute = {
    pattern: '/strict',
    authorize() {
      asked++
      throw new AppError('TOKEN_REFUSED', 'no')
    },
  }
  const broken: UpgradeRoute = { pattern: '/broken', authorize: () => Promise.reject(new TypeError('secret detail')) }
  await using server = await rig([route, broken, { ...route, pattern: '/any', origins: 'any' }])
  assert.equal(await refusalOf(server.open('/strict', { origin: 'http://evil.example' })), 403)
  assert.equal(asked, 0)
  assert.equal(await refusalOf(server.open('/strict')), 403)
  assert.equal(await refusalOf(server.open('/any', { origin: 'http://evil.example' })), 403)
  assert.equal(asked, 2)
  const text = await answer(server.raw(shake('/broken')))
  assert.match(text, /^HTTP\/1.1 500 .*INTERNAL_ERROR/s)
  assert.doesNotMatch(text, /secret/)
  assert.equal(server.faults.length, 1)
})

test('transport: a handshake that is not decided in time gets 408; one beyond the limit gets 503', async () => {
  const never: UpgradeRoute = { pattern: '/never', authorize: () => new Promise(() => undefined) }
  await using server = await rig([never, keeping([])], { handshakeMs: 1000, connections: 2 })
  assert.match(await answer(server.raw(shake('/never'))), /^HTTP\/1.1 408 .*REQUEST_TIMEOUT/s)
  for (let each = 0; each < 2; each++) await once(server.open('/keep'), 'open')
  assert.equal(await refusalOf(server.open('/keep')), 503)
})

test('transport: other upgrades than websocket are plain requests', async () => {
  await using server = await rig([echo])
  const socket = server.raw('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n')
  assert.match(await answer(socket), /200 OK.*plain/s)
})

test('transport: texts of any length arrive unchanged and in order, from one frame to many receivers', async () => {
  const texts = ['', 'a', 'é'.repeat(63), '界'.repeat(400), 'x'.repeat(70_000), '{"done":true}']
  const route: UpgradeRoute = {
    pattern: '/texts',
    authorize: () => (connection) => {
      for (const text of texts) connection.send(encodeFrame(text))
      connection.send(Buffer.from('bytes'))
      connection.close(1000)
    },
  }
  await using server = await rig([route])
  const seen = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = server.open('/texts')
      const got: string[] = []
      client.on('message', (bytes) => got.push(String(bytes)))
      await once(client, 'close')
      return got
    }),
  )
  for (const got of seen) assert.deepEqual(got, [...texts, 'bytes'])
})

const TIGHT: ConnectionLimits = {
  snapshotBytes: 128 * 1024,
  pauseBytes: 128 * 1024,
  maxBytes: 64 * 1024 * 1024,
  stallMs: 60_000,
  closeMs: 1000,
}

test('transport: a slow reader skips to the newest snapshot, and gets it before later messages', async () => {
  const open: SocketConnection[] = []
  await using server = await rig([keeping(open)], { connection: TIGHT })
  const client = server.open('/keep')
  const seen: number[] = []
  client.on('message', (bytes) => seen.push(JSON.parse(String(bytes)).n))
  await once(client, 'open')
  client.pause()
  const fill = 'x'.repeat(64 * 1024)
  const connection = open[0]!
  for (let n = 0; n < 1000; n++) connection.sendSnapshot(JSON.stringify({ n, fill }))
  assert.ok(connection.queuedBytes < 1024 * 1024, `${connection.queuedBytes} bytes wait`)
  connection.send(JSON.stringify({ n: 5000 }))
  client.resume()
  await until('the last message', () => seen.at(-1) === 5000)
  assert.equal(seen.at(-2), 999)
  assert.ok(seen.length < 500)
})

test('transport: the server stops reading from a client that does not read, and later drops it', async () => {
  const open: SocketConnection[] = []
  let answered = 0
  const route: UpgradeRoute = {
    pattern: '/flood',
    authorize: () => (connection) => {
      open.push(connection)
      connection.onText(() => {
        answered++
        connection.send('x'.repeat(1000))
      })
    },
  }
  await using server = await rig([route], { connection: { ...TIGHT, stallMs: 2000 } })
  const client = server.open('/flood')
  await once(client, 'open')
  client.pause()
  client.on('error', () => undefined)
  for (let n = 0; n < 200_000; n++) client.send('{"type":"status"}')
  await until('the client is dropped', () => server.sockets.size === 0, 20_000)
  assert.ok(answered < 20_000, `${answered} frames were answered`)
  client.terminate()
})

test('transport: a flood of pings by a client that does not read costs nothing', async () => {
  const open: SocketConnection[] = []
  await using server = await rig([keeping(open)], { connection: TIGHT })
  const client = server.open('/keep')
  await once(client, 'open')
  client.pause()
  client.on('error', () => undefined)
  for (let n = 0; n < 100_000; n++) client.ping('x'.repeat(100))
  await new Promise((resolve) => setTimeout(resolve, 1000))
  assert.ok(open[0]!.queuedBytes < 1024 * 1024, `${open[0]!.queuedBytes} bytes wait`)
  client.terminate()
})

test('transport: the heartbeat drops silent clients and keeps those that poll a busy reader', async () => {
  const overflow: string[] = []
  const route: UpgradeRoute = {
    pattern: '/busy',
    authorize: () => (connection) => {
      const inbox = new Inbox(connection, ({ text }) => {
        overflow.push(text)
        connection.send('full')
        return true
      })
      // Takes one frame and stays busy for ever, like a call to a model that does not answer.
      void inbox.next()
    },
  }
  await using server = await rig([route, keeping([])], { heartbeatMs: 1000 })
  const deaf = server.open('/keep')
  const poller = server.open('/busy')
  await Promise.all([once(deaf, 'open'), once(poller, 'open')])
  ;(deaf as unknown as { _autoPong: boolean })._autoPong = false
  const timer = setInterval(() => poller.send('status'), 20)
  await once(deaf, 'close', { signal: AbortSignal.timeout(10_000) })
  await new Promise((resolve) => setTimeout(resolve, 3000))
  clearInterval(timer)
  assert.equal(poller.readyState, poller.OPEN)
  assert.ok(overflow.length > 0)
  poller.terminate()
})

test('transport: an inbox yields frames in order, times out, and ends with the connection', async () => {
  const open: SocketConnection[] = []
  await using server = await rig([keeping(open)])
  const client = server.open('/keep')
  await once(client, 'open')
  const inbox = new Inbox(open[0]!, () => false, { frames: 3, maxFrames: 3, refused: 5 })
  assert.equal(await inbox.next(1), undefined)
  for (let n = 0; n < 4; n++) client.send(String(n))
  for (let n = 0; n < 3; n++) assert.equal((await inbox.next())?.text, String(n))
  for (let n = 0; n < 20; n++) client.send('x')
  const [code] = await once(client, 'close')
  assert.equal(code, 1008)
  for (let left = 0; left < 3; left++) await inbox.next()
  assert.equal(await inbox.next(), undefined)
})

test('transport: a handler that throws closes its own connection with 1011 and reports the fault', async () => {
  const route: UpgradeRoute = {
    pattern: '/throws',
    authorize: () => (connection) =>
      connection.onText(() => {
        throw new Error('handler')
      }),
  }
  await using server = await rig([route, echo])
  const client = server.open('/throws')
  await once(client, 'open')
  client.send('x')
  assert.equal((await once(client, 'close'))[0], 1011)
  assert.equal(server.faults.length, 1)
})

test('transport: binary frames close with 1003, overlong ones with 1009, and a server stop with 1012', async () => {
  await using server = await rig([echo, keeping([])])
  const closeOf = async (send: (client: WebSocket) => void): Promise<number> => {
    const client = server.open('/echo')
    await once(client, 'open')
    send(client)
    return (await once(client, 'close'))[0]
  }
  assert.equal(await closeOf((client) => client.send(Buffer.from('x'))), 1003)
  assert.equal(await closeOf((client) => client.send('x'.repeat(65 * 1024))), 1009)
  const stopping = closeOf(() => undefined)
  await until('it is open', () => server.sockets.size === 1)
  server.sockets.close()
  assert.equal(await stopping, 1012)
  assert.equal(await refusalOf(server.open('/echo')), 503)
})

test('transport: a part that fails or hangs does not prevent the rest from closing', async () => {
  const closed: string[] = []
  const faults = await closeAll(
    [
      { name: 'a', close: () => Promise.reject(new Error('disk')) },
      { name: 'b', close: () => void closed.push('b') },
      { name: 'c', close: () => new Promise(() => undefined) },
      { name: 'd', close: () => void closed.push('d') },
    ],
    1000,
  )
  assert.deepEqual(closed, ['b', 'd'])
  assert.deepEqual(
    faults.map(({ part }) => part),
    ['a', 'c'],
  )
})
