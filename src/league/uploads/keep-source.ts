// Receives a source archive: counts its bytes while it streams, validates it completely, and only then records it. Also
// chooses the command line if the owner has given none.
import { createHash, randomUUID } from 'node:crypto'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import type { SourceRecord, Sources } from '../../store/leagues/sources.ts'
import { MAX_ARCHIVE_BYTES, readSourceArchive } from './source-archive.ts'

/** @throws AppError BODY_TOO_LARGE, UPLOAD_INVALID, RATE_LIMITED, FILE_UNWRITABLE */
export async function keepSource(
  { sources, blobs }: { readonly sources: Sources; readonly blobs: BlobStore },
  playerId: string | null,
  content: AsyncIterable<Uint8Array>,
): Promise<SourceRecord> {
  await sources.checkRoom(playerId)
  const id = randomUUID()
  const blob = `sources/${id}.tar`
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const part of content) {
      bytes += part.length
      if (bytes > MAX_ARCHIVE_BYTES) {
        throw new AppError('BODY_TOO_LARGE', `an archive of source has at most ${MAX_ARCHIVE_BYTES} bytes`)
      }
      hash.update(part)
      yield part
    }
  }
  await blobs.put(blob, counted())
  try {
    const digest = hash.digest('hex')
    const known = await sources.find(playerId, digest)
    const { files } = await readSourceArchive(readBlob(blobs, blob))
    if (!known) return await sources.add({ id, playerId, blob, hash: digest, bytes, files })
    await blobs.delete(blob)
    return known
  } catch (error) {
    await blobs.delete(blob)
    throw error
  }
}

/** Files that start a policy, the first existing one counts, and the program for each extension. */
const STARTS = [
  'player.py',
  'main.py',
  'policy.py',
  'player.ts',
  'player.mjs',
  'player.js',
  'main.mjs',
  'main.js',
  'run.sh',
]
const PROGRAMS: Readonly<Record<string, string>> = { py: 'python3', ts: 'node', mjs: 'node', js: 'node', sh: '/bin/sh' }

/**
 * The command line of an archive whose owner gave none.
 * @throws AppError VALIDATION_ERROR when no file determines it
 */
export function defaultRun(paths: readonly string[]): string[] {
  for (const name of STARTS) {
    // At the top, or in the single folder of an archive that contains a folder.
    const found = paths.find((path) => path === name || (/^[^/]+\/[^/]+$/.test(path) && path.endsWith(`/${name}`)))
    const program = PROGRAMS[name.split('.').at(-1) ?? '']
    if (found !== undefined && program !== undefined) return [program, found]
  }
  throw new AppError('VALIDATION_ERROR', `"run" is missing, and the archive has none of: ${STARTS.join(', ')}`, {
    hint: 'Say how the policy is started, such as ["python3", "src/agent.py"].',
  })
}
