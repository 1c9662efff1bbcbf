// `paracosm experiment report` and `coverage`.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Command } from 'commander'
import { parseManifest } from '../../experiment/release/policy.ts'
import { unknownName } from '../../kernel/closest.ts'
import { AppError } from '../../kernel/errors.ts'
import { writeCoverageReport } from '../../reports/write-coverage.ts'
import { OPTIONAL_SECTIONS, REPORT_SECTIONS, type ReportSection, writeReport } from '../../reports/write-report.ts'
import { characters as shipped } from '../../worlds/parley/characters/built-in.ts'
import { readCharacters } from '../admin/characters.ts'
import { type Io, printJson } from '../io.ts'
import { collect } from '../options.ts'

interface ReportFlags {
  readonly only: readonly string[]
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly output: string
  readonly title?: string
  readonly json?: boolean
}

function sectionsOf({ only, include, exclude }: ReportFlags): readonly ReportSection[] {
  for (const name of [...only, ...include, ...exclude]) {
    if (REPORT_SECTIONS.some((section) => section === name)) continue
    const hint = `The sections are: ${REPORT_SECTIONS.join(', ')}.`
    throw unknownName('USAGE', `there is no section ${name}`, { name, known: REPORT_SECTIONS, hint })
  }
  const both = exclude.find((name) => only.includes(name) || include.includes(name))
  if (both !== undefined)
    throw new AppError('USAGE', `--exclude ${both} and --only or --include ${both} exclude each other`)
  return REPORT_SECTIONS.filter((section) => {
    const isAsked = only.length > 0 ? only.includes(section) : !OPTIONAL_SECTIONS.includes(section)
    return (isAsked || include.includes(section)) && !exclude.includes(section)
  })
}

export function reportCommand(io: Io): Command {
  return new Command('report')
    .argument('<dump>', 'a folder that `paracosm admin dump`, `experiment hitl export` or the original wrote')
    .description('Write a report of a study as one HTML file that needs no network.')
    .option('-o, --output <file>', 'where to', 'report.html')
    .option('--title <text>', 'heading; default: after the study')
    .option('--only <section>', 'this section alone (repeatable)', collect, [])
    .option(
      '--include <section>',
      `also this section (repeatable); left out otherwise: ${OPTIONAL_SECTIONS.join(', ')}`,
      collect,
      [],
    )
    .option('--exclude <section>', 'without this section (repeatable)', collect, [])
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Sections: ${REPORT_SECTIONS.join(', ')}.

Examples:
  paracosm experiment report runs/2026_05_04_10_00_00 --exclude transcripts
  paracosm experiment report runs/2026_05_04_10_00_00 --include sim-quality`,
    )
    .action(async (dump: string, flags: ReportFlags) => {
      // A report reads much and keeps little: the heap grows in small steps, for a fifth more time and a sixth less memory.
      setFlagsFromString('--heap-growing-percent=20')
      const path = resolve(flags.output)
      const { figures, files } = await writeReport({
        folder: dump,
        path,
        title: flags.title,
        sections: sectionsOf(flags),
      })
      if (flags.json) return printJson(io, { ok: true, path, files, figures })
      io.out(
        `Wrote ${path}: ${figures.players} players, ${figures.completed} of ${figures.assigned} assignments completed.`,
      )
      if (files.length > 0) io.out(`Wrote ${files.length} files of characters beside it.`)
    })
}

interface CoverageFlags {
  readonly characters?: string
  readonly manifest?: string
  readonly output: string
  readonly title: string
  readonly json?: boolean
}

export function coverageCommand(io: Io): Command {
  return new Command('coverage')
    .description('Write a report of how much of the space of minds characters cover, as one HTML file.')
    .option('--characters <file>', 'a seed file; default: the built-in characters')
    .option('--manifest <file>', 'only the characters that this release manifest approves')
    .option('-o, --output <file>', 'where to', 'coverage.html')
    .option('--title <text>', 'heading', 'Coverage of characters')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment coverage --output coverage.html')
    .action((flags: CoverageFlags) => coverage(io, flags))
}

async function coverage(io: Io, flags: CoverageFlags): Promise<void> {
  const { characters: file, manifest, title } = flags
  const path = resolve(flags.output)
  const characters = file === undefined ? shipped : readCharacters(file)
  const approved =
    manifest === undefined ? undefined : parseManifest(await readText(manifest), manifest).approved_characters
  const figures = await writeCoverageReport({ path, title, characters, approved })
  if (flags.json) return printJson(io, { ok: true, path, figures })
  io.out(`Wrote ${path}: ${figures.humans} humans, ${figures.others} others.`)
}

/** @throws AppError FILE_UNREADABLE */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read`, { cause })
  })
}
