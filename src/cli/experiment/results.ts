// `paracosm experiment export` and `list`.
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { archivedJournals } from '../../datasets/bids-episodes.ts'
import { exportBids } from '../../datasets/study-bids.ts'
import { exportStudy } from '../../datasets/study-export.ts'
import { AppError } from '../../kernel/errors.ts'
import { Studies } from '../../store/studies/studies.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { readVersion } from '../version.ts'

interface DataFlags {
  readonly data: string
  readonly output: string
  readonly layout: 'tables' | 'bids'
  readonly json?: boolean
}

export function exportCommand(io: Io): Command {
  return new Command('export')
    .argument('<study>', 'name of the study')
    .description('Write the data of a study as tidy CSV and Parquet tables with a codebook, de-identified.')
    .addOption(
      new Option('--layout <kind>', 'tables, or a folder in the layout of BIDS')
        .choices(['tables', 'bids'])
        .default('tables'),
    )
    .option('-o, --output <folder>', 'where to', 'study-data')
    .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  paracosm experiment export usability --output usability-data\n  paracosm experiment export usability --layout bids --output usability-bids',
    )
    .action((name: string, flags: DataFlags) => exportData(io, name, flags))
}

async function exportData(io: Io, name: string, flags: DataFlags): Promise<void> {
  const written = await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
    const study = await new Studies(store).find(name)
    if (!study) throw new AppError('UNKNOWN_EXPERIMENT', `there is no study ${name}`)
    const about = { study: study.name, folder: resolve(flags.output), source: study.source }
    if (flags.layout === 'tables') return exportStudy(store, about)
    return exportBids(store, {
      ...about,
      title: study.name,
      version: readVersion(),
      journals: archivedJournals(flags.data),
    })
  })
  if (flags.json) return printJson(io, { ok: true, ...written })
  for (const [table, rows] of Object.entries(written.rows)) io.out(`${join(flags.output, table)}: ${rows} rows`)
}

export function listCommand(io: Io): Command {
  return new Command('list')
    .description('List the studies of a data folder.')
    .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
    .addHelpText('after', '\nExample:\n  paracosm experiment list')
    .action(async ({ data }: { data: string }) => {
      const studies = await withStore(io, { data, mode: 'read' }, (store) => new Studies(store).list())
      for (const { name, generation, isClosed } of studies)
        io.out(`${name}  ${generation}${isClosed ? '  closed' : ''}`)
      if (studies.length === 0) io.out('There are no studies.')
    })
}
