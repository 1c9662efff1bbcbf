// The leaderboards of a league as tables.
import type { LeagueService } from '../../league/league-service.ts'
import type { LeagueRecord } from '../../store/leagues/rows.ts'
import type { Io } from '../io.ts'
import { formatRows } from '../table.ts'
import type { LeagueStorage } from './open.ts'

export interface DivisionStandings {
  readonly division: string
  readonly members: number
  readonly rankings: readonly {
    readonly rank: number
    readonly player: string
    readonly policies: readonly string[]
    readonly score: number
    readonly rounds: number
  }[]
}

/** Competition divisions, lowest level first. */
export async function standingsOf(
  { leagues }: LeagueStorage,
  service: LeagueService,
  league: LeagueRecord,
): Promise<DivisionStandings[]> {
  const versions = new Map((await leagues.policyVersions()).map((each) => [each.id, `${each.name}:v${each.version}`]))
  const members = await leagues.memberships({ leagueId: league.id, isActive: true })
  const divisions = (await leagues.divisions(league.id)).filter(({ type }) => type === 'competition')
  return Promise.all(
    divisions.map(async ({ id, name }) => ({
      division: name,
      members: members.filter(({ divisionId }) => divisionId === id).length,
      rankings: (await service.rankings(id)).map((row) => ({
        rank: row.rank,
        player: row.player_name ?? row.player_id ?? '-',
        policies: row.policy_version_ids.map((version) => versions.get(version) ?? version),
        score: row.score,
        rounds: row.rounds_played,
      })),
    })),
  )
}

export function printStandings(io: Io, standings: readonly DivisionStandings[]): void {
  for (const { division, members, rankings } of standings) {
    io.out('')
    io.out(`${division}: ${members} member${members === 1 ? '' : 's'}`)
    const rows = rankings.map(({ rank, player, policies, score, rounds }) => [
      String(rank),
      player,
      policies.join(', '),
      score.toFixed(4),
      String(rounds),
    ])
    for (const line of formatRows(['Rank', 'Player', 'Policy', 'Score', 'Rounds'], rows)) io.out(line)
  }
  io.out('')
}
