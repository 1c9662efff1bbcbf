// `paracosm dataset`: exports training data from the command log, and inspects it.
import { setFlagsFromString } from 'node:v8'
import { type Command, Command as Group, InvalidArgumentError, Option } from 'commander'
import { exportDataset, MIN_LENGTH } from '../datasets/export-dataset.ts'
import { type DatasetReport, inspectDataset } from '../datasets/inspect-dataset.ts'
import { DATASET_FORMATS, DatasetFilters, DatasetFormat, type DatasetStatistics } from '../protocol/dataset.ts'
import { CommandLog } from '../store/command-log.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { addDatasetFilters, type FilterFlags, readFilters } from './log/filters.ts'
import { parseCount } from './options.ts'
import { createProgress } from './progress.ts'
import { withStore } from './store.ts'

interface ExportFlags extends FilterFlags {
  readonly format: string
  readonly output?: string
  readonly force?: boolean
  readonly maxRecords?: number
  readonly minLength: number
}

const EXPORT_HELP = `
Formats: raw, chat, instruction, sharegpt, trajectories (JSON Lines; trajectories also as .parquet), parquet,
episodes (a folder with one file per episode). docs/datasets.md shows a record of each.

Examples:
  paracosm dataset export --format chat --output train.jsonl
  paracosm dataset export --format parquet --world frontier --since 2026-03-01 --output march.parquet
  paracosm dataset export --format episodes --min-score 10 --output good-episodes`

const INSPECT_HELP = `
Exit status 1 if there are problems.

Examples:
  paracosm dataset inspect train.jsonl
  paracosm dataset inspect good-episodes --json`

export function createCommand(io: Io): Command {
  const dataset = new Group('dataset')
    .description('Export training data from the command log, and inspect it.')
    .addHelpText(
      'after',
      '\nExamples:\n  paracosm dataset export --format chat --output train.jsonl\n  paracosm dataset inspect train.jsonl',
    )
  const command = dataset
    .command('export')
    .description('Export the commands of the log as a dataset, oldest first.')
    .addOption(new Option('--format <format>', 'format of the dataset').choices(DATASET_FORMATS).makeOptionMandatory())
    .option('-o, --output <path>', 'output file or folder; default: paracosm-<format>')
    .option('--force', 'replace existing output')
    .option('--max-records <n>', 'export at most this many commands of the log', parseCount)
    .option('--min-length <n>', 'skip episodes with fewer commands', parseCount, MIN_LENGTH)
    .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
    .option('--json', 'print the statistics as JSON')
    .addHelpText('after', EXPORT_HELP)
    .action((flags: ExportFlags) => exportCommand(io, flags))
  addDatasetFilters(command)
  dataset
    .command('inspect <path>')
    .description('Count records, estimate tokens, show the first records, and report problems.')
    .option('--show <n>', 'number of records to show', parseShown, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', INSPECT_HELP)
    .action((path: string, flags: { json?: boolean; show: number }) => inspect(io, path, flags))
  return dataset
}

function parseShown(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 0 to 99.')
}

const defaultOutput = (format: DatasetFormat): string => {
  if (format === 'episodes' || format === 'sharegpt') return `paracosm-${format}`
  return `paracosm-${format}.${format === 'parquet' ? 'parquet' : 'jsonl'}`
}

async function exportCommand(io: Io, flags: ExportFlags): Promise<void> {
  // Rows are short-lived: a large nursery would only hold more of them. Keeps the process below 300 MB.
  setFlagsFromString('--semi-space-growth-factor=1')
  const format = DatasetFormat.parse(flags.format)
  const filters = DatasetFilters.parse(readFilters(flags))
  const { output = defaultOutput(format), maxRecords, minLength, force: isForced = false } = flags
  const statistics = await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
    const wanted = maxRecords ?? Number.POSITIVE_INFINITY
    const total = Math.min(await new CommandLog(store).count(filters), wanted)
    const onProgress = createProgress(io, { unit: 'rows', total })
    const { signal } = io
    return exportDataset(store, { format, filters, output, isForced, maxRecords, minLength, signal, onProgress })
  })
  if (flags.json) return printJson(io, { ok: true, ...statistics })
  for (const line of formatStatistics(statistics)) io.out(line)
}

function formatStatistics(statistics: DatasetStatistics): string[] {
  const { total_records, episodes_exported, skipped_records, output_path, format } = statistics
  const episodes = episodes_exported > 0 ? ` of ${episodes_exported} episodes` : ''
  return [
    `Wrote ${total_records} records${episodes} to ${output_path} (${format}).`,
    ...(skipped_records > 0 ? [`Skipped ${skipped_records}: docs/datasets.md says what each format leaves out.`] : []),
  ]
}

async function inspect(io: Io, path: string, flags: { json?: boolean; show: number }): Promise<void> {
  const report = await inspectDataset(path, { shown: flags.show, signal: io.signal })
  const isFine = report.problems_found === 0
  if (!isFine) io.exit(EXIT.failed)
  if (flags.json) return printJson(io, { ok: isFine, ...report })
  for (const line of formatReport(path, report)) io.out(line)
}

function formatReport(path: string, report: DatasetReport): string[] {
  const { format, records, files, bytes, estimated_tokens, first_records, problems, problems_found } = report
  const lines = [
    `${path}: ${format}, ${records} records in ${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes`,
    `About ${estimated_tokens} tokens (a quarter of the characters of the training text).`,
  ]
  for (const [name, text] of Object.entries(report.columns ?? {})) lines.push(`  ${name.padEnd(20)} ${text}`)
  for (const record of first_records) lines.push(toPlain(JSON.stringify(record)))
  if (problems_found === 0) return [...lines, 'No problems.']
  lines.push(`Problems: ${problems_found}`)
  for (const { file, line, message } of problems)
    lines.push(`  ${file === '' ? '' : `${file} `}line ${line}: ${toPlain(message)}`)
  return problems_found > problems.length ? [...lines, `  and ${problems_found - problems.length} more`] : lines
}

/** Text of agents goes to a terminal: no control characters. */
const toPlain = (text: string): string => text.replace(/\p{C}/gu, ' ')
