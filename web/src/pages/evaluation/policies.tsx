// The policies of a report, best first: mean score with its interval, results, ratings, failures.
import { Link } from '@tanstack/react-router'
import type { EvaluatedPolicy, EvaluationReport } from '../../../../src/protocol/evaluation.ts'
import table from '../../components/data-table.module.css'
import { Interval, type IntervalScale, scaleOf } from '../../components/interval.tsx'
import { formatNumber } from '../../data/words.ts'

/** Best first: by Bradley-Terry, then by score. */
export function ranked({ policies }: EvaluationReport): EvaluatedPolicy[] {
  const strength = ({ bradley_terry: rating }: EvaluatedPolicy): number => rating?.value ?? Number.MIN_SAFE_INTEGER
  const mean = ({ score }: EvaluatedPolicy): number => score?.value ?? Number.MIN_SAFE_INTEGER
  return policies.toSorted((a, b) => strength(b) - strength(a) || mean(b) - mean(a))
}

export function Policies({ report }: { report: EvaluationReport }) {
  const rows = ranked(report)
  const scale = scaleOf(rows.flatMap(({ score }) => (score ? [score] : [])))
  return (
    <table className={table.table}>
      <caption className={table.caption}>Policies, best first</caption>
      <thead>
        <tr>
          <th scope="col">Policy</th>
          <th scope="col" className={table.wide}>
            Mean score, 95% interval
          </th>
          <th scope="col">Won, drawn, lost</th>
          <th scope="col">Bradley–Terry</th>
          <th scope="col">Plackett–Luce</th>
          <th scope="col">Failures, timeouts</th>
          <th scope="col" className={table.number}>
            Episodes
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((policy) => (
          <Row key={policy.name} id={report.id} policy={policy} scale={scale} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ id, policy, scale }: { id: string; policy: EvaluatedPolicy; scale: IntervalScale }) {
  const { name, score, bradley_terry: rating, plackett_luce: skill } = policy
  const link = { to: '/evaluations/$evaluation', params: { evaluation: id }, hash: 'episodes' } as const
  return (
    <tr>
      <th scope="row">
        {name}
        {policy.role === 'opponent' ? <span className={table.quiet}> opponent</span> : undefined}
      </th>
      <td className={table.wide}>
        {score ? (
          <Interval {...score} scale={scale} words={twoDigits} />
        ) : (
          <span className={table.quiet}>Not counted</span>
        )}
      </td>
      <td data-label="Won, drawn, lost">
        {formatNumber(policy.wins)}, {formatNumber(policy.draws)}, {formatNumber(policy.losses)}
      </td>
      <td data-label="Bradley–Terry">{rating ? <Rating {...rating} /> : <span className={table.quiet}>None</span>}</td>
      <td data-label="Plackett–Luce">
        {skill ? (
          <Rating value={skill.mu} low={skill.low} high={skill.high} digits={1} />
        ) : (
          <span className={table.quiet}>None</span>
        )}
      </td>
      <td data-label="Failures, timeouts">
        <Link {...link} search={{ policy: name, outcome: 'failed' }} className={table.link}>
          {formatNumber(policy.failures)}, {formatNumber(policy.timeouts)}
        </Link>
      </td>
      <td className={table.number} data-label="Episodes">
        <Link
          {...link}
          search={{ policy: name }}
          className={table.link}
          aria-label={`${formatNumber(policy.episodes)} episodes of ${name}`}
        >
          {formatNumber(policy.episodes)}
        </Link>
      </td>
    </tr>
  )
}

const twoDigits = (value: number): string => value.toFixed(2)

interface RatingProps {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  readonly digits?: number
}

function Rating({ value, low, high, digits = 0 }: RatingProps) {
  return (
    <>
      {value.toFixed(digits)}{' '}
      <span className={table.quiet}>
        {low === null || high === null ? '' : `${low.toFixed(digits)} to ${high.toFixed(digits)}`}
      </span>
    </>
  )
}
