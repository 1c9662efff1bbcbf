// Exports a dataset from the command log. Memory does not grow with the number of rows. Incomplete output never has the
// final name. The same log gives the same bytes.
import { join } from 'node:path'
import type { DatasetFormat, DatasetStatistics } from '../protocol/dataset.ts'
import type { Store } from '../store/store.ts'
import { type Counts, type RowsRequest, readDatasetRows } from './dataset-rows.ts'
import { writeEpisodes } from './episode-files.ts'
import { GrowingFile } from './growing-file.ts'
import { LINE_FORMATS } from './line-formats.ts'
import { COMMAND_COLUMNS, ParquetFile } from './parquet-file.ts'
import { RowTexts } from './row-texts.ts'
import { openTarget, type Target, toFileError } from './target.ts'
import { writeTrajectories } from './trajectories.ts'

export interface ExportRequest extends RowsRequest {
  readonly format: DatasetFormat
  readonly output: string
  /** Replaces existing output at `output`. */
  readonly isForced?: boolean
  /** For `episodes`: shorter episodes are skipped. 1 or more. */
  readonly minLength?: number
}

/** Episodes with fewer rows are of little use for training; the original's limit. */
export const MIN_LENGTH = 3

/** Format names in statistics, where the original's differ. */
const NAMES: Partial<Record<DatasetFormat, string>> = { chat: 'chat_completion', episodes: 'episode_sequence' }

const FOLDERS: readonly DatasetFormat[] = ['episodes', 'sharegpt']

/**
 * Writes one dataset.
 * @throws AppError FILE_EXISTS, FILE_UNWRITABLE, NAMES_COLLIDE (two episodes, one file name), STORE_CORRUPT (names the
 * row), STORE_BUSY, INTERRUPTED, and the codes of the store; then no output is left
 */
export async function exportDataset(store: Store, request: ExportRequest): Promise<DatasetStatistics> {
  const { format, output, isForced = false } = request
  const target = await openTarget(output, { kind: FOLDERS.includes(format) ? 'folder' : 'file', isForced })
  try {
    const { total, skipped, episodes } = await write(store, request, target)
    request.signal?.throwIfAborted()
    await target.commit()
    return {
      total_records: total,
      episodes_exported: episodes,
      skipped_records: skipped,
      output_path: output,
      format: NAMES[format] ?? format,
      exported_at: new Date().toISOString(),
    }
  } catch (cause) {
    throw toFileError(cause, target.path)
  } finally {
    await target.discard()
  }
}

function write(store: Store, request: ExportRequest, { temporary, path }: Target): Promise<Counts> {
  const { format, minLength = MIN_LENGTH } = request
  switch (format) {
    case 'raw':
    case 'chat':
    case 'instruction':
      return writeLines(store, request, { format, path: temporary })
    case 'sharegpt':
      return writeShareGpt(store, request, temporary)
    case 'episodes':
      return writeEpisodes(readDatasetRows(store, request), { folder: temporary, minLength })
    case 'parquet':
      return writeParquet(store, request, temporary)
    case 'trajectories':
      return writeTrajectories(store, request, { path: temporary, isParquet: path.endsWith('.parquet') })
  }
}

async function writeLines(
  store: Store,
  request: RowsRequest,
  { format, path }: { format: keyof typeof LINE_FORMATS; path: string },
): Promise<Counts> {
  await using file = await GrowingFile.open(path)
  const formatLine = LINE_FORMATS[format]
  const texts = new RowTexts()
  let total = 0
  let skipped = 0
  for await (const rows of readDatasetRows(store, request)) {
    for (const row of rows) {
      const line = formatLine(row, texts)
      if (line === undefined) {
        skipped++
        continue
      }
      total++
      if (file.add(line)) await file.flush()
    }
  }
  await file.finish()
  return { total, skipped, episodes: 0 }
}

/** The description of the file for LLaMA-Factory, with the usual tags. */
const DATASET_INFO = {
  paracosm: {
    file_name: 'conversations.jsonl',
    formatting: 'sharegpt',
    columns: { messages: 'conversations', system: 'system' },
  },
}

async function writeShareGpt(store: Store, request: RowsRequest, folder: string): Promise<Counts> {
  await using info = await GrowingFile.open(join(folder, 'dataset_info.json'))
  info.add(`${JSON.stringify(DATASET_INFO, undefined, 2)}\n`)
  await info.finish()
  return writeLines(store, request, { format: 'sharegpt', path: join(folder, DATASET_INFO.paracosm.file_name) })
}

async function writeParquet(store: Store, request: RowsRequest, path: string): Promise<Counts> {
  await using file = await ParquetFile.open(path, COMMAND_COLUMNS)
  let total = 0
  for await (const rows of readDatasetRows(store, request)) {
    await file.add(rows)
    total += rows.length
  }
  await file.finish()
  return { total, skipped: 0, episodes: 0 }
}
