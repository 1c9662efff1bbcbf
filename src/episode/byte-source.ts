// Random access to the text of a journal; open-bytes.ts opens files, plain or compressed.

export interface ByteSource {
  /** Bytes of uncompressed text. */
  readonly size: number
  /** Bytes from `offset`; fewer than `length` at the end. */
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** Text in memory as a source. */
export function memorySource(text: string): ByteSource {
  return bufferSource(Buffer.from(text))
}

/** Bytes in memory as a source. */
export function bufferSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  }
}
