import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256, toHex } from './sha256.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('sha256: the examples of FIPS 180-4 give the published digests', () => {
  const cases: [string, string][] = [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ]
  for (const [text, expected] of cases) assert.equal(toHex(sha256(bytes(text))), expected)
})

test('sha256: agrees with OpenSSL on any bytes, at every length around a block', () => {
  for (let length = 0; length < 200; length++) {
    const message = Uint8Array.from({ length }, (_, i) => i * 7)
    assert.equal(toHex(sha256(message)), createHash('sha256').update(message).digest('hex'), `length ${length}`)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (message) => {
      assert.equal(toHex(sha256(message)), createHash('sha256').update(message).digest('hex'))
    }),
  )
})
