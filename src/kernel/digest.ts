// The 64-bit digest of a state: the first half of MurmurHash3_x86_128 (Austin Appleby, public domain, 2011), seed 0. It
// needs only 32-bit multiplication, so a browser computes it at full speed. It finds differences, but does not
// withstand forgery; the journal's chain, which must, uses SHA-256.

import type { JsonValue } from '../protocol/json.ts'
import { absent } from './at.ts'
import { canonicalJson } from './canonical.ts'
import { hexOfWord } from './sha256.ts'

const C1 = 0x239b961b
const C2 = 0xab0e9789 | 0
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93 | 0

const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r))

function finalMix(x: number): number {
  let h = x ^ (x >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * Collects 32-bit words and digests them. Feed it the state in one fixed order; write lengths before lists,
 * so that two different states never spell the same words.
 *
 * @example
 * import { Digester } from 'paracosm/world'
 *
 * const digester = new Digester()
 * console.log(digester)
 */
export class Digester {
  #h1: number
  #h2: number
  #h3: number
  #h4: number
  #pending = 0
  #k1 = 0
  #k2 = 0
  #k3 = 0
  #words = 0

  constructor(seed = 0) {
    this.#h1 = this.#h2 = this.#h3 = this.#h4 = seed | 0
  }

  /** Adds one integer of -2^31..2^32-1. */
  word(value: number): void {
    this.#words++
    switch (this.#pending) {
      case 0:
        this.#k1 = value
        break
      case 1:
        this.#k2 = value
        break
      case 2:
        this.#k3 = value
        break
      default:
        this.#block(value)
        this.#pending = 0
        return
    }
    this.#pending++
  }

  /** Adds every integer of a list, without its length. */
  words(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.word(values[i] ?? absent())
  }

  /** Adds an integer of up to 53 bits, as two words. */
  long(value: number): void {
    this.word(value | 0)
    this.word(Math.floor(value / 0x1_0000_0000))
  }

  /** Adds a string: its length, then two UTF-16 units per word. */
  text(value: string): void {
    this.word(value.length)
    for (let i = 0; i < value.length; i += 2) {
      const high = i + 1 < value.length ? value.charCodeAt(i + 1) : 0
      this.word(value.charCodeAt(i) | (high << 16))
    }
  }

  #block(k4: number): void {
    this.#h1 ^= Math.imul(rotl(Math.imul(this.#k1, C1), 15), C2)
    this.#h1 = (Math.imul((rotl(this.#h1, 19) + this.#h2) | 0, 5) + 0x561ccd1b) | 0
    this.#h2 ^= Math.imul(rotl(Math.imul(this.#k2, C2), 16), C3)
    this.#h2 = (Math.imul((rotl(this.#h2, 17) + this.#h3) | 0, 5) + 0x0bcaa747) | 0
    this.#h3 ^= Math.imul(rotl(Math.imul(this.#k3, C3), 17), C4)
    this.#h3 = (Math.imul((rotl(this.#h3, 15) + this.#h4) | 0, 5) + 0x96cd1c35) | 0
    this.#h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1)
    this.#h4 = (Math.imul((rotl(this.#h4, 13) + this.#h1) | 0, 5) + 0x32ac3b17) | 0
  }

  /** The four 32-bit words of the whole 128-bit hash. The digester must not be used afterwards. */
  finish(): readonly [number, number, number, number] {
    if (this.#pending > 2) this.#h3 ^= Math.imul(rotl(Math.imul(this.#k3, C3), 17), C4)
    if (this.#pending > 1) this.#h2 ^= Math.imul(rotl(Math.imul(this.#k2, C2), 16), C3)
    if (this.#pending > 0) this.#h1 ^= Math.imul(rotl(Math.imul(this.#k1, C1), 15), C2)
    const length = this.#words * 4
    let h1 = this.#h1 ^ length
    let h2 = this.#h2 ^ length
    let h3 = this.#h3 ^ length
    let h4 = this.#h4 ^ length
    h1 = (h1 + h2 + h3 + h4) | 0
    h2 = (h2 + h1) | 0
    h3 = (h3 + h1) | 0
    h4 = (h4 + h1) | 0
    h1 = finalMix(h1)
    h2 = finalMix(h2)
    h3 = finalMix(h3)
    h4 = finalMix(h4)
    h1 = (h1 + h2 + h3 + h4) | 0
    h2 = (h2 + h1) | 0
    h3 = (h3 + h1) | 0
    h4 = (h4 + h1) | 0
    return [h1, h2, h3, h4]
  }

  /** The digest: 16 lowercase hex digits. The digester must not be used afterwards. */
  end(): string {
    const [h1, h2] = this.finish()
    return hexOfWord(h1) + hexOfWord(h2)
  }
}

/**
 * Digest of plain JSON, by its canonical text.
 * @throws AppError NOT_CANONICAL for values that JSON cannot represent: NaN, Infinity, -0, undefined
 *
 * @example
 * import { digestJson } from 'paracosm/world'
 *
 * console.log(digestJson({ left: 3 }) === digestJson({ left: 3 })) // true
 */
export function digestJson(value: JsonValue): string {
  const digester = new Digester()
  digester.text(canonicalJson(value))
  return digester.end()
}
