// `paracosm completion`: scripts for bash, zsh and fish. They ask `paracosm completion words` for candidates, so that
// names of worlds, variants and bots come from the current folder.
import { Argument, Command } from 'commander'
import { complete } from './completion/candidates.ts'
import { SCRIPTS, SHELLS, type Shell } from './completion/scripts.ts'
import type { Group } from './group.ts'
import type { Io } from './io.ts'

/** @param groups every command group; a parameter, because this command is in one of them */
export function createCommand(io: Io, groups: readonly Group[]): Command {
  const completion = new Command('completion')
    .description('Print a completion script for a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(paracosm completion bash)                                      # bash, for this terminal
  paracosm completion bash >> ~/.bashrc                                   # bash, for every terminal
  paracosm completion zsh > "\${fpath[1]}/_paracosm"                       # zsh
  paracosm completion fish > ~/.config/fish/completions/paracosm.fish     # fish`,
    )
    .action((shell: Shell) => io.out(SCRIPTS[shell]))
  completion
    .command('words', { hidden: true })
    .description('Print the candidates for the last given word, one per line: name, tab, summary.')
    .argument('[words...]', 'the command line after "paracosm"; the last word is the one to complete')
    .allowUnknownOption()
    .helpOption(false)
    .addHelpText('after', '\nExample:\n  paracosm completion words -- run paint-arena gr')
    .action(async (words: readonly string[]) => {
      for (const { name, summary } of await complete(io, groups, words))
        io.out(summary === '' ? name : `${name}\t${summary}`)
    })
  return completion
}
