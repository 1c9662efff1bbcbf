// The tournament commands of `paracosm coworld` (contract section 11.3), against any server of the hosted API.
import { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { playerCell, resolvePolicyFilter, scoreCell, selectEpisodes, timeCell } from '../league/selection.ts'
import {
  CompetitionEvent,
  HostedDivision,
  HostedEpisode,
  HostedLeague,
  HostedMembership,
  type HostedPool,
  LadderEntry,
  LeaderboardEntry,
  PolicyVersionPage,
  RoundDetail,
  RoundPage,
} from '../protocol/hosted.ts'
import { HostedClient } from './hosted-client.ts'
import { type Io, printJson } from './io.ts'
import { parseCount, parseStep } from './options.ts'
import { printTable } from './table.ts'

interface Flags {
  readonly server: string
  readonly json?: boolean
  readonly league?: string
  readonly division?: string
  readonly round?: string
  readonly pool?: string
  readonly status?: string
  readonly policy?: string
  readonly player?: string
  readonly eventType?: string
  readonly audience?: string
  readonly mine?: boolean
  readonly activeOnly?: boolean
  readonly championsOnly?: boolean
  readonly withReplay?: boolean
  readonly includeRecentRounds?: number
  readonly limit?: number
  readonly offset?: number
}

type Action = (client: HostedClient, flags: Flags, id: string | undefined) => Promise<void>

type Add = (name: string, about: { description: string; example: string }, action: Action) => Command

/** Adds the commands to the group. @param server the default one */
export function addTournamentCommands(io: Io, group: Command, server: string): void {
  const add = commandsOf(io, group, server)
  addLadders(io, add)
  addHappenings(io, add)
}

function commandsOf(io: Io, group: Command, server: string): Add {
  return (name, about, action) => {
    const made = new Command(name)
      .description(about.description)
      .addHelpText('after', `\nExample:\n  paracosm coworld ${name}${about.example}`)
      .option('--server <url>', 'which server', server)
      .option('--json', 'print JSON')
      .action(async (...given: unknown[]) => {
        const flags = made.opts<Flags>()
        const [id] = given
        await action(
          new HostedClient(flags.server, io.config.COWORLD_TOKEN),
          flags,
          typeof id === 'string' ? id : undefined,
        )
      })
    group.addCommand(made)
    return made
  }
}

function addLadders(io: Io, command: Add): void {
  command('leagues', { description: 'List leagues, or show one.', example: '' }, leagues(io)).argument('[id]')
  command('divisions', { description: 'List divisions, or show one.', example: ' --league league_1' }, divisions(io))
    .argument('[id]')
    .option('-l, --league <id>', 'of this league')
  command(
    'results',
    {
      description: 'Show the ladder of a league, the leaderboard of a division, or the results of a round.',
      example: ' league_1',
    },
    results(io),
  )
    .argument('<id>', 'league_…, div_… or round_…')
    .option('--include-recent-rounds <n>', 'recent rounds of each row', parseStep, 3)
  command(
    'rounds',
    { description: 'List rounds, or show one.', example: ' --division div_1 --status completed' },
    rounds(io),
  )
    .argument('[id]')
    .option('-l, --league <id>', 'of this league')
    .option('-d, --division <id>', 'of this division')
    .option('--status <status>', 'in this status')
    .option('--limit <n>', 'how many', parseCount, 25)
    .option('--offset <n>', 'from which on', parseStep, 0)
}

function addHappenings(io: Io, command: Add): void {
  command(
    'memberships',
    { description: 'List the members of leagues.', example: ' --league league_1 --champions-only' },
    memberships(io),
  )
    .option('-l, --league <id>', 'of this league')
    .option('-d, --division <id>', 'of this division')
    .option('-p, --policy <policy>', 'a policy version id, NAME or NAME:vN')
    .option('--player <id>', 'of this player')
    .option('--mine', 'of your policies only')
    .option('--active-only', 'active ones only')
    .option('--champions-only', 'champions only')
    .option('--limit <n>', 'how many', parseCount)
  command(
    'events',
    { description: 'List the events of leagues.', example: ' --league league_1 --limit 20' },
    events(io),
  )
    .option('-l, --league <id>', 'in this league')
    .option('-d, --division <id>', 'in this division')
    .option('-r, --round <id>', 'in this round')
    .option('--event-type <type>', 'of this type')
    .option('--audience <audience>', 'for this audience')
    .option('--player <id>', 'of this player')
    .option('--limit <n>', 'how many', parseCount, 50)
  command(
    'episodes',
    { description: 'List episodes of leagues.', example: ' --round round_1 --with-replay' },
    episodes(io),
  )
    .option('-d, --division <id>', 'of this division')
    .option('-r, --round <id>', 'of this round')
    .option('--pool <id>', 'of this pool')
    .option('-p, --policy <policy>', 'a policy version id, NAME or NAME:vN')
    .option('--mine', 'of your policies only')
    .option('--with-replay', 'with a replay only')
    .option('--limit <n>', 'how many', parseCount, 200)
    .option('--offset <n>', 'from which on', parseStep, 0)
}

const yes = (value: boolean): string => (value ? 'yes' : 'no')
const cell = (value: string | number | null | undefined): string =>
  value == null || value === '' ? '-' : String(value)

function lines(io: Io, facts: readonly (readonly [string, string])[]): void {
  for (const [name, value] of facts) io.out(`${name}: ${value}`)
}

const leagues =
  (io: Io): Action =>
  async (client, { json }, id) => {
    if (id !== undefined) {
      const league = await client.get(`/v2/leagues/${id}`, HostedLeague.loose())
      if (json) return printJson(io, league)
      return lines(io, [
        ['League', league.id],
        ['Name', league.name],
        ['Game', league.game.name],
        ['Coworld', cell(league.game.coworld_name)],
        ['Public', yes(league.public)],
        ['Hidden', yes(league.hidden)],
        ['Created', timeCell(league.created_at)],
      ])
    }
    const found = await client.get('/v2/leagues', z.array(HostedLeague.loose()))
    if (json) return printJson(io, found)
    const rows = found.map((each) => [each.id, each.name, each.game.name, yes(each.public), timeCell(each.created_at)])
    printTable(io, ['ID', 'Name', 'Game', 'Public', 'Created'], rows)
  }

const divisions =
  (io: Io): Action =>
  async (client, { json, league }, id) => {
    if (id !== undefined) {
      const division = await client.get(`/v2/divisions/${id}`, HostedDivision.loose())
      if (json) return printJson(io, division)
      return lines(io, [
        ['Division', division.id],
        ['Name', division.name],
        ['Level', String(division.level)],
        ['League', division.league.name],
        ['Created', timeCell(division.created_at)],
        ['Round schedule', cell(division.commissioner_description?.round_schedule)],
        ['Next round', cell(division.commissioner_description?.next_round)],
      ])
    }
    const found = await client.get('/v2/divisions', z.array(HostedDivision.loose()), { league_id: league })
    if (json) return printJson(io, found)
    const rows = found.map((each) => [
      each.id,
      each.name,
      String(each.level),
      each.league.name,
      timeCell(each.created_at),
    ])
    printTable(io, ['ID', 'Name', 'Level', 'League', 'Created'], rows)
  }

const results =
  (io: Io): Action =>
  async (client, { json, includeRecentRounds }, id = '') => {
    if (id.startsWith('league_')) {
      const ladder = await client.get(`/v2/leagues/${id}/division-ladder`, z.array(LadderEntry.loose()))
      if (json) return printJson(io, ladder)
      return printTable(
        io,
        ['Division', 'Level', 'Members'],
        ladder.map((each) => [`${each.name} ${each.id}`, String(each.level), String(each.member_count)]),
      )
    }
    if (id.startsWith('div_')) {
      const query = { include_recent_rounds: includeRecentRounds }
      const board = await client.get(`/v2/divisions/${id}/leaderboard`, z.array(LeaderboardEntry.loose()), query)
      if (json) return printJson(io, board)
      const rows = board.map((each, index) => [
        String(index + 1),
        playerCell({ id: each.player_id, name: each.player_name }),
        scoreCell(each.avg_score),
        String(each.rounds_played),
      ])
      return printTable(io, ['Rank', 'Player', 'Avg Score', 'Rounds'], rows)
    }
    if (!id.startsWith('round_')) throw new AppError('USAGE', `${id} is no id of a league, division or round`)
    const round = await client.get(`/v2/rounds/${id}`, RoundDetail.loose())
    if (json) return printJson(io, round)
    printResults(io, round)
  }

function printResults(io: Io, { results: found }: z.infer<typeof RoundDetail>): void {
  const rows = found
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ rank, player, policy_version: policy, score }) => [
      String(rank),
      playerCell(player),
      `${policy.policy.name}:v${policy.version}`,
      scoreCell(score),
    ])
  printTable(io, ['Rank', 'Player', 'Policy', 'Score'], rows)
}

