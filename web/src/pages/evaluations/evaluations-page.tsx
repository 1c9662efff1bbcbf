// The evaluations of this server: what was compared, how far it is, and how to run one.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EvaluationSummary } from '../../../../src/protocol/evaluation.ts'
import { Button } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import styles from '../../components/row-list.module.css'
import { evaluationsQuery, titleOf } from '../../data/evaluations.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, count, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'

export function EvaluationsPage() {
  useTitle('Evaluations')
  const { data, error, refetch } = useQuery(evaluationsQuery)
  if (!data && !error) return <Opening what="Opening the evaluations" />
  return (
    <ReadingPage>
      <PageTitle above={<Link to="/leagues">Leagues</Link>}>Evaluations</PageTitle>
      {error && !data ? (
        <Notice code={codeOf(error)} actions={<Button onClick={() => void refetch()}>Try again</Button>}>
          {explain(error).text}
        </Notice>
      ) : undefined}
      {data?.length === 0 ? (
        <Notice command="paracosm eval paint-arena greedy random sweep --episodes 200">
          No evaluations yet. This command compares three bots on the same seeds; its report then appears here.
        </Notice>
      ) : (
        <ul className={styles.rows}>
          {(data ?? []).map((each) => (
            <Row key={each.id} evaluation={each} />
          ))}
        </ul>
      )}
      {data && data.length > 0 ? (
        <Section title="Run an evaluation">
          <p className={styles.text}>
            Every policy plays the same seeds in every slot. The report has means, win probabilities and ratings, each
            with a 95% interval.
          </p>
          <CopyLine text="paracosm eval paint-arena greedy random sweep --episodes 200" />
        </Section>
      ) : undefined}
    </ReadingPage>
  )
}

function Row({ evaluation }: { evaluation: EvaluationSummary }) {
  const { id, status, played, failed, timed_out: late, spec, created_at: created } = evaluation
  return (
    <li className={styles.row}>
      <h2>
        <Link to="/evaluations/$evaluation" params={{ evaluation: id }} className={styles.link}>
          {titleOf(evaluation)}
        </Link>
      </h2>
      <p className={styles.facts}>
        {status === 'running' ? <Chip kind="live">Running</Chip> : undefined}
        {status === 'stopped' ? <Chip kind="warn">Stopped</Chip> : undefined}
        <span>
          {count(played, 'episode')}
          {status === 'done' ? '' : ` of ${spec.episodes.toLocaleString('en-GB')}`}
        </span>
        {failed > 0 ? <span>{failed.toLocaleString('en-GB')} failed</span> : undefined}
        {late > 0 ? <span>{late.toLocaleString('en-GB')} timed out</span> : undefined}
        <time dateTime={created} title={fullDate(Date.parse(created))}>
          {ago(Date.parse(created))}
        </time>
      </p>
    </li>
  )
}
