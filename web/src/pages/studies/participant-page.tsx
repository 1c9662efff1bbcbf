// One participant: their actions with times, answers and messages, and a researcher's actions.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ParticipantTimeline } from 'paracosm/protocol'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { timelineQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { fullDate } from '../../data/words.ts'
import { Opening } from '../../shell/opening.tsx'
import { personRoute } from './address.ts'
import { Gate } from './admin-key.tsx'
import { shortId } from './participant-rows.tsx'
import styles from './person.module.css'
import { PersonActions } from './person-actions.tsx'
import { STAGE_WORDS } from './standing.ts'
import { Timeline } from './timeline.tsx'
import { Transcript } from './transcript.tsx'

export function ParticipantPage() {
  const { study, player } = personRoute.useParams()
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(timelineQuery(key, study, player))
  useTitle(`Participant ${shortId(player)}`)
  if (key !== undefined && !data && !error) return <Opening what="Opening the participant" />
  if (error && !data && codeOf(error) === 'NOT_FOUND') return <Gone study={study} />
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      {data ? <Person study={study} data={data} /> : undefined}
    </Gate>
  )
}

function Gone({ study }: { study: string }) {
  return (
    <ReadingPage>
      <PageTitle above={<Crumbs study={study} />}>No such participant</PageTitle>
      <Notice>This study has no such participant. Everything that it held may have been deleted.</Notice>
    </ReadingPage>
  )
}

function Crumbs({ study }: { study: string }) {
  return (
    <>
      <Link to="/studies">Studies</Link> /{' '}
      <Link to="/studies/$study" params={{ study }}>
        {study}
      </Link>
    </>
  )
}

function Person({ study, data }: { study: string; data: ParticipantTimeline }) {
  const { participant, external, completion_code: code } = data
  const chosen = personRoute.useSearch().session
  const session = data.sessions.find(({ session_id: id }) => id === chosen) ?? data.sessions.at(-1)
  const facts: readonly (readonly [string, string])[] = [
    ['Stage', STAGE_WORDS[participant.stage]],
    ['Came by', participant.source],
    ['Joined', fullDate(Date.parse(participant.joined_at))],
    ['Last seen', fullDate(Date.parse(participant.active_at))],
    ...Object.entries(external),
    ...(code === null ? [] : [['Completion code', code] as const]),
  ]
  return (
    <ReadingPage>
      <PageTitle above={<Crumbs study={study} />}>
        Participant <span className={styles.id}>{participant.player_id}</span>
      </PageTitle>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <PersonActions study={study} data={data} />
      <div className={styles.columns}>
        <Section title="What happened">
          <Timeline study={study} data={data} shown={session?.session_id} />
        </Section>
        <Section title="What was said">
          {session ? (
            <Transcript key={session.session_id} study={study} session={session.session_id} />
          ) : (
            <p>No conversation has begun.</p>
          )}
        </Section>
      </div>
    </ReadingPage>
  )
}