const rounds =
  (io: Io): Action =>
  async (client, flags, id) => {
    if (id !== undefined) {
      const round = await client.get(`/v2/rounds/${id}`, RoundDetail.loose())
      if (flags.json) return printJson(io, round)
      lines(io, [
        ['Round', round.id],
        ['Number', String(round.round_number)],
        ['Status', round.status],
        ['Division', round.division.name],
        ['Pools', String(round.pools.length)],
        ['Results', String(round.results.length)],
        ['Error', cell(round.error)],
      ])
      return printResults(io, round)
    }
    const { limit, offset, league, division, status } = flags
    const page = await client.get('/v2/rounds', RoundPage.loose(), {
      limit,
      offset,
      league_id: league,
      division_id: division,
      status,
    })
    if (flags.json) return printJson(io, page)
    const rows = page.entries.map((each) => [
      each.id,
      String(each.round_number),
      each.status,
      each.division.name,
      timeCell(each.started_at),
      timeCell(each.completed_at),
    ])
    printTable(io, ['ID', '#', 'Status', 'Division', 'Started', 'Completed'], rows)
    io.out(`Rows ${rows.length === 0 ? 0 : page.offset + 1}-${page.offset + rows.length} of ${page.total_count}`)
  }

async function policyOf(client: HostedClient, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined
  return resolvePolicyFilter(text, async ({ name, version }) => {
    const query = { mine: true, name_exact: name, limit: 100, ...(version === null ? {} : { version }) }
    const { entries } = await client.get('/stats/policy-versions', PolicyVersionPage, query)
    return entries[0]?.id
  })
}

