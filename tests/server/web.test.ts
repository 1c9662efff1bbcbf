// How the server serves the application: pages, caching, compression, and JSON errors.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startServer } from '../../src/server/app.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

await promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', '..', 'scripts', 'build-web.ts')])
const folder = mkdtempSync(join(tmpdir(), 'paracosm-web-'))
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A raw response: `fetch` would undo the compression. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const sent = request(server.url + path, { method, headers })
  sent.end()
  const [response] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
}

const HTML = { accept: 'text/html,*/*;q=0.8' }

async function scriptOfPage(): Promise<string> {
  const { body } = await ask('/', HTML)
  return /src="(\/_app\/[^"]+\.js)"/.exec(body.toString())?.[1] ?? ''
}

test('web: the page is served at its addresses with the content policy, and is revalidated each time', async () => {
  for (const path of ['/', '/design', '/design?tab=1']) {
    const { status, headers, body } = await ask(path, HTML)
    assert.equal(status, 200, path)
    assert.match(body.toString(), /<div id="app">/)
    assert.equal(headers['cache-control'], 'no-cache')
    assert.match(String(headers['content-security-policy']), /script-src 'self'(?:;|$)/)
    assert.doesNotMatch(body.toString(), /<script>|<style>|\son\w+=|\sstyle=/)
  }
})

test('web: hashed files are cached forever and compressed as the client requests', async () => {
  const path = await scriptOfPage()
  const plain = await ask(path)
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal(plain.headers['content-encoding'], undefined)
  const brotli = await ask(path, { 'accept-encoding': 'gzip, br' })
  assert.deepEqual([brotli.headers['content-encoding'], brotli.headers.vary], ['br', 'accept-encoding'])
  assert.deepEqual(brotliDecompressSync(brotli.body), plain.body)
  const gzip = await ask(path, { 'accept-encoding': 'br;q=0, gzip' })
  assert.deepEqual(gunzipSync(gzip.body), plain.body)
  assert.notEqual(gzip.headers.etag, plain.headers.etag)
})

test('web: a known file is 304, HEAD has no body, a Range gets the complete file', async () => {
  const path = await scriptOfPage()
  const { headers, body } = await ask(path)
  const known = await ask(path, { 'if-none-match': String(headers.etag) })
  assert.deepEqual([known.status, known.body.length], [304, 0])
  const head = await ask(path, {}, 'HEAD')
  assert.deepEqual([head.status, head.body.length, head.headers['content-length']], [200, 0, String(body.length)])
  const part = await ask(path, { range: 'bytes=0-9' })
  assert.deepEqual([part.status, part.body.length, part.headers['accept-ranges']], [200, body.length, 'none'])
})

test('web: unknown addresses give browsers a page with 404, and other clients, APIs and assets a Problem', async () => {
  const page = await ask('/nowhere', HTML)
  assert.equal(page.status, 404)
  assert.match(page.body.toString(), /<div id="app">/)
  for (const [path, headers] of [
    ['/nowhere', {}],
    ['/api/nowhere', HTML],
    ['/_app/nothing.js', HTML],
  ] as const) {
    const { status, body } = await ask(path, headers)
    assert.equal(status, 404, path)
    assert.equal(JSON.parse(body.toString()).code, 'NOT_FOUND', path)
  }
  assert.equal((await ask('/design', HTML, 'POST')).status, 405)
})

test('web: a page under another host name is refused, as everywhere', async () => {
  const { status } = await ask('/', { ...HTML, host: 'evil.example' })
  assert.equal(status, 403)
})

test('web: the server reports the version of its pages', async () => {
  const { body } = await ask('/api/about')
  const about = JSON.parse(body.toString())
  assert.match(about.web, /^[0-9a-f]{16}$/)
  assert.ok(about.boot.length > 8)
})

test('web: a caller learns whether it is an administrator, and why', async () => {
  const { body } = await ask('/api/caller')
  assert.deepEqual(JSON.parse(body.toString()), { administrator: 'machine', has_admin_key: false })
  const elsewhere = await ask('/api/caller', { 'x-forwarded-for': '203.0.113.7' })
  assert.deepEqual(JSON.parse(elsewhere.body.toString()), { administrator: null, has_admin_key: false })
})
