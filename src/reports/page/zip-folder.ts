// The files of a results folder as one archive inside the report, without personal data.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArchiveEntry, zipStream } from '../../lib/zip.ts'

/** Maximum size of a folder that is embedded in a report, in bytes; a larger one is not embedded. */
const MAX_BYTES = 50 * 1024 * 1024

async function* entriesOf(folder: string, names: readonly string[]): AsyncGenerator<ArchiveEntry> {
  for (const name of names) yield { name, content: await readFile(join(folder, name)) }
}

/** Names, mail addresses and key hashes must not be in a file that is passed on. */
const PERSONAL = ['pii', 'players']

/** The files directly in a folder; undefined: they are too large. */
export async function zipFolder(folder: string): Promise<Uint8Array | undefined> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !PERSONAL.some((name) => entry.name.startsWith(`${name}.`)))
    .map(({ name }) => name)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  if (sizes.reduce((sum, size) => sum + size, 0) > MAX_BYTES) return undefined
  const parts: Uint8Array[] = []
  for await (const part of zipStream(entriesOf(folder, names.toSorted()))) parts.push(part)
  return Buffer.concat(parts)
}
