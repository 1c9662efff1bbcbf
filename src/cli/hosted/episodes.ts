// Commands about episodes of leagues: lists, statistics, results, logs and replays (contract sections 11.3 to 11.5).
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseJson } from '../../kernel/parse.ts'
import { logAgents, ownAgents, scoreCell, selectEpisodes, timeCell } from '../../league/selection.ts'
import { makeFolder } from '../../lib/folders.ts'
import {
  ReadEpisode,
  ReadEpisodeStats,
  ReadMembership,
  ReadRoundDetail,
  ReadRoundPage,
} from '../../protocol/hosted-read.ts'
import { findReplay } from '../../runner/manifest-source.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { parseStep, within } from '../options.ts'
import { printTable } from '../table.ts'
import { type Action, type Add, cell, type Flags, lines, policyOf, printWire } from './commands.ts'

/** Rounds of one page, and the default number of episodes in a list. */
const ROUND_ROWS = 200
/** Milliseconds for a zip of at most 200 MB. */
const DOWNLOAD_MS = 600_000

export function addEpisodes(io: Io, add: Add): void {
  const scoped = (command: ReturnType<Add>) =>
    command
      .option('-d, --division <id>', 'of this division')
      .option('-r, --round <id>', 'of this round')
      .option('--pool <id>', 'of this pool')
      .option('-p, --policy <policy>', 'a policy version id, NAME or NAME:vN')
      .option('--mine', 'of your policies only')
      .option('--offset <n>', 'from which on', parseStep, 0)
  const limit = ['--limit <n>', 'how many, 1 to 1000', within(1, 1000)] as const
  const about = { description: 'List episodes of leagues, or show one.', example: ' --round round_1 --with-replay' }
  scoped(add('episodes', about, episodes(io)).argument('[id]'))
    .option('--with-replay', 'with a replay only')
    .option(...limit, 200)
  scoped(
    add(
      'replays',
      { description: 'List replays, or download them.', example: ' --round round_1 -o replays' },
      replays(io),
    ),
  )
    .option('-o, --download-dir <folder>', 'download the replays into this folder, with an index.json')
    .option(...limit, 1000)
  add('episode-stats', { description: 'Show the statistics of an episode.', example: ' ereq_1' }, stats(io)).argument(
    '<id>',
  )
  add('episode-results', { description: 'Print the results of an episode.', example: ' ereq_1' }, results(io))
    .argument('<id>')
    .option('-o, --output <file>', 'write them to this file, unchanged')
  add(
    'episode-logs',
    { description: 'List, print or download the logs of players and of the game.', example: ' ereq_1 --agent 0' },
    logs(io),
  )
    .argument('<id>')
    .option('--list', 'list the logs (default)')
    .option('--agent <n>', 'print the log of this agent', parseStep)
    .option('--game', 'print the log of the game')
    .option('--artifact', 'with --agent: download the zip that the player has uploaded')
    .option('--mine', 'of your policies only')
    .option('-d, --download-dir <folder>', 'download the logs into this folder')
}

const episodes =
  (io: Io): Action =>
  async (client, flags, id) => {
    if (id === undefined) {
      const found = await select(client, flags)
      return flags.json ? printWire(io, found) : printEpisodes(io, found)
    }
    const found = await client.get(`/v2/episode-requests/${id}`, ReadEpisode)
    if (flags.json) return printWire(io, found)
    lines(io, [
      ['Episode request', found.id],
      ['Status', found.status],
      ['Pool', cell(found.pool_id)],
      ['Coworld', cell(found.coworld_id)],
      ['Seed', cell(found.seed)],
      ['Job', cell(found.job_id)],
      ['Episode', cell(found.episode_id)],
      ['Replay', cell(found.replay_url)],
    ])
    printEpisodes(io, [found])
  }

