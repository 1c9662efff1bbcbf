// `paracosm strategy evaluate`: conformance cases in, outcomes out, line by line.
import { createReadStream } from 'node:fs'
import { Command, Option } from 'commander'
import { AppError } from '../../kernel/errors.ts'
import { errnoOf } from '../../lib/files.ts'
import { readLines } from '../../lib/json-lines.ts'
import { formatCase } from '../../strategy/case-numbers.ts'
import { ENGINES, type Engine, evaluateLine } from '../../strategy/evaluate.ts'
import { EXIT, type Io } from '../io.ts'

/** Bytes of one case; its data may be large, and it is held in memory. */
const MAX_CASE_BYTES = 64 * 1024 * 1024

interface Flags {
  readonly cases: string
  readonly engine: Engine
}

export function evaluateCommand(io: Io): Command {
  return new Command('evaluate')
    .description('Run conformance cases (JSON Lines) and print one result per line, in the form of their `expect`.')
    .requiredOption('--cases <file>', 'JSON Lines; - reads standard input')
    .addOption(
      new Option('--engine <name>', 'which engine runs them; prepared writes no trace')
        .choices(ENGINES)
        .default('tracing'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  paracosm strategy evaluate --cases oracle.jsonl\n\nExit status: 0 every line was a valid case, 2 some lines were not.',
    )
    .action((flags: Flags) => evaluate(io, flags))
}

async function evaluate(io: Io, { cases, engine }: Flags): Promise<void> {
  const input = cases === '-' ? process.stdin : createReadStream(cases)
  let isReadable = true
  try {
    for await (const { text } of readLines(input, { maxLineBytes: MAX_CASE_BYTES, what: cases })) {
      if (text.trim() === '') continue
      const result = await evaluateLine(text, engine)
      if (result.stage === 'read') isReadable = false
      io.out(formatCase(result))
      io.signal.throwIfAborted()
    }
  } catch (error) {
    if (error instanceof Error && errnoOf(error) !== undefined) {
      throw new AppError('FILE_UNREADABLE', `${cases} cannot be read: ${error.message}`, { cause: error })
    }
    throw error
  }
  io.exit(isReadable ? EXIT.ok : EXIT.usage)
}
