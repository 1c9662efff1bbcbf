// How often each policy ranks above each other one, with intervals. A cell opens the episodes behind it.
import { Link } from '@tanstack/react-router'
import type { EvaluatedPair, EvaluationReport } from '../../../../src/protocol/evaluation.ts'
import table from '../../components/data-table.module.css'
import { count } from '../../data/words.ts'
import styles from './evaluation.module.css'
import { ranked } from './policies.tsx'

interface Cell {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  readonly episodes: number
  readonly decided: boolean | null
}

export function Matrix({ report }: { report: EvaluationReport }) {
  const names = ranked(report).map(({ name }) => name)
  const columns = names.filter((name) => report.pairs.some((pair) => pair.policy === name || pair.opponent === name))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls needs the keyboard */}
      <section className={styles.scroll} aria-label="Who beats whom" tabIndex={0}>
        <table className={styles.matrix}>
          <caption className={table.caption}>
            Probability that the policy of the row ranks above that of the column
          </caption>
          <thead>
            <tr>
              <th scope="col">Above</th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((row) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {columns.map((column) => (
                  <td key={column}>
                    <Probability id={report.id} row={row} column={column} cell={cellOf(report.pairs, row, column)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={table.note}>
        The probability that the policy of the row ranks above that of the column; a draw counts half. Below it is the
        95% interval: where it includes 50%, more episodes are needed. A figure opens its episodes.
      </p>
    </>
  )
}

interface ProbabilityProps {
  readonly id: string
  readonly row: string
  readonly column: string
  readonly cell: Cell | undefined
}

function Probability({ id, row, column, cell }: ProbabilityProps) {
  if (row === column) return <span className={styles.self}>–</span>
  if (!cell) return <span className={table.quiet}>Did not meet</span>
  const percent = (share: number): string => `${Math.round(share * 100)}%`
  const isClear = cell.low !== null && cell.high !== null && (cell.low > 0.5 || cell.high < 0.5)
  return (
    <Link
      to="/evaluations/$evaluation"
      params={{ evaluation: id }}
      search={{ policy: row, opponent: column }}
      hash="episodes"
      className={styles.cell}
    >
      <b className={isClear && cell.value > 0.5 ? styles.ahead : styles.even}>{percent(cell.value)}</b>
      <span>
        {cell.low === null || cell.high === null ? 'no interval' : `${percent(cell.low)} to ${percent(cell.high)}`}
      </span>
      <span className={table.caption}>{`${row} above ${column}, ${count(cell.episodes, 'episode')}`}</span>
    </Link>
  )
}

/** The pair as seen from its first or its second policy. */
function cellOf(pairs: readonly EvaluatedPair[], row: string, column: string): Cell | undefined {
  const found = pairs.find(({ policy, opponent }) => policy === row && opponent === column)
  if (found) return { ...found.win_probability, episodes: found.episodes, decided: found.decided }
  const turned = pairs.find(({ policy, opponent }) => policy === column && opponent === row)
  if (!turned) return undefined
  const { value, low, high } = turned.win_probability
  return {
    value: 1 - value,
    low: high === null ? null : 1 - high,
    high: low === null ? null : 1 - low,
    episodes: turned.episodes,
    decided: turned.decided,
  }
}
