// `paracosm log`: the command log: commands of agents, their perceptions, and their outcomes.
import { type Command, Command as Group, InvalidArgumentError } from 'commander'
import type { Io } from './io.ts'
import { addFilters, type FilterFlags } from './log/filters.ts'
import { count, query, show, tail } from './log/read.ts'
import { importFile, rotate } from './log/write.ts'
import { parseCount } from './options.ts'
import { recordedWorldOption } from './world-names.ts'

export function createCommand(io: Io): Command {
  const log = new Group('log')
    .description('Query, follow, rotate and import the command log.')
    .addHelpText('after', '\nExamples:\n  paracosm log query --limit 5\n  paracosm log tail --follow')
  const add = (usage: string, description: string, example: string): Command =>
    log
      .command(usage)
      .description(description)
      .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  ${example}`)
  addFilters(add('query', 'List commands, newest first.', 'paracosm log query --agent greedy --limit 20'))
    .option('--limit <n>', 'maximum number of commands, up to 1000', parseCount, 100)
    .option('--offset <n>', 'number of commands to skip', parseOffset, 0)
    .option('--cursor <cursor>', 'continue after an earlier page')
    .action((flags: FilterFlags & { limit: number; offset: number; cursor?: string }) => query(io, flags))
  add('show <id>', 'Show every field of one command.', 'paracosm log show 1').action(
    (id: string, flags: { data: string; json?: boolean }) => show(io, id, flags),
  )
  addFilters(add('count', 'Count commands.', 'paracosm log count --since 2026-03-01')).action((flags: FilterFlags) =>
    count(io, flags),
  )
  addFilters(add('tail', 'Show the newest commands, and optionally follow new ones.', 'paracosm log tail --follow'))
    .option('-n, --lines <n>', 'number of commands to show first', parseCount, 10)
    .option('-f, --follow', 'keep showing new commands until interrupted')
    .action((flags: FilterFlags & { lines: number; follow?: boolean }) => tail(io, flags))
  add(
    'rotate',
    'Delete old commands, and perceptions that no command refers to.',
    'paracosm log rotate --max-age-days 90 --archive old.jsonl.zst --dry-run',
  )
    .option('--max-age-days <days>', 'delete commands older than this', parseDays, 90)
    .option('--archive <file>', 'first write them to this new file: compressed JSON Lines')
    .option('--dry-run', 'only count the commands that would be deleted')
    .action((flags: { data: string; json?: boolean; maxAgeDays: number; archive?: string; dryRun?: boolean }) =>
      rotate(io, flags),
    )
  add(
    'import <file>',
    "Import an archive of the log, the journal of an episode, or a log of the protocol's source text (SQLite or JSON Lines). Commands already in the log are skipped.",
    'paracosm log import old.jsonl.zst',
  )
    .addOption(recordedWorldOption())
    .action((path: string, flags: { data: string; json?: boolean; world?: string }) => importFile(io, path, flags))
  return log
}

function parseOffset(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number, 0 or more.')
}

function parseDays(text: string): number {
  const days = Number(text)
  if (text.trim() !== '' && days >= 0 && days <= 36_500) return days
  throw new InvalidArgumentError('Give a number of days from 0 to 36500.')
}
