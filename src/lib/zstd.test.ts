import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { isZstd } from './zstd.ts'

test('zstd: compressed text is recognised; plain text and truncated bytes are not', () => {
  const packed = zstdCompressSync('text')
  assert.equal(isZstd(packed), true)
  assert.equal(isZstd(Buffer.concat([Buffer.alloc(3), packed]).subarray(3)), true)
  assert.equal(isZstd(packed.subarray(0, 3)), false)
  assert.equal(isZstd(Buffer.from('{"a":1}')), false)
})
