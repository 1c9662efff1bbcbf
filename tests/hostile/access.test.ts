// Access control: Host, Origin and proxy headers, CORS, security headers, and replay sources.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openWire } from '../../src/testing/wire.ts'
import { exchange, HANDSHAKE, serve, startMatch, startTarget, statusOf, type Target } from './servers.ts'

interface Asked {
  readonly host: string
  readonly more?: string
}

const request = (line: string, { host, more = '' }: Asked, body = ''): string =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\n${more}Content-Type: application/json\r\nConnection: close\r\n` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const MATCH = JSON.stringify({ world: 'paint-arena', seed: 1, players: ['greedy', 'random'], tick_rate: 5 })

/** Status of reading the log and of starting an episode. */
async function localStatuses(target: Target, asked: Asked): Promise<[number, number]> {
  return [
    await statusOf(target.port, request('GET /api/commands', asked)),
    await statusOf(target.port, request('POST /api/episodes', asked, MATCH)),
  ]
}

test('access: local routes need a loopback Host and no foreign Origin, or the admin key', async (context) => {
  const target = await serve(context, '--admin-key', 'sesame')
  const own = `127.0.0.1:${target.port}`
  const allowed: Asked[] = [
    { host: own },
    { host: `localhost:${target.port}` },
    { host: own, more: `Origin: http://${own}\r\n` },
    { host: 'evil.example', more: 'Authorization: Bearer sesame\r\n' },
    { host: own, more: 'X-Forwarded-For: 9.9.9.9\r\nAuthorization: Bearer sesame\r\n' },
  ]
  for (const asked of allowed) assert.deepEqual(await localStatuses(target, asked), [200, 201], JSON.stringify(asked))
  const refused: Asked[] = [
    { host: 'evil.example' },
    { host: `evil.example:${target.port}`, more: `Origin: http://evil.example:${target.port}\r\n` },
    { host: own, more: 'Origin: http://evil.example\r\n' },
    { host: own, more: 'Origin: http://localhost:5173\r\n' },
    { host: own, more: 'Origin: null\r\n' },
    { host: '192.168.1.5' },
    { host: own, more: 'X-Forwarded-For: 127.0.0.1\r\n' },
    { host: own, more: 'Forwarded: for=127.0.0.1\r\n' },
    { host: own, more: 'X-Real-IP: 127.0.0.1\r\n' },
  ]
  for (const asked of refused) assert.deepEqual(await localStatuses(target, asked), [403, 403], JSON.stringify(asked))
  assert.equal(
    await statusOf(target.port, request('GET /api/commands', { host: own, more: 'Authorization: Bearer x\r\n' })),
    200,
  )
})

test('access: behind a trusted proxy the forwarded address counts', async (context) => {
  const target = await serve(context, '--trust-proxy', 'loopback', '--allow-host', 'play.example')
  const own = `127.0.0.1:${target.port}`
  const read = (more: string): Promise<number> =>
    statusOf(target.port, request('GET /api/commands', { host: own, more }))
  assert.equal(await read('X-Forwarded-For: 9.9.9.9\r\n'), 403)
  assert.equal(await read('X-Forwarded-For: 127.0.0.1, 9.9.9.9\r\n'), 403)
  assert.equal(await read('X-Forwarded-For: 127.0.0.1\r\n'), 200)
  const page = { host: 'play.example', more: 'X-Forwarded-For: 9.9.9.9\r\nOrigin: https://play.example\r\n' }
  assert.equal(await statusOf(target.port, request('POST /api/player/auth', page, '{"api_key":"x"}')), 401)
  assert.equal(
    await statusOf(target.port, request('POST /api/player/auth', { host: 'other.example' }, '{"api_key":"x"}')),
    403,
  )
})

test('access: allowed origins get CORS headers for every method, others none', async (context) => {
  const target = await serve(context, '--allow-origin', 'http://localhost:5173')
  const preflight = async (origin: string, method: string): Promise<string> =>
    exchange(
      target.port,
      `OPTIONS /api/characters/x HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: ${origin}\r\n` +
        `Access-Control-Request-Method: ${method}\r\nConnection: close\r\n\r\n`,
    )
  for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) {
    assert.match(await preflight('http://localhost:5173', method), new RegExp(`allow-methods: .*${method}`, 'i'))
    assert.doesNotMatch(await preflight('http://localhost:5174', method), /allow-origin/i)
  }
  const strict = await serve(context)
  const text = await exchange(
    strict.port,
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://localhost:5173\r\nConnection: close\r\n\r\n',
  )
  assert.doesNotMatch(text, /access-control-allow-origin/i)
})

