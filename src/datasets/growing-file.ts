// A file that grows, is synced, and is closed: what the formats write into. While one buffer is on its way to the disk the
// next is filled; both are used again and again.
import { type FileHandle, open } from 'node:fs/promises'

/** Bytes that are gathered before they are written. */
const CHUNK = 512 * 1024

export class GrowingFile implements AsyncDisposable {
  readonly #handle: FileHandle
  #filling = Buffer.allocUnsafeSlow(2 * CHUNK)
  #spare = Buffer.allocUnsafeSlow(2 * CHUNK)
  #used = 0
  #writing: Promise<void> = Promise.resolve()

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async open(path: string): Promise<GrowingFile> {
    return new GrowingFile(await open(path, 'w'))
  }

  /** Takes text; says whether it is time to `flush`. */
  add(text: string): boolean {
    // A character has three bytes at most: those beyond count as two.
    const needed = this.#used + text.length * 3
    if (needed > this.#filling.length) {
      const larger = Buffer.allocUnsafeSlow(needed)
      this.#filling.copy(larger, 0, 0, this.#used)
      this.#filling = larger
    }
    this.#used += this.#filling.write(text, this.#used)
    return this.#used >= CHUNK
  }

  /** Begins to write what was gathered, once what was begun before is written. */
  async flush(): Promise<void> {
    await this.#writing
    const full = this.#filling
    this.#writing = this.write(full.subarray(0, this.#used))
    // The next call reports a failure; until then nothing listens.
    this.#writing.catch(() => undefined)
    this.#filling = this.#spare
    this.#spare = full
    this.#used = 0
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at)
      at += bytesWritten
    }
  }

  /** Writes what is left; resolves once all of it is durable. */
  async finish(): Promise<void> {
    await this.flush()
    await this.#writing
    await this.#handle.sync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `flush` has reported a failure; here the write only has to be finished.
    await this.#writing.catch(() => undefined)
    await this.#handle.close()
  }
}
