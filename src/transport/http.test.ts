import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { corsOptions, installOriginCheck } from './cors.ts'
import { DETAIL_STYLE, type FailureStyle, PERCEPTION_STYLE } from './failure-styles.ts'
import { RouteFailures } from './fastify-failures.ts'
import { createApp, createHttpServer, type HttpLimits } from './http.ts'
import { installJsonBody } from './json-body.ts'
import { listen, listenApp } from './listen.ts'
import { OriginPolicy } from './origins.ts'
import { TrustedProxies } from './proxies.ts'
import { installRateLimit, routeLimit } from './rate-limit.ts'
import { installSecurityHeaders } from './security-headers.ts'

/** Sends a text and returns everything received until the server closes. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let got = ''
  socket.setEncoding('latin1')
  socket.on('data', (part) => {
    got += part
  })
  socket.on('error', () => socket.destroy())
  socket.write(text)
  await once(socket, 'close', { signal: AbortSignal.timeout(20_000) })
  return got
}

const QUICK: Partial<HttpLimits> = { headersMs: 1000, requestMs: 2000, pushMs: 4500, checkEveryMs: 100 }

test('http: requests that the parser refuses, and slow clients, get a Problem', async () => {
  const server = createHttpServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  }, QUICK)
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 })
  const head = 'GET / HTTP/1.1\r\nHost: a\r\n'
  const ended: string[] = []
  const slow = async (line: string) => {
    const answer = await exchange(port, `${line} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx`)
    ended.push(line)
    return answer
  }
  const [garbage, long, silent, slowHead, slowBody, slowPush] = await Promise.all([
    exchange(port, 'GARBAGE\r\n\r\n'),
    exchange(port, `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`),
    exchange(port, ''),
    exchange(port, head),
    slow('POST /'),
    slow('PUT /v2/a/blobs/uploads/b'),
  ])
  server.close()
  assert.match(garbage, /^HTTP\/1.1 400 .*nosniff.*"code":"BAD_REQUEST"/s)
  assert.match(long, /^HTTP\/1.1 431 .*"code":"HEADERS_TOO_LARGE"/s)
  for (const late of [silent, slowHead, slowBody, slowPush])
    assert.match(late, /^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s)
  // A layer of an image may take longer than any other body.
  assert.deepEqual(ended, ['POST /', 'PUT /v2/a/blobs/uploads/b'])
})

test('listen: an explicit port is used or refused, the default port falls back to the next free one', async () => {
  const first = createHttpServer(() => undefined)
  const at = await listen(first, { host: '127.0.0.1', port: 0 })
  const second = createHttpServer(() => undefined)
  await assert.rejects(listen(second, { host: '127.0.0.1', port: at.port }), { code: 'PORT_IN_USE' })
  const moved = await listen(second, { host: '127.0.0.1', port: at.port, otherPorts: 50 })
  assert.ok(moved.port > at.port)
  assert.equal(moved.url, `http://127.0.0.1:${moved.port}`)
  first.close()
  second.close()
  await assert.rejects(
    listen(
      createHttpServer(() => undefined),
      { host: '203.0.113.1', port: 0 },
    ),
    { code: 'USAGE' },
  )
})

interface Made extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly url: string
}

async function makeApp(build: (app: FastifyInstance, failures: RouteFailures) => Promise<void>): Promise<Made> {
  const failures = new RouteFailures((target) => target === '/socket')
  const { frameworkErrors } = failures
  const app = createApp({
    proxies: new TrustedProxies(),
    logger: false,
    frameworkErrors,
    limits: { bodyBytes: 10_000 },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  failures.installRoot(app)
  installJsonBody(app)
  await build(app, failures)
  const { url } = await listenApp(app, { host: '127.0.0.1', port: 0 })
  return { app, url, [Symbol.asyncDispose]: () => app.close() }
}

const Body = z.strictObject({ name: z.string() })

function addRoutes(app: FastifyInstance, below: string): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.post(`${below}/thing`, { schema: { body: Body } }, async ({ body }) => body)
  typed.get(`${below}/broken`, async () => {
    throw new TypeError('secret detail')
  })
  typed.get(`${below}/lost`, async () => {
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  })
  typed.get(`${below}/limited`, async () => {
    throw new AppError('RATE_LIMITED', 'slow down', { details: { retry_after_s: 7 } })
  })
  typed.get(`${below}/part/:name`, async () => ({}))
}

/** Shape of a failure, by API. */
const SHAPES: readonly [string, FailureStyle | undefined, (body: Record<string, unknown>) => boolean][] = [
  ['', undefined, (body) => typeof body.code === 'string' && typeof body.message === 'string'],
  ['/session', DETAIL_STYLE, (body) => typeof body.detail === 'string' || Array.isArray(body.detail)],
  ['/agent', PERCEPTION_STYLE, (body) => typeof (body.error as { code?: unknown } | undefined)?.code === 'string'],
]

