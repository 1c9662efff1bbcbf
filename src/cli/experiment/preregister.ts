// `paracosm experiment preregister`: what is planned, as a document that can be deposited before the first participant comes.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { readStudyFile } from '../../experiment/file/read-study-file.ts'
import { preregistration } from '../../experiment/preregistration.ts'
import { writeFileWhole } from '../../lib/files.ts'
import type { Io } from '../io.ts'
import { readVersion } from '../version.ts'
import { knownPlays, readSource } from './check.ts'

interface Flags {
  readonly output?: string
}

export function preregisterCommand(io: Io): Command {
  return new Command('preregister')
    .argument('<file>', 'experiment file or run configuration')
    .description(
      'Write a pre-registration as Markdown: hash of the file, versions, assignment, measures, analysis plan.',
    )
    .option('-o, --output <file>', 'where to; default: standard output')
    .addHelpText('after', '\nExample:\n  paracosm experiment preregister usability.yml --output preregistration.md')
    .action(async (file: string, flags: Flags) => {
      const source = await readSource(file)
      const { study } = readStudyFile(source, file, await knownPlays(io))
      const loaded = await Promise.all(io.worlds.ids().map((id) => io.worlds.load(id)))
      const worlds = loaded.map(({ id, version }) => ({ id, version }))
      const text = preregistration({ study, source, file, version: readVersion(), worlds, now: new Date() })
      if (study.settings.analysis_plan === null) {
        io.err('The file has no analysis plan: write one below `study.analysis_plan`.')
      }
      if (flags.output === undefined) return io.out(text.trimEnd())
      const path = resolve(flags.output)
      await writeFileWhole(path, text, { replace: false })
      io.out(`Wrote ${path}`)
    })
}
