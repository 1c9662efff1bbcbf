// The commissioner's description of a division, and the events of the league.
import { useQuery } from '@tanstack/react-query'
import type { CompetitionEvent } from 'paracosm/protocol'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { divisionQuery, leagueEventsQuery } from '../../data/leagues.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './league.module.css'

export function Commissioner({ division, name }: { division: string; name: string }) {
  const { data, error } = useQuery(divisionQuery(division))
  const said = data?.commissioner_description
  const lines = [
    ['Schedule', said?.round_schedule],
    ['Next round', said?.next_round],
    ['A round', said?.round_structure],
    ['Leaderboard', said?.leaderboard_rules],
  ].filter(([, text]) => text)
  return (
    <Section title={`About ${name}`}>
      {error && !data ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data?.description ? <p className={styles.description}>{data.description}</p> : undefined}
      {data && lines.length === 0 ? <Notice>The commissioner says nothing about this division.</Notice> : undefined}
      <dl className={styles.said}>
        {lines.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{withTimes(text ?? '')}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

/** Writes instants of the commissioner's sentences as the reader's clock does. */
const withTimes = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (at) =>
    new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }),
  )

export function Events({ league }: { league: string }) {
  const { data, error } = useQuery(leagueEventsQuery(league))
  return (
    <Section title="Events">
      {error && !data ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data?.length === 0 ? <Notice>Nothing has happened yet.</Notice> : undefined}
      <ul className={styles.events}>
        {(data ?? []).map((event) => (
          <li key={event.id}>
            <time dateTime={event.created_at} title={fullDate(Date.parse(event.created_at))}>
              {ago(Date.parse(event.created_at))}
            </time>
            <b>{headlineOf(event)}</b>
            {event.summary === '' || event.summary === event.headline ? undefined : <span>{event.summary}</span>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** With the policy in front, if the headline contains only its status. */
function headlineOf({ headline, policy_version: version }: CompetitionEvent): string {
  return version === null || headline.includes(version.policy.name)
    ? headline
    : `${version.policy.name} v${version.version}: ${headline}`
}
