// Which values of two dimensions occur together in a character, with the gaps marked.
import type { CoveragePairs } from '../../../../src/protocol/character-coverage.ts'
import styles from './coverage.module.css'
import { percent } from './matrix.tsx'

const words = (key: string): string => key.replaceAll('_', ' ')

export function Pairs({ pair }: { pair: CoveragePairs }) {
  const { one, other, rows, columns, counts } = pair
  const title = `${words(one)} and ${words(other)}: ${pair.covered} of ${pair.total} pairs, ${percent(pair)}`
  return (
    <>
      <h3 className={styles.pairTitle}>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={title}>
        <table className={styles.pairs}>
          <thead>
            <tr>
              <td />
              {columns.map((column) => (
                <th key={column} scope="col">
                  {words(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row}>
                <th scope="row">{words(row)}</th>
                {columns.map((column, at) => {
                  const number = counts[index]?.[at] ?? 0
                  return (
                    <td key={column} className={number === 0 ? styles.gap : undefined}>
                      {number === 0 ? 'none' : number}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
