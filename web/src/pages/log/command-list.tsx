// The rows of the log. Only visible ones are rendered and read; arrow keys select the next or previous one.
import type { CommandLogRow } from 'paracosm/protocol'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { VirtualList } from '../../components/virtual-list.tsx'
import { commandText } from './command-text.ts'
import styles from './log.module.css'
import type { LogPages } from './log-pages.ts'
import { kindOfOutcome } from './outcome.ts'
import type { Log } from './use-log.ts'

/** Pixels: one line with a mouse, two lines with touch. */
const ROW = { fine: 28, coarse: 56 }
const COARSE = '(pointer: coarse), (max-width: 759px)'
/** Rows skipped by Page Up and Page Down. */
const LEAP = 20

interface CommandListProps {
  readonly log: Log
  readonly chosen: number | undefined
  onChoose(id: number): void
}

export function CommandList({ log, chosen, onChoose }: CommandListProps) {
  const { pages, count, isWhole } = log
  const isCoarse = useMedia(COARSE)
  const at = chosen === undefined ? -1 : pages.indexOf(chosen)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const to = target(event.key, { at, last: count - 1 })
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    // The focused row may scroll out of view; the list itself stays.
    event.currentTarget.querySelector('section')?.focus({ preventScroll: true })
    const row = pages.at(to)
    if (row) onChoose(row.id)
    else pages.want(to)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the list within
    <div className={styles.list} onKeyDown={onKeyDown}>
      <div className={styles.heads} aria-hidden>
        <span>Time</span>
        <span>Agent</span>
        <span>World</span>
        <span>Command</span>
        <span>Reasoning</span>
        <span>Outcome</span>
      </div>
      <VirtualList
        label="Commands, newest first; arrow keys choose"
        count={count}
        rowHeight={isCoarse ? ROW.coarse : ROW.fine}
        at={at < 0 ? undefined : at}
        row={(index) => (
          <Row
            pages={pages}
            index={index}
            row={pages.at(index)}
            isLast={!isWhole && index === count - 1}
            chosen={chosen}
            onChoose={onChoose}
          />
        )}
      />
    </div>
  )
}

function target(key: string, { at, last }: { at: number; last: number }): number | undefined {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + LEAP, PageUp: at - LEAP, Home: 0, End: last }[key]
  return to === undefined ? undefined : Math.max(0, Math.min(last, to))
}

interface RowProps {
  readonly pages: LogPages
  readonly index: number
  readonly row: CommandLogRow | undefined
  /** Whether the row represents all unread rows. */
  readonly isLast: boolean
  readonly chosen: number | undefined
  onChoose(id: number): void
}

function Row({ pages, index, row, isLast, chosen, onChoose }: RowProps) {
  const isMissing = row === undefined
  useEffect(() => {
    if (isMissing) pages.want(index)
  }, [isMissing, pages, index])
  if (!row) return <span className={styles.reading}>{isLast ? 'Reading older commands' : 'Reading'}</span>
  const isChosen = row.id === chosen
  return (
    <button
      type="button"
      tabIndex={-1}
      className={isChosen ? styles.rowHere : styles.row}
      aria-current={isChosen ? 'true' : undefined}
      onClick={() => onChoose(row.id)}
    >
      <span className={styles.time}>{timeOf(row.timestamp)}</span>
      <span className={styles.agent}>{row.agent_id}</span>
      <span className={styles.world}>{row.world ?? ''}</span>
      <code className={styles.command}>{commandText(row)}</code>
      <span className={styles.why}>{row.reasoning}</span>
      <span className={styles.outcome}>{kindOfOutcome(row.outcome)}</span>
    </button>
  )
}

/** "21 Mar 14:30:01". */
function timeOf(at: string): string {
  const date = new Date(at)
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return `${day} ${date.toLocaleTimeString('en-GB')}`
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const onChange = (): void => setMatches(list.matches)
    list.addEventListener('change', onChange)
    return () => list.removeEventListener('change', onChange)
  }, [query])
  return matches
}
