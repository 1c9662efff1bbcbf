// The 32-bit Mersenne Twister, seeded from text like Python's random.Random(text). The original drew its assignments
// with it, and a study that continues here must draw the same. Source: Matsumoto and Nishimura 1998, init_by_array.
import { createHash } from 'node:crypto'
import { at } from '../../kernel/at.ts'

const SIZE = 624
const SHIFT = 397

export class Twister {
  readonly #state = new Uint32Array(SIZE)
  #next = SIZE

  private constructor(words: readonly number[]) {
    this.#initialise(words)
  }

  /** @param text any text; the same text gives the same draws everywhere */
  static fromText(text: string): Twister {
    const bytes = Buffer.from(text, 'utf8')
    const all = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()])
    // One big-endian number, as 32-bit words, least significant first.
    const words: number[] = []
    for (let end = all.length; end > 0; end -= 4) {
      let word = 0
      for (let byte = Math.max(0, end - 4); byte < end; byte++) word = word * 256 + all.readUInt8(byte)
      words.push(word)
    }
    while (words.length > 1 && words.at(-1) === 0) words.pop()
    return new Twister(words)
  }

  #initialise(words: readonly number[]): void {
    const state = this.#state
    state[0] = 19_650_218
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1_812_433_253, this.#mixed(i)) + i
    let i = 1
    let j = 0
    for (let k = Math.max(SIZE, words.length); k > 0; k--) {
      state[i] = (this.#read(i) ^ Math.imul(this.#mixed(i), 1_664_525)) + at(words, j) + j
      if (++i >= SIZE) i = this.#wrap()
      if (++j >= words.length) j = 0
    }
    for (let k = SIZE - 1; k > 0; k--) {
      state[i] = (this.#read(i) ^ Math.imul(this.#mixed(i), 1_566_083_941)) - i
      if (++i >= SIZE) i = this.#wrap()
    }
    state[0] = 0x8000_0000
  }

  #read(i: number): number {
    return at(this.#state, i)
  }

  /** The previous word, with its upper bits mixed in. */
  #mixed(i: number): number {
    const before = this.#read(i - 1)
    return before ^ (before >>> 30)
  }

  #wrap(): 1 {
    this.#state[0] = this.#read(SIZE - 1)
    return 1
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < SIZE; i++) {
      const joined = (this.#read(i) & 0x8000_0000) | (this.#read((i + 1) % SIZE) & 0x7fff_ffff)
      state[i] = this.#read((i + SHIFT) % SIZE) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908_b0df : 0)
    }
    this.#next = 0
  }

  /** The next 32 bits, as a non-negative number. */
  next(): number {
    if (this.#next >= SIZE) this.#twist()
    let word = this.#read(this.#next++)
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    word ^= word >>> 18
    return word >>> 0
  }

  /** An integer from 0 to `n - 1`. @param n from 1 to 2^32 - 1 */
  below(n: number): number {
    const bits = 32 - Math.clz32(n)
    for (;;) {
      const drawn = this.next() >>> (32 - bits)
      if (drawn < n) return drawn
    }
  }

  /** A shuffled copy. */
  shuffle<T>(list: readonly T[]): T[] {
    const shuffled = [...list]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const [mine, other] = [shuffled[i], shuffled[j]]
      if (mine !== undefined && other !== undefined) {
        shuffled[i] = other
        shuffled[j] = mine
      }
    }
    return shuffled
  }

  /** A random element of a list; undefined: the list is empty. */
  choice<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.below(list.length)]
  }
}

/** The generator of a draw. Without a seed, or with a seed of 0 or an empty text, the study's name is the seed. */
export function drawFor(
  study: { readonly name: string; readonly seed: string | number | null },
  player: string,
  salt: string,
): Twister {
  const seed = study.seed === null || study.seed === 0 || study.seed === '' ? study.name : study.seed
  return Twister.fromText(`${seed}:${player}:${salt}`)
}
