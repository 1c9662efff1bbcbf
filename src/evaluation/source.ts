// The source of an evaluation: the store with its journals among the blobs, or a folder written with -o.
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalFile } from '../episode/journal-file.ts'
import { type BlobStore, readBlob } from '../host/blobs.ts'
import { FolderBlobs } from '../host/folder-blobs.ts'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import { writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { readLines } from '../lib/json-lines.ts'
import { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts'
import type { Evaluations } from '../store/evaluations/evaluations.ts'

export interface EvaluationSource {
  readonly report: EvaluationReport
  rows(): AsyncIterable<EvaluationRow>
  /** @throws AppError UNKNOWN_BLOB, JOURNAL_CORRUPT */
  openJournal(name: string): Promise<JournalFile>
}

/** Maximum length of a line in a file of rows, in bytes. */
const MAX_ROW_BYTES = 1_000_000

/** @throws AppError UNKNOWN_EVALUATION; RUN_FAILED if it has not ended yet */
export async function storedSource(evaluations: Evaluations, blobs: BlobStore, id: string): Promise<EvaluationSource> {
  const { report } = await evaluations.get(id)
  if (!report) {
    throw new AppError('RUN_FAILED', `evaluation ${id} has not ended`, {
      hint: `Play the rest of it with: paracosm eval resume ${id}`,
    })
  }
  return {
    report,
    rows: () => evaluations.rows(id),
    openJournal: async (name) => JournalFile.from(await blobs.open(name)),
  }
}

const REPORT = 'report.json'
const ROWS = 'rows.jsonl'

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR */
export async function folderSource(folder: string): Promise<EvaluationSource> {
  const text = await readFile(join(folder, REPORT), 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `${folder} contains no evaluation: ${REPORT} cannot be read`, { cause })
  })
  const what = { code: 'VALIDATION_ERROR', what: `${REPORT} of ${folder}` } as const
  const blobs = new FolderBlobs(folder)
  return {
    report: parseWith(EvaluationReport, parseJson(text, REPORT), what),
    rows: () => readRows(join(folder, ROWS)),
    openJournal: async (name) => JournalFile.from(await blobs.open(name)),
  }
}

async function* readRows(path: string): AsyncGenerator<EvaluationRow> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
  for await (const { text, number } of readLines(file.createReadStream(), {
    maxLineBytes: MAX_ROW_BYTES,
    what: ROWS,
  })) {
    if (text === '') continue
    yield parseWith(EvaluationRow, parseJson(text, `line ${number} of ${ROWS}`), {
      code: 'VALIDATION_ERROR',
      what: `line ${number} of ${ROWS}`,
    })
  }
}

/** Writes an evaluation with all its journals to a folder that can be verified on any machine. */
export async function writeFolder(
  folder: string,
  source: EvaluationSource,
  { blobs, texts }: { readonly blobs: BlobStore; readonly texts: Readonly<Record<string, string>> },
): Promise<void> {
  await makeFolder(folder)
  const copies = new FolderBlobs(folder)
  async function* lines(): AsyncGenerator<string> {
    for await (const row of source.rows()) {
      const journal = row.journal && `journals/${row.journal.split('/').at(-1)}`
      if (row.journal !== null && journal !== null) await copies.put(journal, readBlob(blobs, row.journal))
      yield `${JSON.stringify({ ...row, journal })}\n`
    }
  }
  await writeFileWhole(join(folder, ROWS), lines())
  for (const [name, text] of Object.entries(texts)) await writeFileWhole(join(folder, name), text)
  await writeFileWhole(join(folder, REPORT), `${JSON.stringify(source.report, undefined, 2)}\n`)
}
