// `paracosm admin seed`, `import`, `restore`, `dump` and `backup`.
import { AppError } from '../../kernel/errors.ts'
import { type ExportOptions, type ExportReport, exportBackup, exportDump } from '../../store/dumps/export.ts'
import { type ImportOptions, importFolder } from '../../store/dumps/import.ts'
import { openVault } from '../../store/people/personal-key.ts'
import type { Store } from '../../store/store.ts'
import { type Io, printJson } from '../io.ts'
import { createProgress } from '../progress.ts'
import { withStore } from '../store.ts'
import { printTable } from '../table.ts'

export interface ImportFlags {
  readonly data: string
  readonly json?: boolean
}

export async function readFolder(
  io: Io,
  folder: string,
  flags: ImportFlags & Pick<ImportOptions, 'mode'>,
): Promise<void> {
  const { data, mode } = flags
  const progress = createProgress(io, { unit: 'documents' })
  const report = await withStore(io, { data, mode: 'create' }, async (store) =>
    importFolder(store, folder, {
      mode,
      vault: await openVault(store, { key: io.config.PARACOSM_PII_KEY, folder: data }),
      signal: io.signal,
      onProgress: ({ phase, collection, documents }) => progress(documents, `${phase} ${collection}`),
    }),
  )
  if (flags.json) return printJson(io, { ok: true, ...report })
  printCounts(io, report.collections)
  for (const note of report.notes) io.out(note)
  io.out(`${report.documents} documents imported. Access keys are hashed, and personal data is encrypted.`)
}

export interface ExportFlags {
  readonly data: string
  readonly json?: boolean
  readonly personalData: string
}

type Write = (store: Store, parent: string, options: ExportOptions) => Promise<ExportReport>

export const dump = (io: Io, folder: string, flags: ExportFlags): Promise<void> => write(io, folder, flags, exportDump)
export const backup = (io: Io, folder: string, flags: ExportFlags): Promise<void> =>
  write(io, folder, flags, exportBackup)

const PERSONAL = ['sealed', 'clear', 'none'] as const

async function write(io: Io, folder: string, flags: ExportFlags, make: Write): Promise<void> {
  const personal = PERSONAL.find((each) => each === flags.personalData)
  if (!personal) throw new AppError('USAGE', `--personal-data takes ${PERSONAL.join(', ')}, not ${flags.personalData}`)
  const { data } = flags
  const isClear = personal === 'clear'
  const progress = createProgress(io, { unit: 'documents' })
  const report = await withStore(io, { data, mode: isClear ? 'existing' : 'read' }, async (store) =>
    make(store, folder, {
      personal,
      vault: isClear ? await openVault(store, { key: io.config.PARACOSM_PII_KEY, folder: data }) : undefined,
      signal: io.signal,
      onProgress: ({ collection, documents }) => progress(documents, collection),
    }),
  )
  if (flags.json) return printJson(io, { ok: true, ...report, personal_data: personal })
  printCounts(io, report.collections)
  io.out(`Only hashes of the access keys are included. ${SAID[personal]}`)
  io.out(report.path)
}

const SAID = {
  sealed: 'Personal data is encrypted. Reading it requires the same key (pii.key or PARACOSM_PII_KEY).',
  clear: 'Personal data is included IN THE CLEAR: protect the folder.',
  none: 'Personal data is not included.',
} as const

function printCounts(io: Io, collections: readonly { readonly name: string; readonly documents: number }[]): void {
  const rows = collections.map(({ name, documents }) => [name, String(documents)])
  printTable(io, ['Collection', 'Documents'], rows)
}