const HEADERS = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'permissions-policy',
  'x-frame-options',
]

test('access: every page and response has the security headers', async (context) => {
  const target = await serve(context)
  const { id } = await startMatch(target)
  const game = await startTarget(context, ['world', 'serve', 'paint-arena', '--variant', 'duel'])
  const urls = [
    ...['/', '/icon.svg', '/healthz', '/api/worlds', '/nowhere', '/openapi.json'].map((path) => target.url + path),
    ...['player', 'global', 'replay', 'assets/view.css'].map((page) => `${target.url}/episodes/${id}/clients/${page}`),
    ...['/clients/player', '/clients/global', '/clients/admin', '/healthz', '/nowhere'].map((path) => game.url + path),
  ]
  for (const url of urls) {
    const { headers } = await fetch(url)
    for (const name of HEADERS) assert.ok(headers.has(name), `${url}: ${name}`)
  }
})

test('access: the admin socket and page of world serve refuse foreign pages and hosts', async (context) => {
  const target = await startTarget(context, ['world', 'serve', 'paint-arena', '--variant', 'duel'])
  const own = `127.0.0.1:${target.port}`
  const open = (host: string, more = ''): Promise<number> =>
    statusOf(target.port, `GET /admin HTTP/1.1\r\nHost: ${host}\r\n${more}${HANDSHAKE}\r\n`)
  assert.equal(await open(own), 101)
  assert.equal(await open(own, `Origin: http://${own}\r\n`), 101)
  assert.equal(await open(own, 'Origin: http://evil.example\r\n'), 403)
  assert.equal(await open('evil.example', 'Origin: http://evil.example\r\n'), 403)
  assert.equal(await open('evil.example'), 403)
  assert.equal(await open(own, 'X-Forwarded-For: 127.0.0.1\r\n'), 403)
  assert.equal(await statusOf(target.port, request('GET /clients/admin', { host: 'evil.example' })), 403)
})

test('access: a replay server opens only allowed sources, and quotes nothing of others', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-uris-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const secret = 'root:*:20234:secret-of-the-file'
  writeFileSync(join(folder, 'secret.txt'), secret)
  writeFileSync(join(folder, 'good.json'), JSON.stringify({ frames: [{ tick: 1 }], results: {} }))
  let fetched = 0
  const inner = createServer((_request, response) => {
    fetched++
    response.end(secret)
  })
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve))
  context.after(() => inner.close())
  const http = `http://127.0.0.1:${(inner.address() as AddressInfo).port}/secret`
  const plain = ['world', 'serve', 'paint-arena']
  const hosted = { COGAME_REPLAY_SERVER: '1', COGAME_HOST: '127.0.0.1', COGAME_PORT: '0' }
  const answerOf = async (target: Target, uri: string): Promise<string> => {
    const wire = await openWire(`${target.url.replace('http', 'ws')}/replay?uri=${encodeURIComponent(uri)}`)
    const message = JSON.stringify(await wire.next())
    wire.close()
    return message
  }
  const closed = await startTarget(context, plain, hosted)
  const open = await startTarget(context, [...plain, '--allow-replay', folder, '--port', '0'], hosted)
  const uris = [
    'file:///etc/shadow',
    'file:///etc/passwd',
    '/proc/self/environ',
    http,
    'file:///dev/zero',
    `${folder}/../x`,
  ]
  for (const uri of [...uris, join(folder, 'good.json'), join(folder, 'secret.txt')]) {
    assert.match(await answerOf(closed, uri), /SOURCE_REFUSED/, uri)
  }
  for (const uri of uris) assert.match(await answerOf(open, uri), /SOURCE_REFUSED/, uri)
  assert.equal(fetched, 0)
  assert.match(await answerOf(open, join(folder, 'good.json')), /"type":"replay"/)
  const bad = await answerOf(open, join(folder, 'secret.txt'))
  assert.match(bad, /"type":"error"/)
  assert.doesNotMatch(bad, /root|secret-of|20234|secret.txt/)
  const handshake = `GET /replay?uri=x HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n${HANDSHAKE}\r\n`
  const local = await startTarget(context, ['world', 'serve', 'paint-arena', '--replay', join(folder, 'good.json')])
  assert.equal(await statusOf(local.port, handshake), 403)
})
