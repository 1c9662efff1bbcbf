// `paracosm league …`: leagues, and the commissioners that decide their rounds.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { type CommissionerFlags, serve } from './league/commissioner.ts'
import { parsePort } from './options.ts'

/** The command group `league`. */
export function createCommand(io: Io): Command {
  const group = new Command('league').description('Leagues, and the commissioners that decide their rounds.')
  group.addCommand(commissionerCommand(io))
  return group
}

function commissionerCommand(io: Io): Command {
  return new Command('commissioner')
    .description('Serve a commissioner to any coworld platform: GET /healthz, WS /round.')
    .option('--type <type>', 'baseline, manual, ruleset, or the path of a module of your own', 'ruleset')
    .option('--ruleset <file>', 'configuration of the ruleset, in place of RULESET_STRATEGY_CONFIG_PATH and _NAME')
    .option('--host <host>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port; 0 takes any', parsePort, 8080)
    .option('--json', 'print one line of JSON when ready')
    .addHelpText(
      'after',
      `
Examples:
  paracosm league commissioner --port 8080
  paracosm league commissioner --type baseline --host 127.0.0.1 --port 0
  paracosm league commissioner --ruleset ladder.yaml`,
    )
    .action((flags: CommissionerFlags) => serve(io, flags))
}
