import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import { isSameSecret, readBearer } from './credentials.ts'
import { Locality } from './locality.ts'
import { OriginPolicy } from './origins.ts'
import { type Peer, TrustedProxies } from './proxies.ts'

const peer = (remoteAddress: string, headers: Record<string, string>): Peer => ({ socket: { remoteAddress }, headers })

test('credentials: only one Bearer grammar is accepted', () => {
  const read = (authorization: string) => readBearer({ authorization })
  assert.equal(read('Bearer abc'), 'abc')
  assert.equal(read('bearer   abc  '), 'abc')
  for (const bad of [
    '',
    'abc',
    'Basic abc',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer é',
    `Bearer ${'a'.repeat(513)}`,
  ]) {
    assert.equal(read(bad), undefined, bad)
  }
  assert.equal(readBearer({}), undefined)
})

test('credentials: secrets are equal only if every character is', () => {
  assert.ok(isSameSecret('a', 'a') && !isSameSecret('a', 'ab') && !isSameSecret('', 'a'))
})

test('origins: own pages, configured origins and non-browser clients pass; other sites and rebound names do not', () => {
  const policy = new OriginPolicy({ allowedOrigins: ['https://play.example'], allowedHosts: ['lab.example'] })
  const code = (host: string, origin?: string) => policy.refuseSensitive({ host, ...(origin ? { origin } : {}) })?.code
  assert.equal(code('127.0.0.1:8080'), undefined)
  assert.equal(code('[::1]:8080', 'http://[::1]:8080'), undefined)
  assert.equal(code('localhost:8080', 'http://localhost:8080'), undefined)
  assert.equal(code('lab.example', 'https://lab.example'), undefined)
  assert.equal(code('lab.example:443', 'https://lab.example'), undefined)
  assert.equal(code('192.168.1.5:8080', 'https://play.example'), undefined)
  assert.equal(code('evil.example:8080', 'http://evil.example:8080'), 'ORIGIN_REFUSED')
  assert.equal(code('evil.example:8080'), 'HOST_REFUSED')
  assert.equal(code('localhost:8080', 'http://localhost:5173'), 'ORIGIN_REFUSED')
  assert.equal(code('localhost:8080', 'null'), 'ORIGIN_REFUSED')
  assert.equal(code('127.0.0.1:8080', 'http://evil.example'), 'ORIGIN_REFUSED')
  assert.equal(code('a b'), 'HOST_REFUSED')
  assert.equal(policy.refuseSensitive({})?.code, 'HOST_REFUSED')
})

test('origins: malformed options are refused when the policy is created', () => {
  for (const bad of ['*', 'play.example', 'https://play.example/path', 'ftp://x', '']) {
    assert.throws(() => new OriginPolicy({ allowedOrigins: [bad] }), { code: 'USAGE' }, bad)
  }
  for (const bad of ['', 'http://x', 'a:80', 'a b']) {
    assert.throws(() => new OriginPolicy({ allowedHosts: [bad] }), AppError, bad)
  }
})

test('proxies: forwarded addresses count only from a trusted proxy, from the right', () => {
  const none = new TrustedProxies()
  const local = new TrustedProxies(['loopback', '10.0.0.0/8'])
  const forwarded = (address: string, list: string) => peer(address, { 'x-forwarded-for': list })
  assert.equal(none.clientAddress(forwarded('127.0.0.1', '9.9.9.9')), '127.0.0.1')
  assert.equal(local.clientAddress(forwarded('127.0.0.1', '1.1.1.1, 9.9.9.9')), '9.9.9.9')
  assert.equal(local.clientAddress(forwarded('::ffff:127.0.0.1', '9.9.9.9, 10.2.3.4')), '9.9.9.9')
  assert.equal(local.clientAddress(forwarded('8.8.8.8', '127.0.0.1')), '8.8.8.8')
  assert.equal(local.clientAddress(forwarded('127.0.0.1', 'garbage')), '127.0.0.1')
  for (const bad of ['x', '10.0.0.0/33', '10.0.0.0/', '::1/129', '1.2.3.4/8/8']) {
    assert.throws(() => new TrustedProxies([bad]), { code: 'USAGE' }, bad)
  }
})

test('locality: only a loopback peer with a loopback host and no foreign origin is local', () => {
  const origins = new OriginPolicy()
  const proxies = new TrustedProxies()
  const strict = new Locality({ origins, proxies })
  const local = (address: string, headers: Record<string, string>, locality = strict) =>
    locality.refuse(peer(address, headers))?.code !== 'LOCAL_ONLY'
  assert.ok(local('127.0.0.1', { host: 'localhost:8080' }))
  assert.ok(local('::1', { host: '[::1]:8080', origin: 'http://[::1]:8080' }))
  assert.ok(local('::ffff:127.0.0.1', { host: '127.0.0.1:8080' }))
  assert.ok(!local('192.168.1.7', { host: 'localhost:8080' }))
  assert.ok(!local('127.0.0.1', { host: 'evil.example:8080' }))
  assert.ok(!local('127.0.0.1', { host: '192.168.1.5:8080' }))
  assert.ok(!local('127.0.0.1', {}))
  assert.ok(!local('127.0.0.1', { host: 'localhost:8080', origin: 'http://evil.example' }))
  assert.ok(!local('127.0.0.1', { host: 'localhost:8080', origin: 'http://localhost:5173' }))
  for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'via']) {
    assert.ok(!local('127.0.0.1', { host: 'localhost:8080', [name]: '127.0.0.1' }), name)
  }
  const trusting = new Locality({ origins, proxies: new TrustedProxies(['loopback']) })
  assert.ok(!local('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '9.9.9.9' }, trusting))
  assert.ok(local('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }, trusting))
  assert.ok(!local('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1, 9.9.9.9' }, trusting))
  const keyed = new Locality({ origins, proxies, adminKey: 'sesame' })
  assert.ok(local('9.9.9.9', { host: 'evil.example', authorization: 'Bearer sesame' }, keyed))
  assert.ok(!local('9.9.9.9', { host: 'evil.example', authorization: 'Bearer open' }, keyed))
  const strangers = new Locality({ origins, proxies, adminKey: 'sesame', needsKey: true })
  assert.ok(!local('127.0.0.1', { host: 'localhost' }, strangers))
  assert.ok(local('127.0.0.1', { host: 'localhost', authorization: 'Bearer sesame' }, strangers))
})
