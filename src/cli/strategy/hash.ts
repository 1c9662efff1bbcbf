// `paracosm strategy hash` and `paracosm strategy templates`.
import { Command } from 'commander'
import { BUILT_INS } from '../../strategy/built-ins.ts'
import { canonicalProgram, hashProgram } from '../../strategy/hash.ts'
import { describeStrategy } from '../../strategy/registry.ts'
import { createTemplates } from '../../strategy/templates.ts'
import { type Io, printJson } from '../io.ts'
import { findTemplate, type LimitFlags, parseCount, readLimits, readSource } from './input.ts'
import { validateSource } from './outcome.ts'

interface HashFlags extends LimitFlags {
  readonly template?: string
  readonly canonical?: boolean
  readonly json?: boolean
}

export function hashCommand(io: Io): Command {
  return new Command('hash')
    .description('Print the fingerprint of a program. The order of keys does not matter.')
    .argument('[file]', 'program file; - reads standard input')
    .option('--template <id>', 'use a template instead of a file')
    .option('--canonical', 'print the canonical JSON that is hashed')
    .option('--max-nodes <count>', 'node limit', parseCount)
    .option('--max-depth <count>', 'depth limit', parseCount)
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  paracosm strategy hash --template engagement_basico')
    .action((file: string | undefined, flags: HashFlags) => {
      const limits = readLimits(flags)
      const program = validateSource(readSource(file, flags.template, limits), limits)
      const hash = hashProgram(program)
      if (flags.json) printJson(io, { hash_version: hash })
      else io.out(flags.canonical ? canonicalProgram(program) : hash)
    })
}

export function templatesCommand(io: Io): Command {
  return new Command('templates')
    .description('List the templates and the built-in strategies, or print the program of one template.')
    .argument('[id]', 'print this template as a program')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', '\nExample:\n  paracosm strategy templates recompensa_completar_tarea > mine.json')
    .action((id: string | undefined, flags: { readonly json?: boolean }) => {
      if (id !== undefined) return printJson(io, flags.json ? findTemplate(id) : findTemplate(id).astJson)
      const templates = createTemplates()
      const strategies = BUILT_INS.map(describeStrategy)
      if (flags.json) return printJson(io, { templates, strategies })
      io.out('Templates:')
      for (const each of templates) {
        const kind = each.parentStrategyId === null ? '' : ` (extends ${each.parentStrategyId})`
        io.out(`  ${each.id}${kind}\n      ${each.name}: ${each.description}`)
      }
      io.out('Built-in strategies:')
      for (const { id: name, version, description, variables } of strategies) {
        io.out(`  ${name} ${version}\n      ${description}`)
        for (const each of variables) io.out(`      ${each.name} = ${JSON.stringify(each.currentValue)}`)
      }
    })
}
