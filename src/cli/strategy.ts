// `paracosm strategy`: the scoring language on the command line. Each command reads its input, calls one function of
// src/strategy and prints the result.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { evaluateCommand } from './strategy/evaluate.ts'
import { hashCommand, templatesCommand } from './strategy/hash.ts'
import { explainCommand, simulateCommand } from './strategy/simulate.ts'
import { validateCommand } from './strategy/validate.ts'

const EXAMPLES = `
Examples:
  paracosm strategy templates                                   list the templates
  paracosm strategy templates engagement_basico > mine.json     copy one
  paracosm strategy validate mine.json                          report every mistake
  paracosm strategy simulate mine.json --set user.measurements_count=2
  paracosm strategy explain mine.json --set user.measurements_count=9

docs/strategy.md describes the language.`

export function createCommand(io: Io): Command {
  const group = new Command('strategy').description('Validate, simulate and explain scoring programs.')
  group.addHelpText('after', EXAMPLES)
  for (const create of [
    validateCommand,
    simulateCommand,
    explainCommand,
    hashCommand,
    templatesCommand,
    evaluateCommand,
  ]) {
    group.addCommand(create(io))
  }
  return group
}
