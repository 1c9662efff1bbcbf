// The newest matches; each opens its episode, where it can be replayed and proved.
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { PolicyMatch } from '../../../../src/protocol/league-policy.ts'
import { Button } from '../../components/button.tsx'
import table from '../../components/data-table.module.css'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { versionName } from '../../data/leagues.ts'
import { ago, count, formatNumber, fullDate } from '../../data/words.ts'
import styles from './policy.module.css'

/** Rows before "Show more". */
const SHOWN = 12

const WORDS = { won: 'Won', drawn: 'Drawn', lost: 'Lost' } as const

interface MatchesProps {
  readonly league: string
  readonly matches: readonly PolicyMatch[]
  readonly rounds: number
}

export function Matches({ league, matches, rounds }: MatchesProps) {
  const [shown, setShown] = useState(SHOWN)
  return (
    <Section title="Matches" aside={<span className={styles.quiet}>{`The last ${count(rounds, 'round')}`}</span>}>
      {matches.length === 0 ? (
        <Notice>It has played no episode against another policy yet.</Notice>
      ) : (
        <table className={table.table}>
          <caption className={table.caption}>Newest matches</caption>
          <thead>
            <tr>
              <th scope="col">Against</th>
              <th scope="col">Outcome</th>
              <th scope="col" className={table.number}>
                Score
              </th>
              <th scope="col" className={table.number}>
                Best other
              </th>
              <th scope="col">Round</th>
              <th scope="col">Episode</th>
            </tr>
          </thead>
          <tbody>
            {matches.slice(0, shown).map((match) => (
              <Row key={`${match.episode} ${match.ended_at}`} league={league} match={match} />
            ))}
          </tbody>
        </table>
      )}
      {matches.length > shown ? (
        <div className={styles.more}>
          <Button onClick={() => setShown(matches.length)}>Show {formatNumber(matches.length - shown)} more</Button>
        </div>
      ) : undefined}
    </Section>
  )
}

function Row({ league, match }: { league: string; match: PolicyMatch }) {
  const at = Date.parse(match.ended_at)
  const names = match.opponents.map(versionName).join(', ')
  return (
    <tr>
      <th scope="row">{names}</th>
      <td data-label="Outcome">{WORDS[match.outcome]}</td>
      <td className={table.number} data-label="Score">
        {formatNumber(match.score)}
      </td>
      <td className={table.number} data-label="Best other">
        {formatNumber(match.best_other)}
      </td>
      <td data-label="Round">
        <Link
          to="/leagues/$league"
          params={{ league }}
          search={{ round: match.round_id }}
          className={table.link}
          title={fullDate(at)}
        >
          Round {match.round_number}, {ago(at)}
        </Link>
      </td>
      <td>
        {match.episode === null ? (
          <span className={table.quiet}>Not recorded</span>
        ) : (
          <Link
            to="/episodes/$episode"
            params={{ episode: match.episode }}
            className={table.link}
            aria-label={`Watch the match against ${names}`}
          >
            Watch
          </Link>
        )}
      </td>
    </tr>
  )
}
