// Many texts in little memory: packed in compressed blocks, read again in any order.
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Bytes of one block: large enough to compress well, small enough to unpack for a single text. */
const BLOCK = 128 * 1024

interface Block {
  /** Number of its first text. */
  readonly first: number
  readonly packed: Uint8Array
  /** Where each text ends, in bytes of the unpacked block. */
  readonly ends: Uint32Array
}

export class TextStore {
  readonly #blocks: Block[] = []
  #open: Buffer[] = []
  #openBytes = 0
  #count = 0

  /** Keeps a text. Its number is how many came before. */
  add(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    this.#open.push(bytes)
    this.#openBytes += bytes.length
    this.#count++
    if (this.#openBytes >= BLOCK) this.#close()
  }

  #close(): void {
    let end = 0
    const ends = Uint32Array.from(this.#open, ({ length }) => {
      end += length
      return end
    })
    const packed = zstdCompressSync(Buffer.concat(this.#open, end))
    this.#blocks.push({ first: this.#count - ends.length, packed, ends })
    this.#open = []
    this.#openBytes = 0
  }

  /** The texts with these numbers. */
  read(numbers: Iterable<number>): Map<number, string> {
    if (this.#open.length > 0) this.#close()
    const wanted = [...new Set(numbers)].sort((a, b) => a - b)
    const found = new Map<number, string>()
    let next = 0
    for (const block of this.#blocks) {
      const { first, ends } = block
      let bytes: Buffer | undefined
      for (let number = wanted[next]; number !== undefined && number < first + ends.length; number = wanted[++next]) {
        const place = number - first
        bytes ??= unpack(block)
        // Decoded one by one: a part of a larger string would keep all of it in memory.
        found.set(number, bytes.toString('utf8', place === 0 ? 0 : ends[place - 1], ends[place]))
      }
    }
    return found
  }
}

function unpack({ packed, ends }: Block): Buffer {
  const size = ends.at(-1) ?? 0
  return zstdDecompressSync(packed, { chunkSize: Math.max(64, size) })
}
