// `paracosm coworld xp-request`: batches of episodes that a server plays for the caller.
import { Command } from 'commander'
import { z } from 'zod'
import { timeCell } from '../../league/selection.ts'
import { sleep } from '../../lib/sleep.ts'
import { ReadExperience, ReadExperiencePage } from '../../protocol/experience.ts'
import { ReadEpisode } from '../../protocol/hosted-read.ts'
import type { HostedClient } from '../hosted-client.ts'
import { EXIT, type Io } from '../io.ts'
import { collect, parseSeed, parseStep, within } from '../options.ts'
import { createProgress } from '../progress.ts'
import { printTable } from '../table.ts'
import { type Action, cell, commandsOf, lines, printWire } from './commands.ts'
import { printEpisodes } from './episodes.ts'
import { type BodyFlags, bodyOf } from './experience-body.ts'

const PATH = '/v2/experience-requests'
/** Milliseconds between two checks of a request that is waited for. */
const LOOK_MS = 1000
const ENDED: readonly string[] = ['completed', 'failed', 'cancelled']

const EXAMPLES = `
Examples:
  paracosm coworld xp-request create --coworld cow_paint-arena --player painter --player bot:greedy --episodes 10 --wait
  paracosm coworld xp-request create --league league_1 --player painter:v2@0 --player top:3 --episodes 50
  paracosm coworld xp-request create request.json
  paracosm coworld xp-request show xreq_1
  paracosm coworld xp-request episodes xreq_1 --json
  paracosm coworld bundle ereq_1

A player is NAME or NAME:vN or the id of a policy version, bot:NAME, top:N (one of the N best champions) or random (any
champion). Players change places from episode to episode; @SLOT keeps one where it is.`

export function addExperience(io: Io, { group, server }: { readonly group: Command; readonly server: string }): void {
  const requests = new Command('xp-request')
    .description('Ask a server for episodes of your policies, and read what came of them.')
    .addHelpText('after', EXAMPLES)
  const add = commandsOf(io, requests, server, 'xp-request ')
  const create: Command = add(
    'create',
    { description: 'Ask for episodes.', example: ' --coworld cow_paint-arena --player painter --player bot:greedy' },
    async (client, { json = false }, file) => {
      const flags = create.opts<BodyFlags & { readonly wait?: boolean }>()
      const made = await client.post(PATH, ReadExperience, await bodyOf(file, flags))
      const shown = flags.wait === true ? await waitFor(io, client, made) : made
      if (shown.status === 'failed') io.exit(EXIT.failed)
      return json ? printWire(io, shown) : printRequest(io, shown)
    },
  )
    .argument('[file]', 'the request as JSON, or - for standard input; otherwise the options say it')
    .option('-l, --league <id>', 'play a league')
    .option('-d, --division <id>', 'play a division of a league')
    .option('--coworld <id>', 'play a world of the server (cow_<world>), or an uploaded package by id or name')
    .option('--variant <id>', 'variant to play; default: the first')
    .option(
      '--player <player>',
      'who plays, once for each slot (repeatable): NAME, NAME:vN, an id, bot:NAME, top:N or random; @SLOT keeps a place',
      collect,
      [],
    )
    .option('--episodes <n>', 'how many, 1 to 100; default: 1', within(1, 100))
    .option('--seed <n>', 'seed of the first episode; default: a random one', parseSeed)
    .option('--game-config <json>', 'replace keys of the configuration')
    .option('--notes <text>', 'a note for yourself')
    .option('--wait', 'wait until all episodes have ended')
  add('list', { description: 'List your requests, newest first.', example: ' --limit 10' }, list(io))
    .option('--mine', 'yours only, which is the default')
    .option('--limit <n>', 'how many, 1 to 200', within(1, 200), 50)
    .option('--offset <n>', 'from which on', parseStep, 0)
  const show: Command = add(
    'show',
    { description: 'Show a request.', example: ' xreq_1 --wait' },
    async (client, { json }, id = '') => {
      const found = await client.get(`${PATH}/${encodeURIComponent(id)}`, ReadExperience)
      const shown = show.opts<{ wait?: boolean }>().wait === true ? await waitFor(io, client, found) : found
      return json ? printWire(io, shown) : printRequest(io, shown)
    },
  )
    .alias('get')
    .argument('<id>', 'xreq_…')
    .option('--wait', 'wait until all episodes have ended')
  add('episodes', { description: 'List the episodes of a request.', example: ' xreq_1' }, episodes(io)).argument(
    '<id>',
    'xreq_…',
  )
  add('cancel', { description: 'Cancel what has not ended.', example: ' xreq_1' }, cancel(io)).argument(
    '<id>',
    'xreq_…',
  )
  group.addCommand(requests)
}

/** Follows a request until its end. When the command is interrupted, the request goes on. */
async function waitFor(io: Io, client: HostedClient, made: ReadExperience): Promise<ReadExperience> {
  const path = `${PATH}/${encodeURIComponent(made.id)}`
  const progress = createProgress(io, { unit: 'episodes', total: made.episode_count })
  if (made.notice != null) io.err(made.notice)
  for (let found = made; ; ) {
    progress(found.completed_count + found.failed_count, found.failed_count > 0 ? `${found.failed_count} failed` : '')
    if (ENDED.includes(found.status)) return found
    await sleep(LOOK_MS, io.signal).catch(() => undefined)
    if (io.signal.aborted) {
      io.err(`${made.id} goes on. Follow it with: paracosm coworld xp-request show ${made.id} --wait`)
      return found
    }
    found = await client.get(path, ReadExperience)
  }
}

function printRequest(io: Io, found: ReadExperience): void {
  const { episode_count: all, completed_count: done, failed_count: failed, cancelled_count: cancelled } = found
  const counts = [`${done} of ${all}`]
  if (found.running_count > 0) counts.push(`${found.running_count} running`)
  if (failed > 0) counts.push(`${failed} failed`)
  if (cancelled > 0) counts.push(`${cancelled} cancelled`)
  lines(io, [
    ['Experience request', found.id],
    ['Status', found.status],
    ['Coworld', found.coworld_id],
    ['Variant', cell(found.variant_id)],
    ['Episodes', counts.join(', ')],
    ...(found.notes == null ? [] : [['Notes', found.notes] as const]),
    ...(found.error == null ? [] : [['Error', found.error] as const]),
    ...(found.notice == null ? [] : [['Notice', found.notice] as const]),
    ['Created', timeCell(found.created_at)],
  ])
}

const list =
  (io: Io): Action =>
  async (client, { json, limit = 50, offset = 0 }) => {
    const page = await client.get(PATH, ReadExperiencePage, { mine: true, limit, offset })
    if (json) return printWire(io, page)
    if (page.entries.length === 0) return io.out('No experience requests found.')
    const rows = page.entries.map((each) => [
      each.id,
      each.status,
      each.coworld_id,
      `${each.completed_count}/${each.episode_count}`,
      cell(each.notes),
      timeCell(each.created_at),
    ])
    printTable(io, ['ID', 'Status', 'Coworld', 'Episodes', 'Notes', 'Created'], rows)
  }

const episodes =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const found = await client.get(`${PATH}/${encodeURIComponent(id)}/episodes`, z.array(ReadEpisode))
    return json ? printWire(io, found) : printEpisodes(io, found)
  }

const cancel =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const found = await client.post(`${PATH}/${encodeURIComponent(id)}/cancel`, ReadExperience)
    return json ? printWire(io, found) : printRequest(io, found)
  }
