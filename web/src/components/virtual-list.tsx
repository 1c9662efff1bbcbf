// A list of any length that renders only its visible rows. All rows have the same height.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import styles from './virtual-list.module.css'

interface VirtualListProps {
  readonly label: string
  readonly count: number
  /** Pixels. */
  readonly rowHeight: number
  /** The row to scroll into view when it changes. */
  readonly at?: number | undefined
  row(index: number): ReactNode
}

/** Rows rendered beyond the edge, so that scrolling does not show empty space. */
const OVERSCAN = 8

export function VirtualList({ label, count, rowHeight, at, row }: VirtualListProps) {
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    overscan: OVERSCAN,
  })
  const shown = useRef<number>(undefined)
  useEffect(() => {
    // Once per position: a list that grows must not jump back to it.
    if (at === undefined || at === shown.current || at < 0 || at >= count) return
    shown.current = at
    rows.scrollToIndex(at, { align: 'auto' })
  }, [at, count, rows])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section ref={scroller} className={styles.scroller} aria-label={label} tabIndex={0}>
      <ul className={styles.all} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, size }) => (
          <li
            key={index}
            aria-setsize={count}
            aria-posinset={index + 1}
            className={styles.row}
            style={{ height: size, transform: `translateY(${start}px)` }}
          >
            {row(index)}
          </li>
        ))}
      </ul>
    </section>
  )
}