async function select(client: HostedClient, flags: Flags): Promise<ReadEpisode[]> {
  const { limit = ROUND_ROWS, offset = 0, pool, round, division } = flags
  const policy = await policyOf(client, flags.policy)
  const own = flags.mine === true ? await ownVersions(client, division) : undefined
  return selectEpisodes(
    { limit, offset, pool, round, division },
    {
      episodes: (query) =>
        client.get('/v2/episode-requests', z.array(ReadEpisode), {
          limit: query.limit,
          offset: query.offset,
          pool_id: query.poolId,
        }),
      pools: async (id) => (await client.get(`/v2/rounds/${id}`, ReadRoundDetail)).pools.map((each) => each.id),
      rounds: async (id, from) => {
        const query = { limit: ROUND_ROWS, offset: from, division_id: id }
        const page = await client.get('/v2/rounds', ReadRoundPage, query)
        return { ids: page.entries.map((each) => each.id), total: page.total_count, limit: page.limit }
      },
    },
    ({ participants, replay_url: replay }) =>
      (policy === undefined || participants.some((each) => each.policy_version_id === policy)) &&
      (own === undefined || participants.some((each) => own.has(each.policy_version_id))) &&
      (flags.withReplay !== true || replay !== null),
  )
}

export function printEpisodes(io: Io, found: readonly ReadEpisode[]): void {
  const rows = found.map((each) => {
    const label = (id: string): string =>
      each.participants.find((participant) => participant.policy_version_id === id)?.label ?? id
    return [
      each.id,
      each.status,
      cell(each.seed),
      each.participants.map((participant) => participant.label).join(', '),
      each.scores.map((score) => `${label(score.policy_version_id)}=${score.score}`).join(', '),
      each.replay_url === null ? '-' : 'yes',
      timeCell(each.created_at),
    ]
  })
  printTable(io, ['ID', 'Status', 'Seed', 'Participants', 'Scores', 'Replay', 'Created'], rows)
}

async function ownVersions(client: HostedClient, division: string | undefined): Promise<ReadonlySet<string>> {
  const query = { active_only: false, champions_only: false, mine: true, division_id: division, limit: 1000 }
  const found = await client.get('/v2/league-policy-memberships', z.array(ReadMembership), query)
  return new Set(found.map((each) => each.policy_version.id))
}

/** @throws AppError UNKNOWN_EPISODE for an episode that was not started */
async function jobOf(client: HostedClient, id: string): Promise<ReadEpisode & { job_id: string }> {
  const found = await client.get(`/v2/episode-requests/${id}`, ReadEpisode)
  if (found.job_id !== null) return { ...found, job_id: found.job_id }
  throw new AppError('SERVER_REFUSED', `${found.id} has no job: it has not been played`, {
    hint: `Look at its status with: paracosm coworld episodes ${found.id}`,
  })
}

const stats =
  (io: Io): Action =>
  async (client, { json }, id = '') => {
    const { id: request, job_id: job } = await jobOf(client, id)
    const found = await client.get(`/jobs/${job}/episode-stats`, ReadEpisodeStats)
    if (json) return printWire(io, found)
    lines(io, [
      ['Episode stats', request],
      ['Steps', cell(found.steps)],
    ])
    const rows = found.policy_stats.map((each) => [
      String(each.position),
      each.policy_name === null ? cell(each.policy_version_id) : `${each.policy_name}:v${cell(each.policy_version)}`,
      String(each.num_agents),
      scoreCell(each.avg_reward),
    ])
    printTable(io, ['Position', 'Policy', 'Agents', 'Avg Reward'], rows)
    const sorted = Object.entries(found.game_stats).sort(([a], [b]) => (a < b ? -1 : 1))
    if (sorted.length > 0) printWire(io, Object.fromEntries(sorted))
  }

const results =
  (io: Io): Action =>
  async (client, { output }, id = '') => {
    const { job_id: job } = await jobOf(client, id)
    const bytes = await client.bytes(`/jobs/${job}/artifacts/results`)
    if (output === undefined) return printWire(io, parseJson(bytes.toString('utf8'), 'The results'))
    await writeFile(output, bytes)
    io.out(`Results written to ${output}`)
  }

const logs =
  (io: Io): Action =>
  async (client, { agent, mine, downloadDir, list, game, artifact }, id = '') => {
    if (game) return printGameLog(io, client, { id, folder: downloadDir })
    const episode = await jobOf(client, id)
    if (artifact) return keepArtefact(io, client, { episode, agent, folder: downloadDir })
    const names = await client.get(`/jobs/${episode.job_id}/policy-logs`, z.array(z.string()))
    const all = logAgents(names)
    const own = mine ? ownAgents(episode, await ownVersions(client, undefined), all) : all
    const read = (each: number): Promise<Buffer> => client.bytes(`/jobs/${episode.job_id}/policy-logs/${each}`)
    if (agent !== undefined) {
      if (mine && !own.includes(agent)) throw new AppError('NOT_YOURS', `agent ${agent} is not one of your policies`)
      const text = await read(agent)
      if (downloadDir === undefined) return io.out(text.toString('utf8').replace(/\n$/, ''))
      return io.out(await keepLog(downloadDir, { id: episode.id, agent, text }))
    }
    if (downloadDir !== undefined && !list) {
      for (const each of own)
        io.out(await keepLog(downloadDir, { id: episode.id, agent: each, text: await read(each) }))
      return
    }
    if (own.length === 0) return io.out('No policy logs found.')
    printTable(
      io,
      ['Agent', 'Filename'],
      own.map((each) => [String(each), `policy_agent_${each}.txt`]),
    )
  }

