import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical.ts'
import { Digester, digestJson } from './digest.ts'
import { AppError } from './errors.ts'

/** The whole hash of 32-bit words, as bytes in little-endian order. */
function hashWords(words: readonly number[], seed: number): number[] {
  const digester = new Digester(seed)
  digester.words(words)
  return [...digester.finish()].flatMap((word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24])
}

const toWords = (bytes: readonly number[]): number[] =>
  Array.from(
    { length: bytes.length / 4 },
    (_, i) => bytes[i * 4]! | (bytes[i * 4 + 1]! << 8) | (bytes[i * 4 + 2]! << 16) | (bytes[i * 4 + 3]! << 24),
  )

/**
 * MurmurHash3_x86_128 over any bytes, written once more from its published description, a byte at a time; checked against
 * SMHasher's verification value, and then the digester against it.
 */
function referenceHash(bytes: readonly number[], seed: number): number[] {
  const c = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93]
  const h = [seed | 0, seed | 0, seed | 0, seed | 0]
  const rotl = (x: number, r: number) => (x << r) | (x >>> (32 - r))
  const mixIn = (i: number, k: number) => {
    h[i]! ^= Math.imul(rotl(Math.imul(k, c[i]!), 15 + i), c[(i + 1) % 4]!)
  }
  const word = (at: number) => {
    let k = 0
    for (let b = 0; b < 4; b++) k |= (bytes[at + b] ?? 0) << (8 * b)
    return k
  }
  const blocks = Math.floor(bytes.length / 16)
  const turns = [19, 17, 15, 13]
  const adds = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17]
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 4; i++) {
      mixIn(i, word(block * 16 + i * 4))
      h[i] = (Math.imul((rotl(h[i]!, turns[i]!) + h[(i + 1) % 4]!) | 0, 5) + adds[i]!) | 0
    }
  }
  const rest = bytes.length % 16
  for (let i = 3; i >= 0; i--) if (rest > i * 4) mixIn(i, word(blocks * 16 + i * 4))
  for (let i = 0; i < 4; i++) h[i]! ^= bytes.length
  const spread = () => {
    h[0] = (h[0]! + h[1]! + h[2]! + h[3]!) | 0
    for (let i = 1; i < 4; i++) h[i] = (h[i]! + h[0]!) | 0
  }
  spread()
  for (let i = 0; i < 4; i++) {
    let x = h[i]! ^ (h[i]! >>> 16)
    x = Math.imul(x, 0x85ebca6b)
    x ^= x >>> 13
    x = Math.imul(x, 0xc2b2ae35)
    h[i] = x ^ (x >>> 16)
  }
  spread()
  return h.flatMap((x) => [x & 255, (x >>> 8) & 255, (x >>> 16) & 255, x >>> 24])
}

test('digest: the reference has the verification value that SMHasher publishes for MurmurHash3_x86_128', () => {
  const all: number[] = []
  for (let i = 0; i < 256; i++)
    all.push(
      ...referenceHash(
        Array.from({ length: i }, (_, key) => key),
        256 - i,
      ),
    )
  const [a, b, c, d] = referenceHash(all, 0)
  assert.equal((a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0, 0xb3ece62a)
})

test('digest: the digester equals the reference on any words and seed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 0xffff_ffff }), (bytes, seed) => {
      const whole = [...bytes].slice(0, bytes.length - (bytes.length % 4))
      assert.deepEqual(hashWords(toWords(whole), seed), referenceHash(whole, seed))
    }),
  )
})

test('digest: 16 hex digits; equal for equal JSON whatever the order of keys, different for different JSON', () => {
  assert.match(digestJson({}), /^[0-9a-f]{16}$/)
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse())
      assert.equal(digestJson(object), digestJson(reversed))
      assert.notEqual(digestJson(object), digestJson({ ...object, '\u0000more': 1 }))
    }),
  )
})

test('canonical: the sample of RFC 8785 section 3.2.2, keys sorted by UTF-16 units', () => {
  const sample = {
    numbers: [333333333.3333333, 1e30, 4.5, 0.002, 1e-27],
    string: '\u20ac$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  }
  assert.equal(
    canonicalJson(sample),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
  assert.equal(
    canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6 }),
    '{"\\r":2,"1":4,"\u0080":6,"€":1,"😀":5,"\ufb33":3}',
  )
})

test('canonical: values that JSON cannot represent are refused with their path', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -0]) {
    assert.throws(
      () => canonicalJson({ list: [1, bad] }),
      (error) => error instanceof AppError && error.code === 'NOT_CANONICAL' && error.message.includes('$.list[1]'),
    )
  }
})