const memberships =
  (io: Io): Action =>
  async (client, flags) => {
    const found = await client.get('/v2/league-policy-memberships', z.array(HostedMembership.loose()), {
      active_only: flags.activeOnly === true,
      champions_only: flags.championsOnly === true,
      mine: flags.mine === true,
      league_id: flags.league,
      division_id: flags.division,
      policy_version_id: await policyOf(client, flags.policy),
      player_id: flags.player,
      limit: flags.limit,
    })
    if (flags.json) return printJson(io, found)
    const rows = found.map((each) => [
      each.id,
      playerCell(each.player),
      `${each.policy_version.policy.name}:v${each.policy_version.version}`,
      each.division?.name ?? '-',
      yes(each.is_active),
      yes(each.is_champion),
    ])
    printTable(io, ['ID', 'Player', 'Policy', 'Division', 'Active', 'Champion'], rows)
  }

const events =
  (io: Io): Action =>
  async (client, flags) => {
    const found = await client.get('/v2/competition-events', z.array(CompetitionEvent.loose()), {
      limit: flags.limit,
      league_id: flags.league,
      division_id: flags.division,
      round_id: flags.round,
      event_type: flags.eventType,
      audience: flags.audience,
      player_id: flags.player,
    })
    if (flags.json) return printJson(io, found)
    const rows = found.map((each) => [each.id, each.event_type, timeCell(each.created_at), each.headline, each.summary])
    printTable(io, ['ID', 'Type', 'When', 'Headline', 'Summary'], rows)
  }

const ROUND_ROWS = 200

const episodes =
  (io: Io): Action =>
  async (client, flags) => {
    const { limit = ROUND_ROWS, offset = 0, pool, round, division } = flags
    const policy = await policyOf(client, flags.policy)
    const own = flags.mine === true ? await ownVersions(client, division) : undefined
    const found = await selectEpisodes(
      { limit, offset, pool, round, division },
      {
        episodes: (query) =>
          client.get('/v2/episode-requests', z.array(HostedEpisode.loose()), {
            limit: query.limit,
            offset: query.offset,
            pool_id: query.poolId,
          }),
        pools: async (id) =>
          (await client.get(`/v2/rounds/${id}`, RoundDetail)).pools.map((each: z.infer<typeof HostedPool>) => each.id),
        rounds: async (id, from) => {
          const query = { limit: ROUND_ROWS, offset: from, division_id: id }
          const page = await client.get('/v2/rounds', RoundPage, query)
          return { ids: page.entries.map((each) => each.id), total: page.total_count, limit: page.limit }
        },
      },
      ({ participants, replay_url: replay }) =>
        (policy === undefined || participants.some((each) => each.policy_version_id === policy)) &&
        (own === undefined || participants.some((each) => own.has(each.policy_version_id))) &&
        (flags.withReplay !== true || replay !== null),
    )
    if (flags.json) return printJson(io, found)
    const rows = found.map((each) => {
      const label = (id: string): string => {
        const found = each.participants.find((participant) => participant.policy_version_id === id)
        return found ? `${found.policy_name}:v${found.version}` : id
      }
      return [
        each.id,
        each.status,
        cell(each.seed),
        each.participants.map((participant) => label(participant.policy_version_id)).join(', '),
        each.scores.map((score) => `${label(score.policy_version_id)}=${score.score}`).join(', '),
        each.replay_url === null ? '-' : 'yes',
        timeCell(each.created_at),
      ]
    })
    printTable(io, ['ID', 'Status', 'Seed', 'Participants', 'Scores', 'Replay', 'Created'], rows)
  }

async function ownVersions(client: HostedClient, division: string | undefined): Promise<ReadonlySet<string>> {
  const query = { active_only: false, champions_only: false, mine: true, division_id: division, limit: 1000 }
  const found = await client.get('/v2/league-policy-memberships', z.array(HostedMembership), query)
  return new Set(found.map((each) => each.policy_version.id))
}
