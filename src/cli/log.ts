// `paracosm log`: the command log — what agents did, what they saw, what came of it.
import { type Command, Command as Group, InvalidArgumentError } from 'commander'
import type { Io } from './io.ts'
import { addFilters, type FilterFlags } from './log/filters.ts'
import { count, query, show, tail } from './log/read.ts'
import { importFile, rotate } from './log/write.ts'
import { parseCount } from './options.ts'
import { recordedWorldOption } from './world-names.ts'

export function createCommand(io: Io): Command {
  const log = new Group('log').description('The command log: look through it, follow it, rotate it, import into it.')
  const add = (usage: string, description: string, example: string): Command =>
    log
      .command(usage)
      .description(description)
      .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  ${example}`)
  addFilters(add('query', 'Show commands, newest first.', 'paracosm log query --agent greedy --limit 20'))
    .option('--limit <n>', 'at most so many, up to 1000', parseCount, 100)
    .option('--offset <n>', 'leave out so many', parseOffset, 0)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .action((flags: FilterFlags & { limit: number; offset: number; cursor?: string }) => query(io, flags))
  add('show <id>', 'Show one command with everything that is known.', 'paracosm log show 1').action(
    (id: string, flags: { data: string; json?: boolean }) => show(io, id, flags),
  )
  addFilters(add('count', 'Count commands.', 'paracosm log count --since 2026-03-01')).action((flags: FilterFlags) =>
    count(io, flags),
  )
  addFilters(add('tail', 'Show the newest commands, and follow what comes.', 'paracosm log tail --follow'))
    .option('-n, --lines <n>', 'how many of the newest come first', parseCount, 10)
    .option('-f, --follow', 'go on with what is logged from now on, until interrupted')
    .action((flags: FilterFlags & { lines: number; follow?: boolean }) => tail(io, flags))
  add(
    'rotate',
    'Delete commands that are older, and perceptions that nobody refers to any more.',
    'paracosm log rotate --max-age-days 90 --archive old.jsonl.zst --dry-run',
  )
    .option('--max-age-days <days>', 'what is older goes', parseDays, 90)
    .option('--archive <file>', 'keep them in this file first: compressed JSON Lines; it must not exist')
    .option('--dry-run', 'say how many would go, and change nothing')
    .action((flags: { data: string; json?: boolean; maxAgeDays: number; archive?: string; dryRun?: boolean }) =>
      rotate(io, flags),
    )
  add(
    'import <file>',
    "Read an archive, a journal, or a log of the protocol's source text (SQLite or JSON Lines); what is there already is left alone.",
    'paracosm log import old.jsonl.zst',
  )
    .addOption(recordedWorldOption())
    .action((path: string, flags: { data: string; json?: boolean; world?: string }) => importFile(io, path, flags))
  return log
}

function parseOffset(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 0.')
}

function parseDays(text: string): number {
  const days = Number(text)
  if (text.trim() !== '' && days >= 0 && days <= 36_500) return days
  throw new InvalidArgumentError('Give a number of days from 0 to 36500.')
}
