// For the operator: first whether the server can do its work, then what is running, and the cost of models.
import { useQuery } from '@tanstack/react-query'
import { Chip } from '../../components/chip.tsx'
import { Notice } from '../../components/notice.tsx'
import { isOperatorOnly, OperatorOnly } from '../../components/operator-only.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { commandCountQuery } from '../../data/command-log.ts'
import { episodesQuery } from '../../data/episodes.ts'
import { aboutQuery, readyQuery, statusQuery } from '../../data/health.ts'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { modelsQuery } from '../../data/text-games.ts'
import { ago, count, formatNumber, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { limitOf, spentOf } from '../world/model-note.tsx'
import { Jobs } from './jobs.tsx'
import { LiveEpisode } from './live-episode.tsx'
import styles from './operate.module.css'
import { Sessions } from './sessions.tsx'
import { Storage } from './storage.tsx'

/** Maximum number of live episodes shown. */
const SHOWN = 50

export function OperatePage() {
  useTitle('Operate')
  return (
    <ReadingPage>
      <PageTitle above={<Since />}>
        <Health />
      </PageTitle>
      <Problems />
      <Live />
      <Sessions />
      <Jobs />
      <Spend />
      <Storage />
      <Records />
    </ReadingPage>
  )
}

function Health() {
  const { data, error } = useQuery(readyQuery)
  if (error) return 'The server does not answer.'
  if (!data) return 'Operate'
  if (data.ok) return 'The server works: database, disk and journals are in order.'
  return `${count(data.problems.length, 'thing')} ${data.problems.length === 1 ? 'prevents' : 'prevent'} the server from working.`
}

function Since() {
  const { data: status } = useQuery(statusQuery)
  const { data: about } = useQuery(aboutQuery)
  if (!status || !about) return undefined
  const at = Date.parse(status.started_at)
  return (
    <span>
      Paracosm {about.version}, started <time title={fullDate(at)}>{ago(at)}</time>
    </span>
  )
}

function Problems() {
  const { data } = useQuery(readyQuery)
  if (!data || data.ok) return undefined
  return (
    <ul className={styles.problems} role="alert">
      {data.problems.map(({ check, message }) => (
        <li key={`${check} ${message}`}>
          <Chip kind="refused">{check}</Chip> {message}
        </li>
      ))}
    </ul>
  )
}

function Live() {
  const { data, error } = useQuery(episodesQuery({ status: 'live', limit: SHOWN }))
  const { data: ready } = useQuery(readyQuery)
  return (
    <Section title="Live episodes" aside={<span>{ready ? `${formatNumber(ready.live_episodes)} open` : ''}</span>}>
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {data?.entries.length === 0 ? (
        <p>No episode runs now. Text games run in sessions of their players.</p>
      ) : undefined}
      <ul className={styles.rows}>
        {data?.entries.map((episode) => (
          <LiveEpisode key={episode.id} episode={episode} />
        ))}
      </ul>
    </Section>
  )
}

function Spend() {
  const { data, error } = useQuery(modelsQuery)
  if (error) return <Notice>{explain(error).text}</Notice>
  if (!data) return undefined
  const { spent } = data
  return (
    <Section title="Models">
      <p>
        {data.kind === 'model'
          ? `${data.models.updater_model} plays the characters.`
          : 'A rule-based stand-in plays the characters; it costs nothing.'}
      </p>
      <p>
        {spentOf(data)} {data.kind === 'model' ? limitOf(data) : ''}
      </p>
      {spent === null ? undefined : (
        <dl className={styles.facts}>
          <dt>Spent since the start</dt>
          <dd>
            ${spent.cost_usd.toFixed(2)}
            {spent.unpriced_calls === 0 ? '' : `, without ${count(spent.unpriced_calls, 'call')} of unknown price`}
          </dd>
          <dt>Calls</dt>
          <dd>{formatNumber(spent.calls)}</dd>
          <dt>Tokens</dt>
          <dd>
            {formatNumber(spent.input_tokens)} in, {formatNumber(spent.output_tokens)} out
          </dd>
        </dl>
      )}
    </Section>
  )
}

function Records() {
  const key = useStore(operatorKeyStore)
  const { data, error } = useQuery(commandCountQuery({}, key))
  return (
    <Section title="Command log">
      {error === null ? (
        <p>{data === undefined ? 'Counting' : `${count(data, 'command')} in the log.`}</p>
      ) : isOperatorOnly(codeOf(error)) ? (
        <OperatorOnly what="Stopping what runs, the queue, storage and the command log" />
      ) : (
        <Notice code={codeOf(error)}>{explain(error).text}</Notice>
      )}
    </Section>
  )
}
