// A folder as an archive, as a stream.
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type StreamedEntry, tarStream } from './tar-write.ts'
import { type ArchiveEntry, zipStream } from './zip.ts'

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.sort((a, b) => (a < b ? -1 : 1))
}

const nameIn = (folder: string, path: string): string => relative(folder, path).split(sep).join('/')

async function* tarEntries(folder: string, prefix: string): AsyncGenerator<StreamedEntry> {
  for (const path of await filesOf(folder)) {
    const { size } = await stat(path)
    yield { name: prefix + nameIn(folder, path), size, content: () => createReadStream(path) }
  }
}

async function* zipEntries(folder: string, prefix: string): AsyncGenerator<ArchiveEntry> {
  for (const path of await filesOf(folder)) yield { name: prefix + nameIn(folder, path), content: await readFile(path) }
}

/**
 * The bytes of an archive of all files below a folder. Destroy the stream to stop early.
 * @param prefix of every name: a folder with a slash, or nothing
 */
export function packFolder(folder: string, format: 'tar.gz' | 'zip', prefix = ''): Readable {
  if (format === 'zip') return Readable.from(zipStream(zipEntries(folder, prefix)), { objectMode: false })
  const tar = Readable.from(tarStream(tarEntries(folder, prefix)), { objectMode: false })
  const gzip = createGzip()
  tar.once('error', (error) => gzip.destroy(error))
  gzip.once('close', () => tar.destroy())
  return tar.pipe(gzip)
}
