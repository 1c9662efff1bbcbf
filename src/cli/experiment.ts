// `paracosm experiment`: studies with people: their files, pilots, data and reports.
import { Command } from 'commander'
import { checkCommand, schemaCommand } from './experiment/check.ts'
import type { Io } from './io.ts'

const EXAMPLES = `
Examples:
  paracosm experiment check usability.yml       find every mistake in a file, with its line
  paracosm experiment schema > study.schema.json

How a study is run: docs/studies.md`

export function createCommand(io: Io): Command {
  const group = new Command('experiment').description('Studies with people: files, pilots, data and reports.')
  group.addHelpText('after', EXAMPLES)
  for (const create of [checkCommand, schemaCommand]) group.addCommand(create(io))
  return group
}
