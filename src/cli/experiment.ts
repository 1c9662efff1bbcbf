// `paracosm experiment`: studies with people: their files, pilots, data and reports.
import { Command } from 'commander'
import { checkCommand, schemaCommand } from './experiment/check.ts'
import { hitlCommand } from './experiment/hitl.ts'
import { pilotCommand } from './experiment/pilot.ts'
import { publishCommand } from './experiment/publish.ts'
import { coverageCommand, reportCommand } from './experiment/report.ts'
import { exportCommand, listCommand } from './experiment/results.ts'
import type { Io } from './io.ts'

const EXAMPLES = `
Examples:
  paracosm experiment check usability.yml       report every mistake in a file, with its line
  paracosm experiment schema > study.schema.json
  paracosm experiment pilot usability.yml --participants 40
  paracosm experiment export usability --output usability-data

docs/studies.md shows how to run a study, docs/release.md how to release characters.`

export function createCommand(io: Io): Command {
  const group = new Command('experiment').description('Check study files, and run studies with people.')
  group.addHelpText('after', EXAMPLES)
  for (const create of [
    checkCommand,
    schemaCommand,
    listCommand,
    pilotCommand,
    exportCommand,
    reportCommand,
    coverageCommand,
    hitlCommand,
    publishCommand,
  ])
    group.addCommand(create(io))
  return group
}
