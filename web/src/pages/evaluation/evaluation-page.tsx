// One evaluation: the finding, policies with intervals and ratings, who beats whom, how it was computed, and the
// episodes behind every figure.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EvaluatedPolicy, EvaluationDetail, EvaluationReport } from '../../../../src/protocol/evaluation.ts'
import { Chip } from '../../components/chip.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { describeReport, evaluationQuery, titleOf } from '../../data/evaluations.ts'
import { count, formatNumber } from '../../data/words.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { evaluationRoute } from './address.ts'
import { Episodes } from './episodes.tsx'
import styles from './evaluation.module.css'
import { Matrix } from './matrix.tsx'
import { Policies, ranked } from './policies.tsx'

export function EvaluationPage() {
  const { evaluation: id } = evaluationRoute.useParams()
  const { data, error, refetch } = useQuery(evaluationQuery(id))
  useTitle(data ? titleOf(data) : 'Evaluation')
  if (error && !data) return <ErrorPage error={error} reset={() => void refetch()} />
  if (!data) return <Opening what="Opening the evaluation" />
  return (
    <ReadingPage>
      <PageTitle
        above={
          <>
            <Link to="/evaluations">Evaluations</Link> / {data.id}
          </>
        }
      >
        {titleOf(data)}
      </PageTitle>
      {data.report ? <Report report={data.report} /> : <Unfinished detail={data} />}
      <Episodes id={id} names={[...data.spec.policies, ...data.spec.opponents].map(({ name }) => name)} />
      {data.report ? <Method report={data.report} /> : undefined}
    </ReadingPage>
  )
}

function Unfinished({ detail: { id, status, played, failed, timed_out: late, spec } }: { detail: EvaluationDetail }) {
  const done = `${formatNumber(played)} of ${count(spec.episodes, 'episode')} played, ${formatNumber(failed)} failed, ${formatNumber(late)} timed out.`
  return status === 'running' ? (
    <p className={styles.finding} role="status">
      <Chip kind="live">Running</Chip> {done} The figures appear when it ends.
    </p>
  ) : (
    <Notice command={`paracosm eval resume ${id}`}>
      It was stopped before its report: {done} This command continues it.
    </Notice>
  )
}

function Report({ report }: { report: EvaluationReport }) {
  const { failed, timed_out: late, spend } = report
  return (
    <>
      <p className={styles.finding}>{findingOf(report)}</p>
      <p className={styles.played}>{describeReport(report)}</p>
      {failed + late === 0 ? undefined : (
        <p className={styles.played}>
          Not counted:{' '}
          <Link
            to="/evaluations/$evaluation"
            params={{ evaluation: report.id }}
            search={{ outcome: 'failed' }}
            hash="episodes"
          >
            {formatNumber(failed)} failed
          </Link>{' '}
          and{' '}
          <Link
            to="/evaluations/$evaluation"
            params={{ evaluation: report.id }}
            search={{ outcome: 'timeout' }}
            hash="episodes"
          >
            {formatNumber(late)} timed out
          </Link>
          .
        </p>
      )}
      {spend ? (
        <p className={styles.played}>
          Models: {count(spend.calls, 'call')}, {count(spend.tokens, 'token')}, ${spend.cost_usd.toFixed(2)}.
        </p>
      ) : undefined}
      <Section title="Policies">
        <Policies report={report} />
      </Section>
      {report.pairs.length === 0 ? undefined : (
        <Section title="Who beats whom">
          <Matrix report={report} />
        </Section>
      )}
    </>
  )
}

/** The result in one sentence: the best policy, and whether it can be told apart from the next. */
function findingOf(report: EvaluationReport): string {
  const [first, second] = ranked(report)
  if (!first) return 'Nothing was counted.'
  if (!second) return `${first.name} scores ${meanOf(first)} on average.`
  const pair = report.pairs.find(
    ({ policy, opponent }) =>
      (policy === first.name && opponent === second.name) || (policy === second.name && opponent === first.name),
  )
  const { low, high } = pair?.win_probability ?? { low: null, high: null }
  const isClear = low !== null && high !== null && (low > 0.5 || high < 0.5)
  return isClear || !pair
    ? `${first.name} is ahead of ${second.name}: ${meanOf(first)} points on average against ${meanOf(second)}.`
    : `${first.name} and ${second.name} cannot be told apart yet: the interval of their matches includes one half.`
}

const meanOf = ({ score }: EvaluatedPolicy): string =>
  score ? formatNumber(Math.round(score.value * 100) / 100) : 'no'

function Method({ report }: { report: EvaluationReport }) {
  return (
    <Section title="How it was computed">
      <dl className={styles.methods}>
        {Object.entries(report.methods).map(([name, text]) => (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.verify}>
        This command replays every journal and derives every number of this page again, without the server:
      </p>
      <CopyLine text={`paracosm eval verify ${report.id}`} />
    </Section>
  )
}
