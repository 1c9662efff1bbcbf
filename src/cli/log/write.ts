// `paracosm log rotate` and `import`.
import { logJournal } from '../../datasets/log-journal.ts'
import { JournalFile } from '../../episode/journal-file.ts'
import { CommandLog } from '../../store/command-log.ts'
import { readFirstLine } from '../../store/log-archive.ts'
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

export async function importFile(
  io: Io,
  path: string,
  flags: { readonly data: string; readonly json?: boolean; readonly world?: string },
): Promise<void> {
  // Looked at before the store is opened, which would make a new one for a file that is not there.
  const isJournal = /^\{"paracosm":"journal"/.test(await readFirstLine(path))
  const count = await withStore(io, { data: flags.data, mode: 'create' }, (store) => {
    const log = new CommandLog(store)
    return isJournal
      ? logJournal(store, log, { open: () => JournalFile.open(path), worlds: io.worlds, world: flags.world })
      : log.importArchive(path)
  })
  if (flags.json) return printJson(io, { ok: true, kind: isJournal ? 'journal' : 'archive', ...count })
  const known = count.read - count.added
  io.out(`Added ${count.added} commands${known > 0 ? `; ${known} were there already` : ''}.`)
}
