// The job queue: counts by state, failures with their reasons, and actions to retry or cancel a job.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OperateJob } from '../../../../src/protocol/operate.ts'
import { Button } from '../../components/button.tsx'
import { Chip, type ChipKind } from '../../components/chip.tsx'
import { SelectField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { isOperatorOnly } from '../../components/operator-only.tsx'
import { Section } from '../../components/page.tsx'
import { type JobState, jobsQuery } from '../../data/operate.ts'
import { operatorClient, operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { ago, formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './operate.module.css'

const STATES: readonly { readonly id: JobState; readonly label: string; readonly chip: ChipKind }[] = [
  { id: 'queued', label: 'Queued', chip: 'plain' },
  { id: 'running', label: 'Running', chip: 'live' },
  { id: 'failed', label: 'Failed', chip: 'refused' },
  { id: 'done', label: 'Done', chip: 'proved' },
  { id: 'cancelled', label: 'Cancelled', chip: 'plain' },
]

export function Jobs() {
  const key = useStore(operatorKeyStore)
  const [state, setState] = useState<JobState>()
  const [before, setBefore] = useState<number>()
  const { data, error } = useQuery(jobsQuery(key, state, before))
  if (error && isOperatorOnly(codeOf(error))) return undefined
  const last = data?.jobs.at(-1)
  return (
    <Section title="Jobs" aside={<span>{data ? countsOf(data.counts) : ''}</span>}>
      {error ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      <div className={styles.filter}>
        <SelectField
          label="State"
          value={state ?? ''}
          options={[{ id: '', label: 'Any' }, ...STATES]}
          onChange={({ target }) => {
            setState(STATES.find(({ id }) => id === target.value)?.id)
            setBefore(undefined)
          }}
        />
      </div>
      {data?.jobs.length === 0 ? <p>No job{state === undefined ? '' : ` is ${state}`}.</p> : undefined}
      <ul className={styles.rows} aria-label="Jobs">
        {data?.jobs.map((job) => (
          <Row key={job.id} job={job} />
        ))}
      </ul>
      <div className={styles.buttons}>
        {before === undefined ? undefined : <Button onClick={() => setBefore(undefined)}>Newest</Button>}
        {last && (data?.jobs.length ?? 0) >= PAGE ? (
          <Button onClick={() => setBefore(last.id)}>Older</Button>
        ) : undefined}
      </div>
    </Section>
  )
}

/** Jobs per page, as sent by the server. */
const PAGE = 20

const countsOf = (counts: Readonly<Partial<Record<JobState, number>>>): string =>
  STATES.filter(({ id }) => (counts[id] ?? 0) > 0)
    .map(({ id, label }) => `${formatNumber(counts[id] ?? 0)} ${label.toLowerCase()}`)
    .join(', ')

function Row({ job }: { job: OperateJob }) {
  const { id, queue, status, attempts, max_attempts: most, error } = job
  const [isAsked, setAsked] = useState(false)
  const cache = useQueryClient()
  const act = useMutation({
    mutationFn: (what: 'cancel' | 'retry') =>
      what === 'cancel' ? operatorClient().operate.cancelJob(id) : operatorClient().operate.retryJob(id),
    onSuccess: () => {
      setAsked(false)
      return cache.invalidateQueries({ queryKey: ['operate', 'jobs'] })
    },
  })
  const canCancel = (status === 'queued' || status === 'running') && !job.is_cancel_asked
  const canRetry = status === 'failed' || status === 'cancelled'
  const chip = STATES.find((each) => each.id === status)
  return (
    <li className={styles.row}>
      <span className={styles.name}>
        {queue} {id}
      </span>
      <span>
        <Chip kind={chip?.chip ?? 'plain'}>{job.is_cancel_asked ? 'Stopping' : (chip?.label ?? status)}</Chip>
        {attempts > 1 ? ` attempt ${attempts} of ${most}` : ''}
      </span>
      <span>{ago(job.ended_at ?? job.created_at)}</span>
      {canCancel && !isAsked ? <Button onClick={() => setAsked(true)}>{`Cancel ${id}`}</Button> : undefined}
      {canRetry ? (
        <Button why={act.isPending ? 'It is being queued.' : undefined} onClick={() => act.mutate('retry')}>
          {`Run ${id} again`}
        </Button>
      ) : undefined}
      {isAsked ? (
        <div className={styles.stop}>
          <p>
            {status === 'running'
              ? `Job ${id} stops at its next sign of life. What it has done so far may be lost.`
              : `Job ${id} will not run.`}
          </p>
          <div className={styles.buttons}>
            <Button look="primary" onClick={() => act.mutate('cancel')}>{`Cancel job ${id}`}</Button>
            <Button look="bare" onClick={() => setAsked(false)}>
              Keep it
            </Button>
          </div>
        </div>
      ) : undefined}
      {error ? (
        <p className={styles.why}>
          {error.message} <code>{error.code}</code>
        </p>
      ) : undefined}
      {act.error ? (
        <p className={styles.why} role="alert">
          {explain(act.error).text}
        </p>
      ) : undefined}
    </li>
  )
}
