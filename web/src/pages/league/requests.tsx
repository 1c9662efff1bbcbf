// Experience requests that play the world of a league, with links to their episodes. Only administrators see them: pages
// have no tokens of players, who list their own with `paracosm coworld xp-request list`.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ExperienceRow } from '../../../../src/protocol/experience.ts'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { requestEpisodesQuery, requestsQuery } from '../../data/leagues.ts'
import { useCaller } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './league.module.css'

/** Requests on the page. */
const SHOWN = 5

export function Requests({ world }: { world: string }) {
  const administrator = useCaller()?.administrator ?? null
  const { data } = useQuery({ ...requestsQuery, enabled: administrator !== null })
  const found = (data?.entries ?? []).filter(({ coworld_name: name }) => name === world).slice(0, SHOWN)
  if (found.length === 0) return undefined
  return (
    <Section title="Experience requests">
      <ul className={styles.events}>
        {found.map((request) => (
          <li key={request.id}>
            <time dateTime={request.created_at} title={fullDate(Date.parse(request.created_at))}>
              {ago(Date.parse(request.created_at))}
            </time>
            <b>{request.notes ?? request.requester ?? 'Operator'}</b>
            <span>{progressOf(request)}</span>
            <Episodes request={request.id} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function progressOf({
  status,
  completed_count: done,
  episode_count: all,
  failed_count: failed,
}: ExperienceRow): string {
  const word = `${status.charAt(0).toUpperCase()}${status.slice(1)}`
  return `${word}: ${done} of ${all} ${all === 1 ? 'episode' : 'episodes'}${failed > 0 ? `, ${failed} failed` : ''}`
}

/** The episodes of a request, read when they are asked for. */
function Episodes({ request }: { request: string }) {
  const [isOpen, setOpen] = useState(false)
  const { data, error } = useQuery({ ...requestEpisodesQuery(request), enabled: isOpen })
  const played = (data ?? []).flatMap(({ episode_id: id }, index) => (id === null ? [] : [{ id, index }]))
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Episodes</summary>
      {error && !data ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data && played.length === 0 ? <Notice>No episode has a recording yet.</Notice> : undefined}
      <ol className={styles.watched}>
        {played.map(({ id, index }) => (
          <li key={id}>
            <Link to="/episodes/$episode" params={{ episode: `league-${id}` }}>
              Watch episode {index}
            </Link>
          </li>
        ))}
      </ol>
    </details>
  )
}
