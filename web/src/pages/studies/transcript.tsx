// The messages of one session, with parts that the participant never saw folded.
import { useQuery } from '@tanstack/react-query'
import type { StudyTranscript } from 'paracosm/protocol'
import { useState } from 'react'
import { Chip } from '../../components/chip.tsx'
import { Mark } from '../../components/mark.tsx'
import { Notice } from '../../components/notice.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { transcriptQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { count, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { Prose } from '../chat/prose.tsx'
import styles from './person.module.css'
import { reasonWords } from './timeline-events.ts'

export function Transcript({ study, session }: { study: string; session: string }) {
  const key = useStore(operatorKeyStore)
  const { data, error } = useQuery(transcriptQuery(key, study, session))
  const [isWhole, setWhole] = useState(false)
  if (error && !data) return <Notice code={codeOf(error)}>{explain(error).text}</Notice>
  if (!data) return <p role="status">Reading the transcript…</p>
  const shown = data.events.filter((event) => wasSeen(event) || isWhole)
  const hidden = data.events.filter((event) => !wasSeen(event)).length
  const { turns, ended_at: ended, termination_reason: reason, npc_hid: npc } = data.session
  return (
    <div>
      <p className={styles.about}>
        {data.game_name}: {data.pc_hid ?? 'nobody'} meets {npc ?? 'nobody'}. {count(turns, 'turn')}.{' '}
        {ended === null ? <Chip kind="live">Open</Chip> : `Ended: ${reasonWords(reason)}.`}
      </p>
      {hidden === 0 ? undefined : (
        <label className={styles.whole}>
          <input type="checkbox" checked={isWhole} onChange={({ target }) => setWhole(target.checked)} />
          Show {count(hidden, 'event')} that the participant did not see
        </label>
      )}
      {shown.length === 0 ? <p>Nothing has been said yet.</p> : undefined}
      <ol className={styles.transcript} aria-label="Transcript">
        {shown.map((event) => (
          <Said key={event.seq} event={event} npc={npc} />
        ))}
      </ol>
    </div>
  )
}

/** The frame of a session is of the record alone. */
const wasSeen = ({ visible, type }: StudyTranscript['events'][number]): boolean =>
  visible && !type.startsWith('session_')

function Said({ event, npc }: { event: StudyTranscript['events'][number]; npc: string | null }) {
  const at = Date.parse(event.at)
  const isTheirs = event.direction === 'inbound'
  return (
    <li className={isTheirs ? styles.theirs : wasSeen(event) ? styles.said : styles.unseen}>
      <p className={styles.meta}>
        {isTheirs ? <Mark slot={0} size={10} /> : undefined}
        {isTheirs ? 'Participant' : event.source === 'npc' ? (npc ?? 'npc') : event.source}
        {event.type === 'message' || event.type === 'ai' ? '' : `, ${event.type}`} · turn {event.turn} ·{' '}
        <time title={fullDate(at)}>{new Date(at).toLocaleTimeString('en-GB')}</time>
      </p>
      {isTheirs || !wasSeen(event) ? (
        <p className={styles.plain}>{event.content}</p>
      ) : (
        <Prose text={event.content} voice={event.source === 'npc' ? 'world' : 'game'} />
      )}
      {event.feedback === null ? undefined : (
        <p className={styles.meta}>
          Feedback: {event.feedback.liked ? 'good' : 'not good'}
          {event.feedback.comment === '' ? '' : `, “${event.feedback.comment}”`}
        </p>
      )}
    </li>
  )
}
