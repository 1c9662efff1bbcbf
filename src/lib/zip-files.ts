// A zip of files on disk, written to another file piece by piece, so that a server that makes one goes on answering.
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { PRIVATE_FILE } from './private.ts'
import { zipParts } from './zip-parts.ts'

interface ZipEntry {
  /** Its path in the zip, with `/`. */
  readonly name: string
  /** Where it lies. */
  readonly path: string
}

/**
 * Writes a zip; whatever was at `path` is replaced.
 * @throws AppError FILE_TOO_LARGE beyond 4 GiB or 65,535 files
 */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const parts = entries.map((entry) => ({ name: entry.name, content: () => createReadStream(entry.path) }))
  await pipeline(zipParts(parts), createWriteStream(path, { mode: PRIVATE_FILE }))
}