/** The log of the game, which newer servers have. */
async function printGameLog(
  io: Io,
  client: HostedClient,
  { id, folder }: { readonly id: string; readonly folder: string | undefined },
): Promise<void> {
  const text = await client.bytes(`/v2/episode-requests/${encodeURIComponent(id)}/artifacts/logs`)
  if (folder === undefined) return io.out(text.toString('utf8').replace(/\n$/, ''))
  await makeFolder(folder)
  const path = join(folder, `${fileName(id)}-game.log`)
  await writeFile(path, text)
  io.out(path)
}

/** @throws AppError USAGE without an agent */
async function keepArtefact(
  io: Io,
  client: HostedClient,
  {
    episode,
    agent,
    folder = '.',
  }: { readonly episode: ReadEpisode; readonly agent: number | undefined; readonly folder: string | undefined },
): Promise<void> {
  const position = agent === undefined ? undefined : episode.assignments[agent]
  const version = position === undefined ? undefined : episode.policy_version_ids[position]
  if (version === undefined) {
    throw new AppError(
      'USAGE',
      agent === undefined ? '--artifact needs --agent' : `the episode has no agent ${agent}`,
      {
        hint: `Give --agent 0 to ${episode.assignments.length - 1}.`,
      },
    )
  }
  const base = `/v2/episode-requests/${encodeURIComponent(episode.id)}`
  const zip = await client.bytes(`${base}/${version}/policy-artifact/${agent}`, { timeoutMs: DOWNLOAD_MS })
  await makeFolder(folder)
  const path = join(folder, `${fileName(episode.id)}-policy_artifact_${agent}.zip`)
  await writeFile(path, zip)
  io.out(path)
}

async function keepLog(
  folder: string,
  { id, agent, text }: { readonly id: string; readonly agent: number; readonly text: Buffer },
): Promise<string> {
  await makeFolder(folder)
  const path = join(folder, `${fileName(id)}-policy_agent_${agent}.txt`)
  await writeFile(path, text)
  return path
}

/** An id of another server as a file name. */
const fileName = (id: string): string => id.replaceAll(/[^\w-]/g, '_')

const replays =
  (io: Io): Action =>
  async (client, flags) => {
    const found = await select(client, { ...flags, withReplay: true, limit: flags.limit ?? 1000 })
    const { downloadDir } = flags
    if (downloadDir === undefined) {
      if (flags.json) return printWire(io, found)
      const rows = found.map((each) => [
        each.id,
        cell(each.coworld_id),
        cell(each.replay_url),
        each.coworld_id === null ? '-' : `coworld replay ${each.coworld_id} ${each.replay_url}`,
      ])
      return printTable(io, ['Episode Request', 'Coworld', 'Replay URI', 'Local Command'], rows)
    }
    await makeFolder(downloadDir)
    const index = []
    for (const each of found) {
      const path = join(downloadDir, `${fileName(each.id)}.json`)
      // Names of packed replays are unpacked on the way; nothing of the caller's token goes along.
      await using replay = await findReplay(each.replay_url ?? '', { signal: io.signal })
      await writeFile(path, await readFile(replay.path))
      index.push({
        episode_request_id: each.id,
        episode_id: each.episode_id,
        job_id: each.job_id,
        coworld_id: each.coworld_id,
        replay_url: each.replay_url,
        local_path: path,
        seed: each.seed,
        status: each.status,
        participants: each.participants,
        scores: each.scores,
      })
    }
    await writeFile(join(downloadDir, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`)
    if (flags.json) return printWire(io, index)
    io.out(`Downloaded ${index.length} replay${index.length === 1 ? '' : 's'} into ${downloadDir}`)
  }
