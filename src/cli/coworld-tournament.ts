// The tournament commands of `paracosm coworld` (contract section 11.3), against any server of the hosted API.
import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { playerCell, scoreCell, timeCell } from '../league/selection.ts'
import {
  ReadDivision,
  ReadEvent,
  ReadLadderEntry,
  ReadLeaderboardEntry,
  ReadLeague,
  ReadMembership,
  ReadRoundDetail,
  ReadRoundPage,
} from '../protocol/hosted-read.ts'
import {
  type Action,
  type Add,
  cell,
  commandsOf,
  lines,
  ownerQuery,
  policyOf,
  printWire,
  yes,
} from './hosted/commands.ts'
import { addReports } from './hosted/episode-reports.ts'
import { addEpisodes } from './hosted/episodes.ts'
import { addExperience } from './hosted/experience.ts'
import { addGames } from './hosted/games.ts'
import { addPackages } from './hosted/packages.ts'
import { addSecrets } from './hosted/secrets.ts'
import { addSubmissions } from './hosted/submissions.ts'
import { addUploadPolicy } from './hosted/upload-policy.ts'
import type { Io } from './io.ts'
import { parseStep, within } from './options.ts'
import { printTable } from './table.ts'

/** Adds the commands to the group. @param server the default one */
export function addTournamentCommands(io: Io, group: Command, server: string): void {
  const add = commandsOf(io, group, server)
  addLadders(io, add)
  addHappenings(io, add)
  addEpisodes(io, add)
  addSubmissions(io, add)
  addGames(io, { group, add, server })
  addExperience(io, { group, server })
  addReports(io, { group, server })
  addUploadPolicy(io, add)
  addPackages(io, add)
  addSecrets(io, { group, server })
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
    .option('--limit <n>', 'how many, 1 to 200', within(1, 200), 25)
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
    .option('--limit <n>', 'how many, 1 to 1000', within(1, 1000))
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
    .option('-p, --policy <policy>', 'a policy version id, NAME or NAME:vN')
    .option('--player <id>', 'of this player')
    .option('--limit <n>', 'how many, 1 to 1000', within(1, 1000), 50)
}

const leagues =
  (io: Io): Action =>
  async (client, { json }, id) => {
    if (id !== undefined) {
      const league = await client.get(`/v2/leagues/${id}`, ReadLeague)
      if (json) return printWire(io, league)
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
    const found = await client.get('/v2/leagues', z.array(ReadLeague))
    if (json) return printWire(io, found)
    const rows = found.map((each) => [each.id, each.name, each.game.name, yes(each.public), timeCell(each.created_at)])
    printTable(io, ['ID', 'Name', 'Game', 'Public', 'Created'], rows)
  }

const divisions =
  (io: Io): Action =>
  async (client, { json, league }, id) => {
    if (id !== undefined) {
      const division = await client.get(`/v2/divisions/${id}`, ReadDivision)
      if (json) return printWire(io, division)
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
    const found = await client.get('/v2/divisions', z.array(ReadDivision), { league_id: league })
    if (json) return printWire(io, found)
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
      const ladder = await client.get(`/v2/leagues/${id}/division-ladder`, z.array(ReadLadderEntry))
      if (json) return printWire(io, ladder)
      return printTable(
        io,
        ['Division', 'Level', 'Members'],
        ladder.map((each) => [`${each.name} ${each.id}`, String(each.level), String(each.member_count)]),
      )
    }
    if (id.startsWith('div_')) {
      const query = { include_recent_rounds: includeRecentRounds }
      const board = await client.get(`/v2/divisions/${id}/leaderboard`, z.array(ReadLeaderboardEntry), query)
      if (json) return printWire(io, board)
      const rows = board.map((each, index) => [
        String(index + 1),
        playerCell({ id: each.player_id, name: each.player_name }),
        scoreCell(each.avg_score),
        String(each.rounds_played),
      ])
      return printTable(io, ['Rank', 'Player', 'Avg Score', 'Rounds'], rows)
    }
    if (!id.startsWith('round_')) throw new AppError('USAGE', `${id} is no id of a league, division or round`)
    const round = await client.get(`/v2/rounds/${id}`, ReadRoundDetail)
    if (json) return printWire(io, round)
    printResults(io, round)
  }

function printResults(io: Io, { results: found }: ReadRoundDetail): void {
  const rows = found
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ rank, player, policy_version: policy, score }) => [
      String(rank),
      playerCell(player),
      policy.label,
      scoreCell(score),
    ])
  printTable(io, ['Rank', 'Player', 'Policy', 'Score'], rows)
}

const rounds =
  (io: Io): Action =>
  async (client, flags, id) => {
    if (id !== undefined) {
      const round = await client.get(`/v2/rounds/${id}`, ReadRoundDetail)
      if (flags.json) return printWire(io, round)
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
    const page = await client.get('/v2/rounds', ReadRoundPage, {
      limit,
      offset,
      league_id: league,
      division_id: division,
      status,
    })
    if (flags.json) return printWire(io, page)
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

const memberships =
  (io: Io): Action =>
  async (client, flags) => {
    const found = await client.get('/v2/league-policy-memberships', z.array(ReadMembership), {
      active_only: flags.activeOnly === true,
      champions_only: flags.championsOnly === true,
      ...(await ownerQuery(client, flags)),
      division_id: flags.division,
    })
    if (flags.json) return printWire(io, found)
    const rows = found.map((each) => [
      each.id,
      playerCell(each.player),
      each.policy_version.label,
      each.division.name,
      yes(each.is_active),
      yes(each.is_champion),
    ])
    printTable(io, ['ID', 'Player', 'Policy', 'Division', 'Active', 'Champion'], rows)
  }

const events =
  (io: Io): Action =>
  async (client, flags) => {
    const found = await client.get('/v2/competition-events', z.array(ReadEvent), {
      limit: flags.limit,
      league_id: flags.league,
      division_id: flags.division,
      round_id: flags.round,
      event_type: flags.eventType,
      audience: flags.audience,
      policy_version_id: await policyOf(client, flags.policy),
      player_id: flags.player,
    })
    if (flags.json) return printWire(io, found)
    const rows = found.map((each) => [each.id, each.event_type, timeCell(each.created_at), each.headline, each.summary])
    printTable(io, ['ID', 'Type', 'When', 'Headline', 'Summary'], rows)
  }
