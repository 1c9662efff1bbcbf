// The format `episodes`: a folder with one file per episode. It makes one pass over the rows. Pending text is written
// whenever it reaches a limit, one file after the other, so that at most one file is open.
import { appendFile, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredRow } from '../store/log-rows.ts'
import type { Counts } from './dataset-rows.ts'
import { EpisodeNames } from './episode-names.ts'
import { formatEpisodeLine } from './line-formats.ts'
import { RowTexts } from './row-texts.ts'

interface EpisodeFile {
  readonly path: string
  rows: number
  /** Text not yet written. */
  waiting: string[]
}

/** Maximum number of pending characters, over all files. */
const MAX_WAITING = 8 * 1024 * 1024

export async function writeEpisodes(
  pages: AsyncIterable<readonly StoredRow[]>,
  { folder, minLength }: { readonly folder: string; readonly minLength: number },
): Promise<Counts> {
  const files = new Map<string | null, EpisodeFile>()
  const names = new EpisodeNames()
  const texts = new RowTexts()
  let length = 0
  for await (const rows of pages) {
    for (const row of rows) {
      const file = fileOf(row.episode_id)
      const line = formatEpisodeLine(row, texts)
      file.rows++
      file.waiting.push(line)
      length += line.length
    }
    if (length < MAX_WAITING) continue
    await writeWaiting(files.values())
    length = 0
  }
  const { total, skipped, episodes } = await settle([...files.values()], minLength)
  return { total, skipped, episodes }

  function fileOf(id: string | null): EpisodeFile {
    const known = files.get(id)
    if (known) return known
    const file = { path: join(folder, `${names.nameOf(id)}.jsonl`), rows: 0, waiting: [] }
    files.set(id, file)
    return file
  }
}

async function writeWaiting(files: Iterable<EpisodeFile>): Promise<void> {
  for (const file of files) {
    if (file.waiting.length === 0) continue
    await appendFile(file.path, file.waiting.join(''))
    file.waiting = []
  }
}

/** Removes short episodes, and makes the others durable. */
async function settle(files: readonly EpisodeFile[], minLength: number): Promise<Counts> {
  const kept = files.filter((file) => file.rows >= minLength)
  const short = files.filter((file) => file.rows < minLength)
  await writeWaiting(kept)
  for (const { path } of short) await rm(path, { force: true })
  for (const { path } of kept) {
    await using file = await open(path, 'r')
    await file.sync()
  }
  const sum = (list: readonly EpisodeFile[]): number => list.reduce((total, { rows }) => total + rows, 0)
  return { total: sum(kept), skipped: sum(short), episodes: kept.length }
}
