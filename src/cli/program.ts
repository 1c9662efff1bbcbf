// The tree of commands. Only the requested group is loaded, for a fast cold start.
import { Command } from 'commander'
import { unknownName } from '../kernel/closest.ts'
import { TASKS } from './group.ts'
import { GROUPS } from './groups.ts'
import type { Io } from './io.ts'
import { createStyle } from './style.ts'
import { readVersion } from './version.ts'

const EXAMPLES = `
Examples:
  paracosm serve                              start the server and watch a match in the browser
  paracosm run paint-arena sweep greedy       play one match here
  paracosm world list                         list the worlds
  paracosm init world my-world                start a world of your own
  paracosm replay verify journal.jsonl        check a recording

Run paracosm <command> --help for details. Exit status: 0 success, 1 a run or check failed, 2 wrong usage or input,
70 a bug in paracosm.`

/**
 * @param wanted the group to load, and the word after it; the other groups are listed by name alone
 * @throws AppError USAGE for a group that does not exist
 */
export async function createProgram(io: Io, [wanted, command]: readonly string[]): Promise<Command> {
  const known = GROUPS.map(({ name }) => name)
  if (wanted !== undefined && !known.includes(wanted)) {
    throw unknownName('USAGE', `there is no command ${wanted}`, {
      name: wanted,
      known,
      hint: 'Run paracosm --help to see the commands.',
    })
  }
  const program = new Command('paracosm')
    .description('Run simulated worlds with people, bots and AI agents in them, and collect evidence.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    // Removed from the command line before commander parses it; declared here for the help.
    .option('--config <file>', 'settings file; default: paracosm.config.ts (or .js, .mjs) in the current folder')
    .addHelpText('after', EXAMPLES)
  for (const task of TASKS) {
    program.commandsGroup(`${task}:`)
    for (const group of GROUPS.filter((each) => each.task === task)) {
      if (group.name === wanted) program.addCommand((await group.load(command)).createCommand(io))
      else program.command(group.name).description(group.summary)
    }
  }
  prepare(program)
  return program
}

/** Settings that commander does not pass on to commands that are created separately. */
function prepare(command: Command): void {
  const style = createStyle(process.stdout)
  command.exitOverride()
  // failure.ts prints errors, in one shape for all of them.
  command.configureOutput({ outputError: () => undefined })
  command.configureHelp({
    styleTitle: style.heading,
    styleCommandText: style.name,
    styleSubcommandTerm: style.name,
    styleOptionTerm: style.name,
    styleArgumentTerm: style.name,
  })
  for (const child of command.commands) prepare(child)
}
