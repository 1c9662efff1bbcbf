// Recognises zstd files by their first bytes.

/** First bytes of a zstd frame, as a little-endian number (RFC 8878, section 3.1.1). */
const ZSTD_MAGIC = 0xfd2fb528

/** How many bytes `isZstd` looks at. */
export const ZSTD_MAGIC_BYTES = 4

/** Whether bytes begin a zstd frame. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < ZSTD_MAGIC_BYTES) return false
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === ZSTD_MAGIC
}
