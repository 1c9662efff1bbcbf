// Every failing route answers in its documented format. The list of routes comes from /openapi.json.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { register } from '../../src/testing/play-api.ts'
import { exchange, isAlive, serve, startTarget } from './servers.ts'

type Body = Record<string, unknown>

/** The error format at a path. */
function isShape(path: string, body: Body): boolean {
  const tail = path.replace(/^\/api\/episodes\/[^/]+\/slots\/[^/]+/, '')
  if (/^\/(?:perception|command|commands\/.*|[^/]+\/status|perception\/stream)$/.test(tail)) {
    const error = body.error as Body | undefined
    return typeof error?.code === 'string' && typeof error.message === 'string' && typeof error.timestamp === 'string'
  }
  if (
    /^\/api\/(?:player|games|characters|play|sessions|status|server|models|experiments|run|studies|research|remote)/.test(
      path,
    )
  ) {
    return typeof body.detail === 'string' || Array.isArray(body.detail)
  }
  return typeof body.code === 'string' && typeof body.message === 'string' && typeof body.hint === 'string'
}

/** Routes that accept an archive instead of JSON. */
const ARCHIVES = ['/v2/policies/sources']
const DEEP = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`

test('failures: every route answers wrong requests in its format, with its status, and never with 500', async (context) => {
  const target = await serve(context)
  const key = await register(target)
  const document = (await (await fetch(`${target.url}/openapi.json`)).json()) as { paths: Record<string, object> }
  const json = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const check = async (path: string, init: RequestInit, allowed: readonly number[]): Promise<void> => {
    const address = path.replaceAll(/\{[^}]+\}/g, 'none')
    const response = await fetch(target.url + address, init)
    const text = await response.text()
    const what = `${init.method} ${path} ${String(init.body).slice(0, 30)}: ${response.status} ${text.slice(0, 200)}`
    assert.ok(allowed.includes(response.status), what)
    if (response.status >= 400) assert.ok(isShape(address, JSON.parse(text) as Body), what)
    assert.doesNotMatch(text, /FST_|Error:|\\n +at /, what)
  }
  const bodies = ['{', DEEP, '{"__proto__":1}', '{"a":1,"a":2}', '"x"', '', `"${'x'.repeat(2_000_000)}"`]
  for (const [path, methods] of Object.entries(document.paths)) {
    const known = Object.keys(methods)
    for (const method of known) {
      if (method === 'get') continue
      for (const body of method === 'delete' ? [] : bodies) {
        await check(path, { method: method.toUpperCase(), headers: json, body }, [
          200,
          400,
          401,
          403,
          404,
          409,
          413,
          422,
          501,
          ...(ARCHIVES.includes(path) ? [415] : []),
        ])
      }
      await check(path, { method: method.toUpperCase(), headers: { 'content-type': 'x/y' }, body: 'x' }, [
        ...[400, 401, 403, 404, 409, 415, 422, 501],
      ])
    }
    const wrong = ['PUT', 'DELETE', 'POST', 'PATCH'].find((method) => !known.includes(method.toLowerCase()))
    if (wrong)
      await check(path, { method: wrong, headers: { authorization: `Bearer ${key}` } }, [
        /^\/api\/characters\/(?:list|table|coverage)$/.test(path) ? 422 : 405,
      ])
    // These paths also match characters with such names.
    const long = path.replace(/\{[^}]+\}/, 'x'.repeat(2000))
    if (long !== path) await check(long, { method: known.includes('get') ? 'GET' : 'POST' }, [401, 404, 405, 414, 422])
  }
  await check('/nowhere', { method: 'GET' }, [404])
  assert.ok(await isAlive(target))
})

test('failures: requests refused by the HTTP parser get a problem on every server', async (context) => {
  const targets = [
    await serve(context),
    await startTarget(context, ['perception', 'serve', 'frontier', '--no-auth', '--port', '0']),
    await startTarget(context, ['world', 'serve', 'paint-arena', '--variant', 'duel']),
  ]
  for (const { port } of targets) {
    for (const [text, status] of [
      ['NONSENSE\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
      ['GET / HTTP/1.1\r\n\r\n', 400],
    ] as const) {
      const got = await exchange(port, text)
      assert.match(got, new RegExp(`^HTTP/1.1 ${status}`), text.slice(0, 20))
      const body = JSON.parse(got.slice(got.indexOf('\r\n\r\n') + 4) || '{}') as Body
      assert.ok(isShape('/', body), got.slice(0, 300))
    }
  }
})
