// Probes against small servers that misbehave on purpose.
import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { until } from '../testing/until.ts'
import { openConversation, pollHealth, probeMessage, probePage, probeRefusal } from './probe.ts'
import { takeFreePort } from './runtime.ts'

const signal = new AbortController().signal
const limits = { timeoutMs: 400, signal }
const servers: Server[] = []

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** A server that answers every connection with these bytes and then closes it, or stays silent. */
const raw = (answer: string | undefined) =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined)
      if (answer !== undefined) socket.once('data', () => socket.end(answer))
    }),
  )

const status = (line: string) => raw(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)

let websockets = ''
before(async () => {
  const http = createHttpServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    if (request.url === '/huge') socket.send('x'.repeat(3 * 1024 * 1024))
    if (request.url === '/empty') socket.send('')
    if (request.url === '/at-once') socket.send('hello')
    if (request.url === '/closes') socket.close(1011)
  })
  websockets = await listen(http)
})
after(() => {
  for (const server of servers) server.close()
})

const REFUSALS: readonly (readonly [string, () => Promise<string>, boolean, RegExp])[] = [
  ['403 is a refusal', () => status('403 Forbidden'), true, /^$/],
  ['401 is a refusal', () => status('401 Unauthorized'), true, /^$/],
  ['500 is a fault', () => status('500 Oops'), false, /HTTP 500 instead of 403/],
  ['404 is a fault', () => status('404 No'), false, /HTTP 404/],
  ['200 is a fault', () => status('200 OK'), false, /HTTP 200/],
  ['a redirect is a fault', () => status('302 Found'), false, /HTTP 302/],
  ['hanging up is a refusal', () => raw(''), true, /^$/],
  [
    'a broken upgrade is a refusal',
    () =>
      raw(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n',
      ),
    true,
    /^$/,
  ],
  ['silence is a fault', () => raw(undefined), false, /timed out/],
  ['nobody there is a fault', async () => `127.0.0.1:${await takeFreePort()}`, false, /ECONNREFUSED/],
  ['an opened socket is a fault', async () => websockets, false, /bad player token was accepted/],
]
for (const [name, server, ok, reason] of REFUSALS) {
  test(`refusal: ${name}`, async () => {
    const finding = await probeRefusal(`ws://${await server()}/player`, limits)
    assert.equal(finding.ok, ok, JSON.stringify(finding))
    assert.match(finding.ok ? '' : finding.reason, reason)
  })
}

const MESSAGES: readonly (readonly [string, boolean, RegExp])[] = [
  ['/at-once', true, /^$/],
  ['/huge', true, /^$/],
  ['/empty', false, /empty message/],
  ['/silent', false, /no message within 0\.3 s/],
  ['/closes', false, /closed with code 1011/],
]
for (const [path, ok, reason] of MESSAGES) {
  test(`first message: ${path} ${ok ? 'is accepted' : 'is refused'}`, async () => {
    const finding = await probeMessage(`ws://${websockets}${path}`, { ...limits, timeoutMs: 2000, messageMs: 300 })
    assert.equal(finding.ok, ok, JSON.stringify(finding))
    assert.match(finding.ok ? '' : finding.reason, reason)
  })
}

test('conversation: messages are counted, the first anomaly is kept, and a refusal is a finding', async () => {
  const opened = await openConversation(`ws://${websockets}/at-once`, limits)
  assert.ok('count' in opened)
  await until('a first message', () => (opened.count === 0 ? undefined : true))
  assert.deepEqual([opened.moments, opened.closed], [1, undefined])
  await opened.hangUp()
  assert.ok(opened.closed !== undefined)
  const refused = await openConversation(`ws://${await status('403 Forbidden')}/x`, limits)
  assert.ok('ok' in refused && !refused.ok)
  assert.equal(refused.status, 403)
})

test('page: any 2xx is accepted; a redirect, an error and silence are not', async () => {
  assert.equal((await probePage(`http://${await status('204 Empty')}/`, limits)).ok, true)
  assert.equal((await probePage(`http://${await status('302 Found')}/`, limits)).ok, false)
  const silent = await probePage(`http://${await raw(undefined)}/`, limits)
  assert.deepEqual(silent, { ok: false, reason: 'no answer within 0.4 s', isTimeout: true })
})

test('health: only 200 counts, and the reason of the last attempt is reported', async () => {
  const giveUp = () => undefined
  const empty = await pollHealth(`http://${await status('204 Empty')}`, { timeoutMs: 4000, signal, giveUp })
  assert.match(empty.ok ? '' : empty.reason, /not healthy after 4 s: answered HTTP 204, and only 200 counts/)
  assert.equal((await pollHealth(`http://${await status('200 OK')}`, { timeoutMs: 60_000, signal, giveUp })).ok, true)
  const gone = await pollHealth(`http://${await raw('')}`, { timeoutMs: 60_000, signal, giveUp: () => 'it died' })
  assert.deepEqual(gone, { ok: false, reason: 'it died', isTimeout: false })
})

test('health: an attempt that the deadline cuts short does not hide what the one before it answered', async () => {
  let isFirst = true
  const url = await listen(
    createHttpServer((_request, response) => {
      if (isFirst) response.writeHead(503).end()
      isFirst = false
    }),
  )
  const health = await pollHealth(`http://${url}`, { timeoutMs: 1100, signal, giveUp: () => undefined })
  assert.match(health.ok ? '' : health.reason, /answered HTTP 503/)
})

test('probes: an abort ends each of them immediately', async () => {
  const abort = new AbortController()
  const silent = await raw(undefined)
  const given = { timeoutMs: 60_000, messageMs: 60_000, signal: abort.signal, giveUp: () => undefined }
  const started = performance.now()
  const probes = [
    probePage(`http://${silent}/`, given),
    probeRefusal(`ws://${silent}/`, given),
    probeMessage(`ws://${websockets}/silent`, given),
    pollHealth(`http://${silent}`, given),
  ]
  setImmediate(() => abort.abort())
  for (const finding of await Promise.all(probes)) assert.equal(finding.ok, false)
  assert.ok(performance.now() - started < 5000)
})
