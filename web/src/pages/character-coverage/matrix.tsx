// A yes/no matrix with groups of columns: a table, so that it is readable without colours and with a screen reader.
import styles from './coverage.module.css'

interface Column {
  readonly id: string
  readonly group: string
  readonly label: string
  /** The number of rows that have it. */
  readonly total: number
}

interface MatrixProps {
  readonly caption: string
  /** By group. */
  readonly columns: readonly Column[]
  readonly rows: readonly { readonly id: string; readonly label: string; readonly marked: ReadonlySet<string> }[]
  readonly yes: string
  readonly no: string
}

/** Whole per cent, as the card of a score shows them. */
export const percent = ({ covered, total }: { covered: number; total: number }): string =>
  total === 0 ? '0%' : `${Math.round((covered / total) * 100)}%`

export function Matrix({ caption, columns, rows, yes, no }: MatrixProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={caption}>
      <table className={styles.matrix}>
        <caption className={styles.caption}>{caption}</caption>
        <thead>
          <tr>
            <td />
            {columns.map(({ id, group, label }, index) => (
              <th key={id} scope="col" className={group === columns[index - 1]?.group ? undefined : styles.first}>
                <span>{label}</span>
              </th>
            ))}
            <th scope="col" className={styles.sum}>
              Divergent
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, label, marked }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              {columns.map((column, index) => {
                const has = marked.has(column.id)
                const isFirst = column.group !== columns[index - 1]?.group
                return (
                  <td key={column.id} className={isFirst ? styles.firstCell : undefined} title={column.label}>
                    <span className={has ? styles.yes : styles.no} />
                    <span className={styles.hidden}>{has ? yes : no}</span>
                  </td>
                )
              })}
              <td className={styles.sum}>{marked.size}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Characters</th>
            {columns.map(({ id, total }) => (
              <td key={id} className={total === 0 ? styles.gap : undefined}>
                {total}
              </td>
            ))}
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  )
}
