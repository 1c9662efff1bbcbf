// `paracosm experiment publish`.
import { join } from 'node:path'
import { Command } from 'commander'
import { currentPrompts } from '../../experiment/release/prompts.ts'
import {
  EVALUATIONS,
  PROD_CHARACTERS,
  type PublishPlan,
  type PublishRequest,
  parsePolicy,
  planPublication,
  publish,
  RELEASE_MANIFEST,
  requireApproved,
} from '../../experiment/release/publish.ts'
import { type ReportedScores, readQualityTable } from '../../experiment/release/quality-table.ts'
import { AppError } from '../../kernel/errors.ts'
import { type Io, printJson } from '../io.ts'
import { openTerminal, type Terminal } from '../play/terminal.ts'
import { planEndpoint } from '../role-models.ts'
import { readText } from '../strategy/input.ts'

interface PublishFlags {
  readonly seeds: string
  readonly policy: string
  readonly hids?: string
  readonly evaluatorId?: string
  readonly evaluatorExpertise?: string
  readonly model?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

export function publishCommand(io: Io): Command {
  return new Command('publish')
    .argument('<report>', 'a report with the section sim-quality')
    .description(
      'Release characters whose evaluation passes the policy: record it, add them to production, renew the manifest.',
    )
    .option('--seeds <folder>', 'the folder with dev/ and prod/', 'database_seeds')
    .option('--policy <file>', 'the release policy', 'character-release-policy.yml')
    .option('--hids <list>', 'characters, separated by commas; default: the only one of the report')
    .option('--evaluator-id <id>', 'who evaluated')
    .option('--evaluator-expertise <text>', 'what the evaluator is an expert in')
    .option('--model <name>', 'the model that played the characters; default: the one that is configured')
    .option('--dry-run', 'show what would change, and write nothing')
    .option('-y, --yes', 'write without asking')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
All three files are written, or none. A character without a passing evaluation is refused.

Examples:
  paracosm experiment publish report.html --hids JW --evaluator-id ada --evaluator-expertise autism --dry-run
  paracosm experiment publish report.html --hids JW --evaluator-id ada --evaluator-expertise autism --yes`,
    )
    .action((report: string, flags: PublishFlags) => publishReport(io, report, flags))
}

async function publishReport(io: Io, report: string, flags: PublishFlags): Promise<void> {
  const scores = readQualityTable(readText(report))
  const terminal = flags.json ? undefined : openTerminal()
  const request: PublishRequest = {
    seeds: flags.seeds,
    policy: parsePolicy(readText(flags.policy), flags.policy),
    scores,
    hids: await hidsOf(flags, scores, terminal),
    evaluator: {
      id: await asked(flags.evaluatorId, '--evaluator-id', terminal),
      expertise: await asked(flags.evaluatorExpertise, '--evaluator-expertise', terminal),
    },
    model: flags.model ?? planEndpoint(io, {})?.models.updater ?? 'offline-responder',
    prompts: currentPrompts(),
    now: new Date(),
  }
  const plan = await planPublication(request)
  if (!flags.json) preview(io, request, plan)
  requireApproved(plan, request)
  const isWanted = flags.dryRun !== true && (flags.yes === true || (await confirm(terminal)))
  if (isWanted) await publish(request, plan)
  if (flags.json) {
    const { evaluations, added, approved } = plan
    return printJson(io, { ok: true, is_written: isWanted, evaluations, added, approved })
  }
  io.out(isWanted ? 'Written.' : 'Nothing was written.')
}

function preview(io: Io, { seeds, hids, model }: PublishRequest, { added, approved, evaluations }: PublishPlan): void {
  io.out(
    `Evaluations of ${hids.join(', ')} (model ${model}): ${evaluations.length} are appended to ${join(seeds, EVALUATIONS)}`,
  )
  const news =
    added.length === 0 ? 'nothing is added' : `${added.join(', ')} ${added.length === 1 ? 'is' : 'are'} added`
  io.out(`${join(seeds, PROD_CHARACTERS)}: ${news}`)
  io.out(
    `${join(seeds, RELEASE_MANIFEST)}: approved before: ${approved.before.join(', ') || 'none'}; after: ${approved.after.join(', ') || 'none'}`,
  )
}

async function hidsOf(
  { hids }: PublishFlags,
  scores: readonly ReportedScores[],
  terminal: Terminal | undefined,
): Promise<string[]> {
  const all = scores.map(({ hid }) => hid)
  if (hids === undefined && all.length === 1) return all
  const given = await asked(hids, '--hids', terminal, ` (of ${all.join(', ')})`)
  return [...new Set(given.split(',').map((hid) => hid.trim()))].filter((hid) => hid !== '')
}

async function asked(
  given: string | undefined,
  option: string,
  terminal: Terminal | undefined,
  about = '',
): Promise<string> {
  if (given !== undefined && given.trim() !== '') return given.trim()
  const typed = await terminal?.ask(`${option.slice(2)}${about}: `)
  if (typed !== undefined && typed.trim() !== '') return typed.trim()
  throw new AppError('USAGE', `${option} is missing${about}`)
}

async function confirm(terminal: Terminal | undefined): Promise<boolean> {
  if (!terminal)
    throw new AppError('USAGE', 'nobody is here to confirm', { hint: 'Add --yes to write, or --dry-run to look.' })
  return /^y(?:es)?$/i.test((await terminal.ask('Write these changes? [y/N] '))?.trim() ?? '')
}
