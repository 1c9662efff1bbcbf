// What happened to the policy, by date, and the other versions of it.
import { Link } from '@tanstack/react-router'
import type { PolicyFigures } from '../../../../src/protocol/league-policy.ts'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { versionName } from '../../data/leagues.ts'
import { ago, fullDate } from '../../data/words.ts'
import styles from './policy.module.css'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export function History({ figures: { league, events, memberships, versions } }: { figures: PolicyFigures }) {
  return (
    <>
      <Section title="What happened">
        {events.length === 0 && memberships.length === 0 ? <Notice>Nothing yet.</Notice> : undefined}
        <ol className={styles.events}>
          {events.map((event) => (
            <li key={event.id}>
              <time dateTime={event.created_at} title={fullDate(Date.parse(event.created_at))}>
                {ago(Date.parse(event.created_at))}
              </time>
              <b>{capital(event.headline)}</b>
              {event.summary === '' || event.summary === event.headline ? undefined : <span>{event.summary}</span>}
            </li>
          ))}
        </ol>
      </Section>
      {versions.length === 0 ? undefined : (
        <Section title="Other versions">
          <ul className={styles.versions}>
            {versions.map((version) => (
              <li key={version.id}>
                <Link
                  to="/leagues/$league/policies/$version"
                  params={{ league: league.slug ?? league.id, version: version.id }}
                >
                  {versionName(version)}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
