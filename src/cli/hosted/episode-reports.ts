// `paracosm coworld episode-report`: graders, diagnosers and reporters that a server runs over an episode.
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { timeCell } from '../../league/selection.ts'
import { sleep } from '../../lib/sleep.ts'
import { EpisodeReport, REPORT_ROLES, type ReportRole } from '../../protocol/episode-reports.ts'
import type { HostedClient } from '../hosted-client.ts'
import { EXIT, type Io } from '../io.ts'
import { printTable } from '../table.ts'
import { type Action, commandsOf, lines, printWire } from './commands.ts'

/** Milliseconds between two checks of a report that is waited for, and for the download of an output. */
const LOOK_MS = 1000
const DOWNLOAD_MS = 600_000
const FILES: Readonly<Record<ReportRole, string>> = {
  grader: 'grade.json',
  diagnoser: 'diagnosis.zip',
  reporter: 'report.zip',
}

interface CreateFlags {
  readonly coworld: string
  readonly role: ReportRole
  readonly id?: string
  readonly target?: string
  readonly wait?: boolean
}

export function addReports(io: Io, { group, server }: { readonly group: Command; readonly server: string }): void {
  const reports = new Command('episode-report')
    .description('Let a server run a grader, diagnoser or reporter of an uploaded package over an episode.')
    .addHelpText(
      'after',
      `
Examples:
  paracosm coworld episode-report create ereq_1 --coworld cow_1 --role grader --wait
  paracosm coworld episode-report list ereq_1
  paracosm coworld episode-report download rep_1 -o grade.json`,
    )
  const add = commandsOf(io, reports, server, 'episode-report ')
  const create: Command = add(
    'create',
    { description: 'Ask for a report.', example: ' ereq_1 --coworld cow_1 --role grader --wait' },
    async (client, { json }, id = '') => {
      const flags = create.opts<CreateFlags>()
      const body = {
        coworld_id: flags.coworld,
        role: flags.role,
        role_id: flags.id ?? null,
        target: flags.target ?? null,
      }
      const made = await client.post(`/v2/episode-requests/${encodeURIComponent(id)}/reports`, EpisodeReport, body)
      const shown = flags.wait === true ? await waitFor(io, client, made) : made
      if (shown.status === 'failed') io.exit(EXIT.failed)
      return json ? printWire(io, shown) : printReport(io, shown)
    },
  )
    .argument('<episode>', 'ereq_…')
    .requiredOption('--coworld <id>', 'the uploaded package that has the role: cow_…')
    .addOption(new Option('--role <role>', 'which role').choices([...REPORT_ROLES]).makeOptionMandatory())
    .option('--id <id>', 'its id in the manifest; default: the first of this role')
    .option('--target <uri>', 'what a diagnoser judges, for COGAME_TARGET_POLICY_URI')
    .option('--wait', 'wait until it is made')
  add('list', { description: 'List your reports on an episode.', example: ' ereq_1' }, list(io)).argument(
    '<episode>',
    'ereq_…',
  )
  add('show', { description: 'Show a report.', example: ' rep_1' }, show(io)).argument('<id>', 'rep_…')
  add('download', { description: 'Download what a role has written.', example: ' rep_1 -o report.zip' }, download(io))
    .argument('<id>', 'rep_…')
    .option('-o, --output <file>', 'where to; default: grade.json, diagnosis.zip or report.zip')
  group.addCommand(reports)
}

const pathOf = (id: string): string => `/v2/episode-reports/${encodeURIComponent(id)}`

async function waitFor(io: Io, client: HostedClient, made: EpisodeReport): Promise<EpisodeReport> {
  let found = made
  while (found.completed_at === null && !io.signal.aborted) {
    await sleep(LOOK_MS, io.signal).catch(() => undefined)
    if (!io.signal.aborted) found = await client.get(pathOf(made.id), EpisodeReport)
  }
  return found
}

function printReport(io: Io, report: EpisodeReport): void {
  lines(io, [
    ['Report', report.id],
    ['Status', report.status],
    ['Episode request', report.episode_request_id],
    ['Coworld', report.coworld_id],
    ['Role', `${report.role} ${report.role_id}`],
    ...(report.grade === null ? [] : [['Score', String(report.grade.score)] as const]),
    ...(report.error === null ? [] : [['Error', report.error] as const]),
    ['Created', timeCell(report.created_at)],
  ])
}

const list =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const found = await client.get(`/v2/episode-requests/${encodeURIComponent(id)}/reports`, z.array(EpisodeReport))
    if (json) return printWire(io, found)
    if (found.length === 0) return io.out('No reports found.')
    const rows = found.map((each) => [
      each.id,
      each.status,
      `${each.role} ${each.role_id}`,
      each.grade === null ? '-' : String(each.grade.score),
      timeCell(each.created_at),
    ])
    printTable(io, ['ID', 'Status', 'Role', 'Score', 'Created'], rows)
  }

const show =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const found = await client.get(pathOf(id), EpisodeReport)
    if (json) return printWire(io, found)
    printReport(io, found)
    if (!found.has_log) return
    const log = await client.bytes(`${pathOf(id)}/log`)
    io.out(`Log:\n${log.toString('utf8').trimEnd()}`)
  }

const download =
  (io: Io): Action =>
  async (client, { json, output }, id = '') => {
    const { role } = await client.get(pathOf(id), EpisodeReport)
    const file = resolve(output ?? FILES[role])
    const bytes = await client.bytes(`${pathOf(id)}/output`, { timeoutMs: DOWNLOAD_MS })
    await writeFile(file, bytes)
    if (json) return printWire(io, { output: file, bytes: bytes.length })
    io.out(`Output: ${file}`)
  }
