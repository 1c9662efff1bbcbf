// Artefacts by name (journals, logs, bundles): one interface for a folder, memory, or an object store such as S3.

import type { ByteSource } from '../episode/byte-source.ts'
import { AppError } from '../kernel/errors.ts'
import type { FileContent } from '../lib/files.ts'

export interface BlobInfo {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

/**
 * Blobs are written whole and never changed in part. A name is segments of letters, digits, `.`, `_` and `-` with
 * slashes between, 512 characters at most; no segment begins with a dot. No blob may be named like a folder of another
 * (`a` beside `a/b`): object stores allow it, file systems do not.
 */
export interface BlobStore {
  /**
   * Stores a blob. It appears whole and durable under its name when this resolves, or not at all; one that was there is
   * replaced. An error of the content's iterator passes unchanged.
   * @throws AppError VALIDATION_ERROR for a bad name, FILE_UNWRITABLE
   */
  put(name: string, content: FileContent): Promise<void>

  /**
   * Opens a blob for reads at any place. An open source keeps reading the bytes that it was opened on, also after the
   * blob was replaced or deleted; close it.
   * @throws AppError UNKNOWN_BLOB, VALIDATION_ERROR, FILE_UNREADABLE
   */
  open(name: string): Promise<ByteSource>

  /** The bytes of a blob; undefined if it does not exist. */
  size(name: string): Promise<number | undefined>

  exists(name: string): Promise<boolean>

  /** Deletes a blob. False: it did not exist. */
  delete(name: string): Promise<boolean>

  /**
   * Blobs whose name begins with `prefix` (any text, '' for all), in the order of their names by character code.
   * @param options.after only names after this one, to read a long list in parts
   */
  list(prefix: string, options?: { readonly after?: string }): AsyncGenerator<BlobInfo, void, undefined>
}

const NAME_LENGTH = 512
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/**
 * Refuses invalid blob names, above all those that leave the folder.
 * @throws AppError VALIDATION_ERROR
 */
export function checkBlobName(name: string): void {
  if (name.length <= NAME_LENGTH && name.split('/').every((segment) => SEGMENT.test(segment))) return
  throw new AppError('VALIDATION_ERROR', `${JSON.stringify(name.slice(0, NAME_LENGTH))} is not the name of a blob`, {
    hint: 'Use letters, digits, ".", "_" and "-", with "/" between the parts.',
  })
}

export function unknownBlob(name: string): AppError {
  return new AppError('UNKNOWN_BLOB', `there is no blob ${name}`, { details: { name } })
}

/** Bytes that `readBlob` asks for at once. */
const CHUNK = 256 * 1024

/**
 * The bytes of a blob from beginning to end, in chunks: for streams to a client or a decoder.
 * @throws AppError as `open`
 */
export async function* readBlob(blobs: BlobStore, name: string): AsyncGenerator<Buffer, void, undefined> {
  const source = await blobs.open(name)
  try {
    for (let offset = 0; offset < source.size; ) {
      const chunk = await source.read(offset, CHUNK)
      if (chunk.length === 0) throw new AppError('FILE_UNREADABLE', `blob ${name} is shorter than its recorded size`)
      offset += chunk.length
      yield chunk
    }
  } finally {
    await source.close()
  }
}
