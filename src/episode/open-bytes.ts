// Opens a journal's file, plain or zstd-compressed, for random access.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../kernel/errors.ts'
import { isZstd } from '../lib/zstd.ts'
import type { ByteSource } from './byte-source.ts'
import { openSeekableZstd } from './seekable-zstd.ts'

/** Bytes that are read to find out what a file is: usually more than its first line. */
const HEAD_BYTES = 4096

async function readFrom(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/**
 * @throws AppError FILE_UNREADABLE, or JOURNAL_CORRUPT for a damaged archive
 */
export async function openByteSource(path: string): Promise<ByteSource> {
  return openJournalBytes(await openRawBytes(path))
}

/**
 * A file's bytes as they are.
 * @throws AppError FILE_UNREADABLE
 */
export async function openRawBytes(path: string): Promise<ByteSource> {
  // Without O_NONBLOCK the opening of a FIFO waits for a writer, and nothing can interrupt it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause, details: { path } })
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) {
      throw new AppError('FILE_UNREADABLE', `${path} is not a regular file`, { details: { path } })
    }
    const { size } = stats
    return {
      size,
      read: (offset, length) => readFrom(file, offset, Math.min(length, size - offset)),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * The text of a journal in `raw`, plain or zstd-compressed. Closes `raw` when it fails.
 * @throws AppError JOURNAL_CORRUPT for a damaged archive
 */
export async function openJournalBytes(raw: ByteSource): Promise<ByteSource> {
  try {
    const head = await raw.read(0, HEAD_BYTES)
    return isZstd(head) ? await openSeekableZstd(raw) : withHead(raw, head)
  } catch (error) {
    await raw.close()
    throw error
  }
}

/** The header is the next thing that a reader asks for: it is in the bytes that showed the kind of the file. */
function withHead(raw: ByteSource, head: Buffer): ByteSource {
  return {
    size: raw.size,
    read: (offset, length) =>
      Math.min(offset + length, raw.size) <= head.length
        ? Promise.resolve(head.subarray(offset, offset + length))
        : raw.read(offset, length),
    close: () => raw.close(),
  }
}
