import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppError } from '../../kernel/errors.ts'
import { readSource } from './read-source.ts'
import { isPublicAddress, parseUriPolicy, resolveSource } from './uri-policy.ts'

test('replay sources: only files in allowed folders and documents of allowed origins are accepted', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'paracosm-uri-'))
  t.after(() => rm(root, { recursive: true }))
  await writeFile(join(root, 'a.json'), '{}')
  await symlink('/etc/passwd', join(root, 'link'))
  const policy = parseUriPolicy([root, 'https://replays.example'], ['http://127.0.0.1:9/one'])
  const code = async (uri: string): Promise<string> => {
    try {
      return (await resolveSource(uri, policy)).kind
    } catch (error) {
      assert.ok(error instanceof AppError)
      assert.doesNotMatch(error.message, /etc|root/)
      return error.code
    }
  }
  assert.equal(await code(`file://${root}/a.json`), 'file')
  assert.equal(await code(`${root}/a.json`), 'file')
  assert.equal(await code('https://replays.example/x?y'), 'http')
  assert.equal(await code('http://127.0.0.1:9/one'), 'http')
  const refused = [
    'file:///etc/shadow',
    '/etc/shadow',
    '/proc/self/environ',
    `file://${root}/link`,
    `${root}/../${root.split('/').at(-1)}x/a.json`,
    `${root}/missing`,
    root,
    'a.json',
    'file://host/a.json',
    'file:///a%2fb',
    'data:text/plain,x',
    'ftp://replays.example/x',
    'http://replays.example/x',
    'https://replays.example:444/x',
    'https://user@replays.example/x',
    'https://replays.example.evil/x',
    'http://127.0.0.1:9/two',
    'http://[',
    '',
  ]
  for (const uri of refused) assert.equal(await code(uri), 'SOURCE_REFUSED', uri)
})

test('replay sources: private addresses are not public in any spelling', () => {
  for (const bad of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    'x',
    '100.64.0.1',
    '0.0.0.0',
  ]) {
    assert.equal(isPublicAddress(bad), false, bad)
  }
  for (const good of ['8.8.8.8', '2606:4700::1111']) assert.ok(isPublicAddress(good), good)
})

test('replay sources: reading stops at the limit, stays on the host, and reaches public addresses only', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/big') {
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    } else if (request.url === '/away') response.writeHead(302, { location: 'http://localhost:1/x' }).end()
    else if (request.url === '/near') response.writeHead(302, { location: '/ok' }).end()
    else response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const at = (path: string, isPublicOnly = false, host = '127.0.0.1') => ({
    kind: 'http' as const,
    url: new URL(`http://${host}:${(server.address() as AddressInfo).port}${path}`),
    isPublicOnly,
  })
  const limits = { bytes: 50_000, timeoutMs: 10_000 }
  assert.equal(String(await readSource(at('/near'), limits)), 'ok')
  await assert.rejects(readSource(at('/big'), limits), { code: 'FILE_TOO_LARGE' })
  await assert.rejects(readSource(at('/away'), limits), { code: 'SOURCE_REFUSED' })
  await assert.rejects(readSource(at('/ok', true), limits), { code: 'SOURCE_REFUSED' })
  await assert.rejects(readSource(at('/ok', true, 'localhost'), limits), (error) => error instanceof AppError)
  for (const path of ['/proc/self/environ', '/dev/zero', '/etc']) {
    await assert.rejects(readSource({ kind: 'file', path }, { bytes: 1000, timeoutMs: 1000 }), AppError, path)
  }
  server.closeAllConnections()
})
