// Whom it finds hardest and easiest, with intervals: one half means that neither is better.
import { Link } from '@tanstack/react-router'
import type { PolicyFigures, PolicyOpponent } from '../../../../src/protocol/league-policy.ts'
import table from '../../components/data-table.module.css'
import { Interval } from '../../components/interval.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { versionName } from '../../data/leagues.ts'
import { count, formatNumber } from '../../data/words.ts'
import styles from './policy.module.css'

const SCALE = { low: 0, high: 1 }
const percent = (share: number): string => `${Math.round(share * 100)}%`

export function Opponents({ figures: { league, opponents, matched_rounds: rounds } }: { figures: PolicyFigures }) {
  const [hardest, easiest] = [opponents[0], opponents.at(-1)]
  return (
    <Section title="Opponents" aside={<span className={styles.quiet}>{`The last ${count(rounds, 'round')}`}</span>}>
      {opponents.length === 0 ? <Notice>It has met no other policy yet.</Notice> : undefined}
      {hardest && easiest && hardest.share.value < easiest.share.value ? (
        <p className={styles.text}>
          Hardest for it is {versionName(hardest.policy_version)}, against which it takes {percent(hardest.share.value)}{' '}
          of the points; easiest is {versionName(easiest.policy_version)} with {percent(easiest.share.value)}.
        </p>
      ) : undefined}
      {opponents.length === 0 ? undefined : (
        <table className={table.table}>
          <caption className={table.caption}>Opponents, the hardest first</caption>
          <thead>
            <tr>
              <th scope="col">Against</th>
              <th scope="col" className={table.wide}>
                Share of points
              </th>
              <th scope="col">Won, drawn, lost</th>
            </tr>
          </thead>
          <tbody>
            {opponents.map((opponent) => (
              <Row key={opponent.policy_version.id} league={league.slug ?? league.id} opponent={opponent} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

function Row({ league, opponent }: { league: string; opponent: PolicyOpponent }) {
  const { policy_version: version, share, won, drawn, lost } = opponent
  return (
    <tr>
      <th scope="row">
        <Link to="/leagues/$league/policies/$version" params={{ league, version: version.id }} className={table.link}>
          {versionName(version)}
        </Link>
      </th>
      <td className={table.wide}>
        <Interval {...share} scale={SCALE} words={percent} mark={0.5} />
      </td>
      <td data-label="Won, drawn, lost">
        {formatNumber(won)}, {formatNumber(drawn)}, {formatNumber(lost)}
      </td>
    </tr>
  )
}
