// `paracosm experiment`: studies with people: their files, pilots, data and reports.
import { Command } from 'commander'
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

type Create = (io: Io) => Command

/** The commands, each with its module: a report brings a library of charts, a pilot a whole server. */
const COMMANDS: ReadonlyMap<string, () => Promise<Create>> = new Map([
  ['check', async () => (await import('./experiment/check.ts')).checkCommand],
  ['schema', async () => (await import('./experiment/check.ts')).schemaCommand],
  ['preregister', async () => (await import('./experiment/preregister.ts')).preregisterCommand],
  ['list', async () => (await import('./experiment/results.ts')).listCommand],
  ['pilot', async () => (await import('./experiment/pilot.ts')).pilotCommand],
  ['export', async () => (await import('./experiment/results.ts')).exportCommand],
  ['participant', async () => (await import('./experiment/participant.ts')).participantCommand],
  ['report', async () => (await import('./experiment/report.ts')).reportCommand],
  ['coverage', async () => (await import('./experiment/report.ts')).coverageCommand],
  ['hitl', async () => (await import('./experiment/hitl.ts')).hitlCommand],
  ['publish', async () => (await import('./experiment/publish.ts')).publishCommand],
])

/**
 * Loads the group.
 * @param wanted the command that will run: only its module is loaded. All modules otherwise.
 */
export async function loadGroup(wanted: string | undefined): Promise<{ createCommand: Create }> {
  const one = wanted === undefined ? undefined : COMMANDS.get(wanted)
  const creates = await Promise.all((one ? [one] : [...COMMANDS.values()]).map((load) => load()))
  return {
    createCommand(io) {
      const group = new Command('experiment').description('Check study files, and run studies with people.')
      group.addHelpText('after', EXAMPLES)
      for (const create of creates) group.addCommand(create(io))
      return group
    },
  }
}
