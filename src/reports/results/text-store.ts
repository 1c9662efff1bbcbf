// Stores many texts outside memory: in a file without a name, which the system removes when it is closed or the process
// dies.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PRIVATE_FILE } from '../../lib/private.ts'

/** Bytes per block, the unit of writing and reading. */
const BLOCK = 512 * 1024

interface Block {
  /** Number of its first text. */
  readonly first: number
  /** Its start in the file. */
  readonly from: number
  /** The end of each text in the block. */
  readonly ends: Uint32Array
}

export class TextStore implements Disposable {
  readonly #file: number
  readonly #blocks: Block[] = []
  /** The block being filled, or the last one read. */
  #bytes: Buffer = Buffer.allocUnsafeSlow(BLOCK)
  #used = 0
  #ends: number[] = []
  #written = 0
  #count = 0

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'paracosm-texts-'))
    this.#file = openSync(join(folder, 'texts'), 'wx+', PRIVATE_FILE)
    rmSync(folder, { recursive: true, force: true })
  }

  /** Stores a text. Its number is the count of texts before it. */
  add(text: string): void {
    const size = Buffer.byteLength(text, 'utf8')
    if (this.#used + size > this.#bytes.length) {
      this.#flush()
      if (size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(size)
    }
    this.#used += this.#bytes.write(text, this.#used, 'utf8')
    this.#ends.push(this.#used)
    this.#count++
  }

  #flush(): void {
    if (this.#ends.length === 0) return
    let done = 0
    while (done < this.#used) done += writeSync(this.#file, this.#bytes, done, this.#used - done, this.#written + done)
    const ends = Uint32Array.from(this.#ends)
    this.#blocks.push({ first: this.#count - ends.length, from: this.#written, ends })
    this.#written += this.#used
    this.#used = 0
    this.#ends = []
  }

  /** The texts with these numbers. */
  read(numbers: Iterable<number>): Map<number, string> {
    this.#flush()
    const wanted = [...new Set(numbers)].sort((a, b) => a - b)
    const found = new Map<number, string>()
    let next = 0
    for (const block of this.#blocks) {
      const { first, ends } = block
      let bytes: Buffer | undefined
      for (let number = wanted[next]; number !== undefined && number < first + ends.length; number = wanted[++next]) {
        bytes ??= this.#load(block)
        const place = number - first
        found.set(number, bytes.toString('utf8', place === 0 ? 0 : ends[place - 1], ends[place]))
      }
    }
    return found
  }

  #load({ from, ends }: Block): Buffer {
    const size = ends.at(-1) ?? 0
    let done = 0
    while (done < size) {
      const read = readSync(this.#file, this.#bytes, done, size - done, from + done)
      if (read === 0) throw new Error('the file of texts is shorter than what was written')
      done += read
    }
    return this.#bytes
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
