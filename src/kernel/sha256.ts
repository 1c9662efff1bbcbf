// SHA-256 (FIPS 180-4) in plain TypeScript, synchronous, the same in Node and in a browser.
// It carries the journal's running hash; where only equality of states matters, see `digest.ts`.
import { absent } from './at.ts'

// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])

// The same for the square roots of the first eight primes (5.3.3).
const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const

/** Hashes many short messages with one set of scratch arrays. */
export class Sha256 {
  readonly #h = new Int32Array(8)
  readonly #w = new Int32Array(64)

  /**
   * SHA-256 of the first `length` bytes of `view`, which must have room for at least 72 more; they are overwritten with
   * the padding. The result is the eight words of the hash, valid until the next call.
   */
  hash(view: DataView, length: number): Int32Array {
    this.#h.set(INITIAL)
    view.setUint8(length, 0x80)
    const end = Math.ceil((length + 9) / 64) * 64
    for (let at = length + 1; at < end - 8; at++) view.setUint8(at, 0)
    view.setUint32(end - 8, Math.floor(length / 0x2000_0000))
    view.setUint32(end - 4, (length << 3) >>> 0)
    for (let at = 0; at < end; at += 64) this.#compress(view, at)
    return this.#h
  }

  #compress(view: DataView, offset: number): void {
    const h = this.#h
    const w = this.#w
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(offset + i * 4)
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] ?? absent()
      const y = w[i - 2] ?? absent()
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      w[i] = ((w[i - 16] ?? absent()) + s0 + (w[i - 7] ?? absent()) + s1) | 0
    }
    let a = h[0] ?? absent()
    let b = h[1] ?? absent()
    let c = h[2] ?? absent()
    let d = h[3] ?? absent()
    let e = h[4] ?? absent()
    let f = h[5] ?? absent()
    let g = h[6] ?? absent()
    let k = h[7] ?? absent()
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (k + s1 + (g ^ (e & (f ^ g))) + (K[i] ?? absent()) + (w[i] ?? absent())) | 0
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
      k = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    h[0] = ((h[0] ?? absent()) + a) | 0
    h[1] = ((h[1] ?? absent()) + b) | 0
    h[2] = ((h[2] ?? absent()) + c) | 0
    h[3] = ((h[3] ?? absent()) + d) | 0
    h[4] = ((h[4] ?? absent()) + e) | 0
    h[5] = ((h[5] ?? absent()) + f) | 0
    h[6] = ((h[6] ?? absent()) + g) | 0
    h[7] = ((h[7] ?? absent()) + k) | 0
  }
}

/** SHA-256 of `bytes`: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(bytes.length + 72)
  padded.set(bytes)
  const words = new Sha256().hash(new DataView(padded.buffer), bytes.length)
  const out = new Uint8Array(32)
  const view = new DataView(out.buffer)
  for (let i = 0; i < 8; i++) view.setInt32(i * 4, words[i] ?? absent())
  return out
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Eight lowercase hex digits of a 32-bit word. */
export function hexOfWord(word: number): string {
  return `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`
}

/** Lowercase hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}
