// Journals as bodies of responses. The file is closed however the response ends: read to its end, failed, or cut by a
// client that left before the first byte, in which case a generator's own `finally` never runs.
import { Readable } from 'node:stream'
import { formatReplay } from '../adapters/coworld/replay-document.ts'
import type { JournalFile } from '../episode/journal-file.ts'
import type { EpisodeService } from '../host/episode-service.ts'

/**
 * The stored lines of a journal as text.
 * @throws AppError as `EpisodeService.readJournal`
 */
export async function journalStream(episodes: EpisodeService, id: string): Promise<Readable> {
  const file = await episodes.readJournal(id)
  return closingStream(file, withLineEnds(file))
}

/**
 * The replay document of an episode, with its journal and a frame for every step.
 * @throws AppError as `EpisodeService.readJournal` and `WorldRegistry.loadRecorded`
 */
export async function replayStream(episodes: EpisodeService, id: string): Promise<Readable> {
  const file = await episodes.readJournal(id)
  try {
    const world = await episodes.worlds.loadRecorded(file.header)
    return closingStream(file, formatReplay(file, world, { journal: true }))
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* withLineEnds(file: JournalFile): AsyncGenerator<string> {
  for await (const batch of file.lines()) yield `${batch.join('\n')}\n`
}

/** A stream of text that closes the journal it is made from, however it ends. */
export function closingStream(file: JournalFile, parts: AsyncIterable<string>): Readable {
  const stream = Readable.from(parts)
  // A file that cannot be closed any more is as good as closed.
  stream.once('close', () => void file.close().catch(() => undefined))
  return stream
}
