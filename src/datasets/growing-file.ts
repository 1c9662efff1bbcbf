// A file that formats append to, which is finally synced and closed. While one buffer is being written to disk, the
// next is filled; both buffers are reused.
import { type FileHandle, open } from 'node:fs/promises'

/** Bytes buffered before a write. */
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

  /** Buffers text; returns whether it is time to `flush`. */
  add(text: string): boolean {
    // A character takes at most three bytes: those beyond the BMP count as two.
    const needed = this.#used + text.length * 3
    if (needed > this.#filling.length) {
      const larger = Buffer.allocUnsafeSlow(needed)
      this.#filling.copy(larger, 0, 0, this.#used)
      this.#filling = larger
    }
    this.#used += this.#filling.write(text, this.#used)
    return this.#used >= CHUNK
  }

  /** Starts writing the buffer, once the previous write is complete. */
  async flush(): Promise<void> {
    await this.#writing
    const full = this.#filling
    this.#writing = this.write(full.subarray(0, this.#used))
    // The next call reports a failure; until then there is no other handler.
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

  /** Writes the rest; resolves once everything is durable. */
  async finish(): Promise<void> {
    await this.flush()
    await this.#writing
    await this.#handle.sync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `flush` has reported a failure; here the write only has to settle.
    await this.#writing.catch(() => undefined)
    await this.#handle.close()
  }
}