test('failures: every kind of failure has the status and format of its API', async () => {
  await using made = await makeApp(async (app, failures) => {
    for (const [below, style] of SHAPES) {
      await app.register((scope, _options, done) => {
        if (style) failures.installScope(scope, style)
        addRoutes(scope, below)
        done()
      })
    }
  })
  const json = { 'content-type': 'application/json' }
  for (const [below, style, isShape] of SHAPES) {
    const cases: [string, RequestInit, number][] = [
      ['/thing', { method: 'DELETE' }, 405],
      ['/thing', { method: 'POST', headers: json, body: '{' }, style === DETAIL_STYLE ? 422 : 400],
      ['/thing', { method: 'POST', headers: json, body: '{"name":1}' }, style === PERCEPTION_STYLE ? 400 : 422],
      ['/thing', { method: 'POST', headers: json, body: '['.repeat(5000) }, style === PERCEPTION_STYLE ? 400 : 422],
      ['/thing', { method: 'POST', headers: json, body: `"${'x'.repeat(20_000)}"` }, 413],
      ['/thing', { method: 'POST', headers: { 'content-type': 'x/y' }, body: 'x' }, style === DETAIL_STYLE ? 422 : 415],
      ['/broken', {}, 500],
      ['/lost', {}, 503],
      ['/limited', {}, 429],
      [`/part/${'x'.repeat(1500)}`, {}, 414],
    ]
    for (const [path, init, status] of cases) {
      const response = await fetch(`${made.url}${below}${path}`, init)
      const text = await response.text()
      const what = `${init.method ?? 'GET'} ${below}${path.slice(0, 30)}: ${response.status} ${text.slice(0, 200)}`
      assert.equal(response.status, status, what)
      assert.ok(isShape(JSON.parse(text)), what)
      assert.doesNotMatch(text, /secret|FST_|Error:/, what)
      if (status === 503) assert.equal(response.headers.get('retry-after'), '1', what)
      if (status === 429) assert.equal(response.headers.get('retry-after'), '7', what)
      if (status === 405) assert.equal(response.headers.get('allow'), 'POST', what)
    }
  }
  assert.equal((await fetch(`${made.url}/nowhere`)).status, 404)
  const socket = await fetch(`${made.url}/socket`)
  assert.deepEqual([socket.status, socket.headers.get('upgrade')], [426, 'websocket'])
  const bad = await fetch(`${made.url}/part/%zz`)
  assert.deepEqual([bad.status, ((await bad.json()) as { code: string }).code], [400, 'BAD_REQUEST'])
})

test('failures: the answer to a request without credentials says what to send', async () => {
  await using made = await makeApp(async (app) => {
    app.get('/key', async () => {
      throw new AppError('TOKEN_MISSING', 'no token')
    })
  })
  const response = await fetch(`${made.url}/key`)
  assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer'])
})

test('rate limit: requests count by address whatever the key, and get Retry-After in the format of the API', async () => {
  await using made = await makeApp(async (app, failures) => {
    await installRateLimit(app, { perMinute: 3, isExempt: (request) => request.headers['x-exempt'] === '1' })
    await app.register((scope, _options, done) => {
      failures.installScope(scope, DETAIL_STYLE)
      scope.get('/general', async () => ({}))
      scope.get('/single', { config: { rateLimit: routeLimit(1) } }, async () => ({}))
      done()
    })
  })
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${made.url}${path}`, { headers })
  const statuses: number[] = []
  for (let n = 0; n < 4; n++) statuses.push((await ask('/general')).status)
  assert.deepEqual(statuses, [200, 200, 200, 429])
  const refused = await ask('/general')
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.match(String(((await refused.json()) as { detail: string }).detail), /Too many requests/)
  assert.equal((await ask('/general', { authorization: 'Bearer other' })).status, 429)
  assert.equal((await ask('/general', { 'x-exempt': '1' })).status, 200)
  assert.equal((await ask('/single', { 'x-exempt': '1' })).status, 200)
  assert.equal((await ask('/single', { 'x-exempt': '1', authorization: 'Bearer other' })).status, 429)
})

test('origins: preflights of allowed origins cover every method; foreign pages cannot change state', async () => {
  const policy = new OriginPolicy({ allowedOrigins: ['https://play.example'] })
  await using made = await makeApp(async (app) => {
    installSecurityHeaders(app, { frameAncestors: policy.origins })
    await app.register(fastifyCors, corsOptions(policy))
    installOriginCheck(app, policy)
    app.get('/x', async () => ({}))
    app.put('/x', async () => ({}))
    app.delete('/x', async () => ({}))
  })
  const preflight = (method: string, origin: string) =>
    fetch(`${made.url}/x`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } })
  for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) {
    const { headers } = await preflight(method, 'https://play.example')
    assert.equal(headers.get('access-control-allow-origin'), 'https://play.example')
    assert.ok(headers.get('access-control-allow-methods')?.includes(method))
    assert.ok(headers.get('access-control-allow-headers')?.includes('Authorization'))
  }
  for (const origin of ['http://localhost:5173', 'https://evil.example']) {
    assert.equal((await preflight('PUT', origin)).headers.get('access-control-allow-origin'), null)
    assert.equal((await fetch(`${made.url}/x`, { method: 'PUT', headers: { origin } })).status, 403)
  }
  assert.equal((await fetch(`${made.url}/x`, { method: 'PUT', headers: { origin: made.url } })).status, 200)
  assert.equal((await fetch(`${made.url}/x`, { method: 'PUT' })).status, 200)
  const { headers } = await fetch(`${made.url}/x`)
  assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'.*frame-ancestors 'self' https:\/\/play/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
})
