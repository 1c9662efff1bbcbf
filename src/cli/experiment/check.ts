// `paracosm experiment check` and `experiment schema`.
import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { GameCatalogue } from '../../adapters/session/games.ts'
import { type KnownGame, type KnownWorld, knownWorld } from '../../experiment/file/catalogue.ts'
import type { FileFault } from '../../experiment/file/faults.ts'
import { checkStudyFile } from '../../experiment/file/read-study-file.ts'
import { formsAt } from '../../experiment/study.ts'
import { AppError } from '../../kernel/errors.ts'
import { StudyFileShape } from '../../protocol/experiment-file-schema.ts'
import { EXIT, type Io, printJson } from '../io.ts'

/** The games and worlds that a study can name here. */
export async function knownPlays(
  io: Io,
): Promise<{ readonly games: readonly KnownGame[]; readonly worlds: readonly KnownWorld[] }> {
  const worlds = await Promise.all(io.worlds.ids().map((id) => io.worlds.load(id)))
  const games = (await GameCatalogue.load(io.worlds)).all.map(({ game }) => game)
  return { games, worlds: worlds.map(knownWorld) }
}

/** @throws AppError FILE_UNREADABLE */
export async function readSource(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    return text.startsWith('\ufeff') ? text.slice(1) : text
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { cause })
  }
}

interface CheckFlags {
  readonly json?: boolean
  readonly generation?: 'experiment' | 'run'
}

export function checkCommand(io: Io): Command {
  return new Command('check')
    .argument('<file...>', 'experiment files or run configurations')
    .description('Report every mistake in experiment files, with line, column and a fix.')
    .addOption(
      new Option('--generation <kind>', 'kind of the files; default: derived from their keys').choices([
        'experiment',
        'run',
      ]),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status 1 when a file has a mistake.\n\nExample:\n  paracosm experiment check usability.yml',
    )
    .action((files: string[], flags: CheckFlags) => check(io, files, flags))
}

async function check(io: Io, files: readonly string[], flags: CheckFlags): Promise<void> {
  const known = await knownPlays(io)
  const results = []
  for (const file of files) {
    const checked = checkStudyFile(await readSource(file), { ...known, generation: flags.generation })
    results.push({ file, ...checked })
    if (checked.faults.length > 0) io.exit(EXIT.failed)
    if (flags.json) continue
    for (const fault of checked.faults) printFault(io, file, 'error', fault)
    for (const fault of checked.warnings) printFault(io, file, 'warning', fault)
    const { study } = checked
    if (!study) {
      io.out(`${file}: ${checked.faults.length} ${checked.faults.length === 1 ? 'mistake' : 'mistakes'}`)
      continue
    }
    const forms = study.forms.length === 0 ? 'no forms' : study.forms.map(({ name }) => name).join(', ')
    io.out(`${file}: ${study.generation} ${study.name} is valid`)
    io.out(`  games: ${study.games.map(({ name }) => name).join(', ')}; strategy: ${study.strategy}; forms: ${forms}`)
    if (study.generation === 'experiment' && study.isChosen && formsAt(study, 'before').length > 0) {
      io.out('  participants choose their game after the forms of phase `before`')
    }
  }
  if (flags.json) {
    const ok = results.every(({ faults }) => faults.length === 0)
    printJson(io, {
      ok,
      files: results.map(({ file, generation, config, faults, warnings }) => ({
        file,
        generation,
        faults,
        warnings,
        config,
      })),
    })
  }
}

function printFault(io: Io, file: string, what: string, { line, column, message, hint }: FileFault): void {
  io.out(`${file}:${line}:${column}: ${what}: ${message}`)
  io.out(`    ${hint}`)
}

export function schemaCommand(io: Io): Command {
  return new Command('schema')
    .description('Print the JSON Schema of experiment files and run configurations, for editors.')
    .addHelpText('after', '\nExample:\n  paracosm experiment schema > study.schema.json')
    .action(() => printJson(io, z.toJSONSchema(StudyFileShape, { io: 'input' })))
}
