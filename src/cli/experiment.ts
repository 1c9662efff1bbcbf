// `paracosm experiment`: studies with people: their files, pilots, data and reports.
import { Command } from 'commander'
import { checkCommand, schemaCommand } from './experiment/check.ts'
import { hitlCommand } from './experiment/hitl.ts'
import { participantCommand } from './experiment/participant.ts'
import { pilotCommand } from './experiment/pilot.ts'
import { preregisterCommand } from './experiment/preregister.ts'
import { publishCommand } from './experiment/publish.ts'
import { coverageCommand, reportCommand } from './experiment/report.ts'
import { exportCommand, listCommand } from './experiment/results.ts'
import type { Io } from './io.ts'

const EXAMPLES = `
Examples:
  paracosm experiment check usability.yml       report every mistake in a file, with its line
  paracosm experiment schema > study.schema.json
  paracosm experiment pilot usability.yml --participants 40
  paracosm experiment preregister usability.yml --output preregistration.md
  paracosm experiment export usability --output usability-data
  paracosm experiment participant list usability

docs/studies.md shows how to run a study, docs/release.md how to release characters.`

export function createCommand(io: Io): Command {
  const group = new Command('experiment').description('Check study files, and run studies with people.')
  group.addHelpText('after', EXAMPLES)
  for (const create of [
    checkCommand,
    schemaCommand,
    preregisterCommand,
    listCommand,
    pilotCommand,
    exportCommand,
    participantCommand,
    reportCommand,
    coverageCommand,
    hitlCommand,
    publishCommand,
  ])
    group.addCommand(create(io))
  return group
}
