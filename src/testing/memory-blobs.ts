// Blobs in memory, for tests; a second implementation also keeps the interface general.
import { type ByteSource, bufferSource } from '../episode/byte-source.ts'
import { type BlobInfo, type BlobStore, checkBlobName, unknownBlob } from '../host/blobs.ts'
import type { FileContent } from '../lib/files.ts'

export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Buffer>()

  async put(name: string, content: FileContent): Promise<void> {
    checkBlobName(name)
    const parts: Buffer[] = []
    if (typeof content === 'string') parts.push(Buffer.from(content))
    else if (content instanceof Uint8Array) parts.push(Buffer.from(content))
    else for await (const part of content) parts.push(Buffer.from(part))
    this.#blobs.set(name, Buffer.concat(parts))
  }

  async open(name: string): Promise<ByteSource> {
    checkBlobName(name)
    const bytes = this.#blobs.get(name)
    if (!bytes) throw unknownBlob(name)
    return bufferSource(bytes)
  }

  async size(name: string): Promise<number | undefined> {
    checkBlobName(name)
    return this.#blobs.get(name)?.length
  }

  async exists(name: string): Promise<boolean> {
    return (await this.size(name)) !== undefined
  }

  async delete(name: string): Promise<boolean> {
    checkBlobName(name)
    return this.#blobs.delete(name)
  }

  async *list(prefix: string, { after = '' } = {}): AsyncGenerator<BlobInfo, void, undefined> {
    const names = [...this.#blobs.keys()].filter((name) => name.startsWith(prefix) && name > after)
    for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
      const bytes = this.#blobs.get(name)
      if (bytes) yield { name, size: bytes.length }
    }
  }
}
