// Recorded games from a URI: a journal (plain or zstd), or a replay document from Paracosm or the original.
import { gunzipSync, inflateSync } from 'node:zlib'
import { bufferSource, memorySource } from '../../episode/byte-source.ts'
import { JournalFile } from '../../episode/journal-file.ts'
import { openSeekableZstd } from '../../episode/seekable-zstd.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { publicView, type World } from '../../kernel/world.ts'
import { isZstd } from '../../lib/zstd.ts'
import type { JournalHeader } from '../../protocol/journal.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { Recorded } from './replay-adapter.ts'
import { formatReplay } from './replay-document.ts'
import { readUri } from './uris.ts'

/** Maximum uncompressed bytes of a replay. */
const MAX_UNFOLDED = 512 * 1024 * 1024

function unfold(uri: string, bytes: Buffer): Buffer {
  const name = uri.replace(/[?#].*$/, '')
  if (!name.endsWith('.json.z') && !name.endsWith('.json.gz')) return bytes
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    return (isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: MAX_UNFOLDED })
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${uri} is not a gzip file`, { cause })
  }
}

async function join(parts: AsyncIterable<string>): Promise<string> {
  const text: string[] = []
  for await (const part of parts) text.push(part)
  return text.join('')
}

/**
 * A journal as a recorded game.
 * @param open opens the journal. It is opened for each answer and closed after it: a page stays connected for hours, and
 * one open file for each viewer would use up the files that a process may open.
 */
export function recordedFromJournal(open: () => Promise<JournalFile>, world: World): Recorded {
  const read = async <T>(use: (file: JournalFile) => Promise<T>): Promise<T> => {
    const file = await open()
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  }
  return {
    message: () => read((file) => join(formatReplay(file, world, { type: 'replay', journal: false }))),
    seek: (step) =>
      read(async (file) => {
        const { fold } = await file.seek(step, () => world)
        return JSON.stringify({ type: 'state', step, ...publicView(world, fold.state) })
      }),
  }
}

/**
 * Opens a recording that has been read.
 * @param file.name decides whether it is compressed; it also names the recording in errors
 * @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR, JOURNAL_CORRUPT
 */
export async function openRecording(file: { name: string; bytes: Buffer }, world: World): Promise<Recorded> {
  const { name: uri } = file
  const bytes = unfold(uri, file.bytes)
  const start = bytes.subarray(0, 32).toString('latin1')
  if (isZstd(bytes) || start.startsWith('{"paracosm"')) {
    const source = isZstd(bytes) ? await openSeekableZstd(bufferSource(bytes)) : bufferSource(bytes)
    // Read here once, so that a damaged journal is refused before anything is shown.
    const file = await JournalFile.from(source)
    return recordedFromJournal(() => Promise.resolve(file), world)
  }
  const json = parseWith(JsonObject, parseJson(bytes.toString('utf8'), `The replay ${uri}`), {
    code: 'VALIDATION_ERROR',
    what: `The replay ${uri}`,
  })
  const { journal, ...document } = json
  if (!Array.isArray(document.frames)) {
    throw new AppError('VALIDATION_ERROR', `${uri} has no frames: it is not a replay`)
  }
  const lines = Array.isArray(journal) ? journal.filter((line) => typeof line === 'string') : []
  const recorded: Recorded | undefined =
    lines.length > 0
      ? recordedFromJournal(() => JournalFile.from(memorySource(`${lines.join('\n')}\n`)), world)
      : undefined
  return {
    message: () => Promise.resolve(JSON.stringify({ ...document, type: 'replay' })),
    ...(recorded?.seek ? { seek: recorded.seek } : {}),
  }
}

/**
 * The world of a recording, with the header of a journal; undefined for documents that do not name it.
 * @throws AppError FILE_UNREADABLE, JOURNAL_CORRUPT
 */
export async function worldOfRecording(
  uri: string,
): Promise<{ readonly id: string; readonly header?: JournalHeader } | undefined> {
  const bytes = unfold(uri, await readUri(uri))
  const start = bytes.subarray(0, 4096).toString('utf8')
  if (isZstd(bytes) || start.startsWith('{"paracosm"')) {
    const source = isZstd(bytes) ? await openSeekableZstd(bufferSource(bytes)) : bufferSource(bytes)
    const file = await JournalFile.from(source)
    await file.close()
    return { id: file.header.world.id, header: file.header }
  }
  const id = /^\{\s*"world":\s*\{"id":\s*"([a-z0-9-]+)"/.exec(start)?.[1]
  return id === undefined ? undefined : { id }
}
