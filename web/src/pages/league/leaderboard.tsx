// The leaderboard of a division: rank, policy, score with its interval on one common scale, won, drawn, lost.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HostedMembership, LeaderboardRow } from 'paracosm/protocol'
import table from '../../components/data-table.module.css'
import { type IntervalScale, IntervalTrack } from '../../components/interval.tsx'
import { Notice } from '../../components/notice.tsx'
import { leaderboardQuery, membersQuery } from '../../data/leagues.ts'
import { codeOf } from '../../data/query-client.ts'
import { formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './leaderboard.module.css'
import { VerifyCell } from './verify-cell.tsx'

export function Leaderboard({ league, division }: { league: string; division: string }) {
  const { data: rows, error } = useQuery(leaderboardQuery(division))
  const { data: members, isPending } = useQuery(membersQuery(league))
  if (!rows || isPending) {
    if (rows || !error) return <p role="status">Reading the leaderboard…</p>
    return <Notice code={codeOf(error)}>{explain(error).text}</Notice>
  }
  if (rows.length === 0) return <Notice>Nobody is ranked yet. The first completed round ranks its policies.</Notice>
  const names = namesOf(members ?? [])
  const scale = scaleOf(rows)
  return (
    <>
      <table className={`${table.table} ${styles.ladder}`}>
        <caption className={table.caption}>Leaderboard</caption>
        <thead>
          <tr>
            <th scope="col">Rank</th>
            <th scope="col">Policy</th>
            <th scope="col" className={table.number}>
              Score
            </th>
            <th scope="col" className={styles.wide}>
              95% interval
            </th>
            <th scope="col" className={styles.wide}>
              Won, drawn, lost
            </th>
            <th scope="col" className={table.number}>
              Rounds
            </th>
            <th scope="col">Proof</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Row
              key={row.policy_version_ids.join(' ')}
              league={league}
              row={row}
              rank={index + 1}
              names={names}
              scale={scale}
            />
          ))}
        </tbody>
      </table>
      <p className={table.note}>
        An interval comes from the spread of the round results. Where two overlap, more rounds are needed to tell the
        policies apart. Won, drawn and lost count the episodes of the last 20 rounds. Verify re-runs them in this
        browser and compares every hash, digest and score.
      </p>
    </>
  )
}

interface RowProps {
  /** The league in addresses. */
  readonly league: string
  readonly row: LeaderboardRow
  readonly rank: number
  readonly names: ReadonlyMap<string, string>
  readonly scale: IntervalScale
}

function Row({ league, row, rank, names, scale }: RowProps) {
  const policy = row.policy_version_ids.map((id) => names.get(id) ?? row.player_name ?? 'unknown').join(', ')
  const { interval, recent_matches: tally } = row
  return (
    <tr>
      <td className={styles.rank}>{rank}</td>
      <th scope="row" className={styles.policy}>
        {row.policy_version_ids.map((id) => (
          <Link
            key={id}
            to="/leagues/$league/policies/$version"
            params={{ league, version: id }}
            className={styles.open}
          >
            {names.get(id) ?? row.player_name ?? 'unknown'}
          </Link>
        ))}
        {row.player_name === null || policy.startsWith(`${row.player_name} v`) ? undefined : (
          <span>{row.player_name}</span>
        )}
      </th>
      <td className={`${table.number} ${styles.score}`}>{row.avg_score.toFixed(2)}</td>
      <td className={styles.wide}>
        {interval === null ? (
          <span className={table.quiet}>After two rounds</span>
        ) : (
          <>
            <IntervalTrack value={row.avg_score} {...interval} scale={scale} />
            <span className={table.quiet}>
              {interval.low.toFixed(2)} to {interval.high.toFixed(2)}
            </span>
          </>
        )}
      </td>
      <td className={styles.wide}>{tally === null ? undefined : <Tally {...tally} />}</td>
      <td className={`${table.number} ${styles.rounds}`}>{formatNumber(row.rounds_played)}</td>
      <td className={styles.proof}>
        <VerifyCell league={league} versions={row.policy_version_ids} name={policy} />
      </td>
    </tr>
  )
}

/** From the lowest to the highest end of all intervals. */
function scaleOf(rows: readonly LeaderboardRow[]): IntervalScale {
  const ends = rows.flatMap(({ interval, avg_score: score }) => (interval ? [interval.low, interval.high] : [score]))
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

function Tally({ won, drawn, lost }: { won: number; drawn: number; lost: number }) {
  return (
    <>
      <span className={styles.bar} aria-hidden="true">
        <span className={styles.won} style={{ flexGrow: won }} />
        <span className={styles.drawn} style={{ flexGrow: drawn }} />
        <span style={{ flexGrow: lost }} />
      </span>
      <span className={table.quiet}>
        {formatNumber(won)}, {formatNumber(drawn)}, {formatNumber(lost)}
      </span>
    </>
  )
}

/** "greedy v1" by the id of the version. */
const namesOf = (members: readonly HostedMembership[]): ReadonlyMap<string, string> =>
  new Map(members.map(({ policy_version: { id, policy, version } }) => [id, `${policy.name} v${version}`]))
