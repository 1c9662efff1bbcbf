// Text games that this server plays now, and how to end one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OperateSession } from '../../../../src/protocol/operate.ts'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { isOperatorOnly } from '../../components/operator-only.tsx'
import { Section } from '../../components/page.tsx'
import { liveSessionsQuery } from '../../data/operate.ts'
import { operatorClient, operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { ago, count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './operate.module.css'
import { StopForm } from './stop-form.tsx'

export function Sessions() {
  const key = useStore(operatorKeyStore)
  const { data, error } = useQuery(liveSessionsQuery(key))
  if (error && isOperatorOnly(codeOf(error))) return undefined
  return (
    <Section title="Text games" aside={<span>{data ? `${count(data.total, 'session')} in memory` : ''}</span>}>
      {error ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data?.total === 0 ? <p>Nobody plays a text game now.</p> : undefined}
      <ul className={styles.rows} aria-label="Text games">
        {data?.sessions.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      {data && data.total > data.sessions.length ? <p>The first {data.sessions.length} are shown.</p> : undefined}
    </Section>
  )
}

function Row({ session }: { session: OperateSession }) {
  const { id, game, turns, is_connected: isConnected, idle_ms: idle } = session
  const [isAsked, setAsked] = useState(false)
  const cache = useQueryClient()
  const stop = useMutation({
    mutationFn: (reason: string) => operatorClient().operate.stopSession(id, reason),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['operate', 'sessions'] }),
  })
  return (
    <li className={styles.row}>
      <span className={styles.name}>
        {game}, {count(turns, 'turn')}
      </span>
      <code title={id}>{id.slice(0, 8)}</code>
      <span>{isConnected ? `connected, heard ${ago(Date.now() - idle)}` : 'not connected'}</span>
      {isAsked ? undefined : <Button onClick={() => setAsked(true)}>{`Stop ${id.slice(0, 8)}`}</Button>}
      {isAsked ? (
        <StopForm
          action="End the session"
          help="The player sees that the session has ended; the reason is kept with it."
          isPending={stop.isPending}
          error={stop.error}
          onStop={(reason) => stop.mutate(reason)}
          onCancel={() => setAsked(false)}
        />
      ) : undefined}
    </li>
  )
}
