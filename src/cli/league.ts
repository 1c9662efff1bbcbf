// `paracosm league …`: leagues, and the commissioners that decide their rounds.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { type CommissionerFlags, serve } from './league/commissioner.ts'
import { type MigrateFlags, migrate } from './league/migrate.ts'
import { type RunFlags, runLeague } from './league/run.ts'
import { type IssueFlags, issueToken, listTokens, revokeToken, type TokenFlags } from './league/token.ts'
import { verify } from './league/verify.ts'
import { parseCount, parsePort } from './options.ts'

/** The command group `league`. */
export function createCommand(io: Io): Command {
  const group = new Command('league')
    .description('Leagues, and the commissioners that decide their rounds.')
    .addHelpText(
      'after',
      '\nExamples:\n  paracosm league run league.yaml --rounds 20\n  paracosm league verify summer-cup',
    )
  group.addCommand(runCommand(io))
  group.addCommand(verifyCommand(io))
  group.addCommand(migrateCommand(io))
  group.addCommand(commissionerCommand(io))
  group.addCommand(tokenCommand(io))
  return group
}

function runCommand(io: Io): Command {
  return new Command('run')
    .description('Play a whole league in this terminal, as fast as possible.')
    .argument('<file>', 'a YAML file: name, world, policies, commissioner, divisions')
    .option('--rounds <n>', 'number of rounds', parseCount, 10)
    .option('--concurrency <n>', 'number of episodes at the same time', parseCount, 1)
    .option('--data <folder>', 'folder of the league; a league of the same name continues', io.config.PARACOSM_DATA)
    .option('--json', 'print the leaderboards as JSON')
    .addHelpText('after', '\nExample:\n  paracosm league run league.yaml --rounds 20')
    .action((file: string, flags: RunFlags) => runLeague(io, file, flags))
}

function verifyCommand(io: Io): Command {
  return new Command('verify')
    .description('Recompute every rank of a league from its journals.')
    .argument('<league>', 'slug or id of the league')
    .option('--data <folder>', 'folder of the league', io.config.PARACOSM_DATA)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm league verify summer-cup')
    .action((name: string, flags: { data: string; json?: boolean }) => verify(io, name, flags))
}

function migrateCommand(io: Io): Command {
  return new Command('migrate')
    .description('Bring the divisions of a league in line with its commissioner; renamed ones keep their history.')
    .argument('<league>', 'slug or id of the league')
    .option('--file <file>', 'take the commissioner of this YAML file from now on')
    .option('--dry-run', 'only say what would change')
    .option('--data <folder>', 'folder of the league', io.config.PARACOSM_DATA)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm league migrate summer-cup --dry-run
  paracosm league migrate summer-cup --file league.yaml`,
    )
    .action((name: string, flags: MigrateFlags) => migrate(io, name, flags))
}

function commissionerCommand(io: Io): Command {
  return new Command('commissioner')
    .description('Serve a commissioner to any coworld platform: GET /healthz, WS /round.')
    .option('--type <type>', 'baseline, manual, ruleset, or the path of your own module', 'ruleset')
    .option('--ruleset <file>', 'configuration of the ruleset, in place of RULESET_STRATEGY_CONFIG_PATH and _NAME')
    .option('--host <host>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port; 0 picks any free one', parsePort, 8080)
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

function tokenCommand(io: Io): Command {
  const group = new Command('token')
    .description('Tokens by which players use the hosted API of a server.')
    .addHelpText('after', '\nExamples:\n  paracosm league token issue ada\n  paracosm league token list')
  const data = ['--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA] as const
  group
    .command('issue')
    .description('Make a token for a player, and print it this once.')
    .argument('<player>', 'name of a player, made if there is none, or its player_ id')
    .option('--label <text>', 'what the token is for', '')
    .option('--days <n>', 'how long it is valid; default: until it is revoked', parseCount)
    .option(...data)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm league token issue alice --label laptop')
    .action((player: string, flags: IssueFlags) => issueToken(io, player, flags))
  group
    .command('list')
    .description('List tokens, newest first. The tokens themselves are stored nowhere.')
    .option(...data)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm league token list')
    .action((flags: TokenFlags) => listTokens(io, flags))
  group
    .command('revoke')
    .description('Make a token invalid at once.')
    .argument('<id>', 'id of the token')
    .option(...data)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm league token revoke 0f8b…')
    .action((id: string, flags: TokenFlags) => revokeToken(io, id, flags))
  return group
}
