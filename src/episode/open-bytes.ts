// Opens a journal's file for random access, whether it lies plain or zstd-compressed.
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../kernel/errors.ts'
import { isZstd } from '../lib/zstd.ts'
import type { ByteSource } from './byte-source.ts'
import { openSeekableZstd } from './seekable-zstd.ts'

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
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause, details: { path } })
  })
  try {
    const { size } = await file.stat()
    const raw: ByteSource = {
      size,
      read: (offset, length) => readFrom(file, offset, Math.min(length, size - offset)),
      close: () => file.close(),
    }
    return isZstd(await raw.read(0, 4)) ? await openSeekableZstd(raw) : raw
  } catch (error) {
    await file.close()
    throw error
  }
}
