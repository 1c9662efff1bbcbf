// `paracosm experiment export` and `list`.
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { exportStudy } from '../../datasets/study-export.ts'
import { AppError } from '../../kernel/errors.ts'
import { Studies } from '../../store/studies/studies.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'

interface DataFlags {
  readonly data: string
  readonly output: string
  readonly json?: boolean
}

export function exportCommand(io: Io): Command {
  return new Command('export')
    .argument('<study>', 'name of the study')
    .description('Write the data of a study as tidy CSV and Parquet tables with a codebook, de-identified.')
    .option('-o, --output <folder>', 'where to', 'study-data')
    .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment export usability --output usability-data')
    .action((name: string, flags: DataFlags) => exportData(io, name, flags))
}

async function exportData(io: Io, name: string, flags: DataFlags): Promise<void> {
  const written = await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
    const study = await new Studies(store).find(name)
    if (!study) throw new AppError('UNKNOWN_EXPERIMENT', `there is no study ${name}`)
    return exportStudy(store, { study: study.name, folder: resolve(flags.output), source: study.source })
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
