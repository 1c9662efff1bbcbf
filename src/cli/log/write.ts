// `paracosm log rotate` and `import`.
import { logJournal } from '../../datasets/log-journal.ts'
import { checkSourceDatabase } from '../../datasets/source-database.ts'
import { isDatabase, kindOfLine, readSourceLog, type SOURCE_KINDS } from '../../datasets/source-log.ts'
import { JournalFile } from '../../episode/journal-file.ts'
import { AppError } from '../../kernel/errors.ts'
import { CommandLog } from '../../store/command-log.ts'
import { openArchive, readFirstLine } from '../../store/log-archive.ts'
import type { ImportCount } from '../../store/log-import.ts'
import type { Store } from '../../store/store.ts'
import { type Io, printJson } from '../io.ts'
import { createProgress } from '../progress.ts'
import { withStore } from '../store.ts'

interface RotateFlags {
  readonly data: string
  readonly json?: boolean
  readonly maxAgeDays: number
  readonly archive?: string
  readonly dryRun?: boolean
}

export async function rotate(io: Io, flags: RotateFlags): Promise<void> {
  const { maxAgeDays, archive, dryRun: isDryRun = false } = flags
  const progress = createProgress(io, { unit: 'commands deleted' })
  const rotated = await withStore(io, { data: flags.data, mode: isDryRun ? 'read' : 'existing' }, (store) =>
    new CommandLog(store).rotate({
      maxAgeDays,
      isDryRun,
      ...(archive === undefined ? {} : { archive }),
      onProgress: ({ archived, deleted }) => progress(deleted, `${archived} archived`),
    }),
  )
  if (flags.json) return printJson(io, { ok: true, dry_run: isDryRun, ...rotated, archive: archive ?? null })
  const { deleted, cutoff } = rotated
  if (isDryRun) return io.out(`${deleted} commands are older than ${cutoff}. Nothing was changed.`)
  io.out(`Deleted ${deleted} commands older than ${cutoff}.`)
  if (archive !== undefined) io.out(`Archive: ${archive} (${rotated.archived} commands)`)
}

interface ImportFlags {
  readonly data: string
  readonly json?: boolean
  readonly world?: string
}

/** Selects the import for a file, checked before the store is opened, which would create one. */
interface Importer {
  readonly kind: 'journal' | 'archive' | (typeof SOURCE_KINDS)[number]
  run(store: Store, log: CommandLog): Promise<ImportCount>
}

export async function importFile(io: Io, path: string, flags: ImportFlags): Promise<void> {
  const { kind, run } = await openImport(io, path, flags)
  const count = await withStore(io, { data: flags.data, mode: 'create' }, (store) => run(store, new CommandLog(store)))
  if (flags.json) return printJson(io, { ok: true, kind, ...count })
  const known = count.read - count.added
  io.out(`Added ${count.added} commands${known > 0 ? `; ${known} were already in the log` : ''}.`)
}

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR for a file that is none of these */
async function openImport(io: Io, path: string, { world }: ImportFlags): Promise<Importer> {
  if (await isDatabase(path)) {
    checkSourceDatabase(path)
    return { kind: 'sqlite', run: (_store, log) => log.importRows(readSourceLog(path, 'sqlite')) }
  }
  const line = await readFirstLine(path)
  if (line.startsWith('{"paracosm":"journal"')) {
    const open = () => JournalFile.open(path)
    return { kind: 'journal', run: (store, log) => logJournal(store, log, { open, worlds: io.worlds, world }) }
  }
  const source = kindOfLine(line)
  if (source) return { kind: source, run: (_store, log) => log.importRows(readSourceLog(path, source)) }
  await checkArchive(path)
  return { kind: 'archive', run: (_store, log) => log.importArchive(path) }
}

async function checkArchive(path: string): Promise<void> {
  try {
    const archive = await openArchive(path)
    archive.close()
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'FILE_UNREADABLE') throw error
    throw new AppError(error.code, error.message, {
      cause: error,
      hint: 'Give an archive of the log, a journal, or a log of the protocol\u2019s source text: its SQLite file, or JSON Lines (raw, episode, chat, instruction).',
    })
  }
}
