// An estimate with its 95% interval on a scale that a whole table shares: point, line with caps, and the numbers.
import styles from './interval.module.css'

export interface IntervalScale {
  readonly low: number
  readonly high: number
}

interface TrackProps {
  readonly value: number
  /** The ends of the interval; null: too few episodes. */
  readonly low: number | null
  readonly high: number | null
  readonly scale: IntervalScale
  /** A vertical line for comparison, such as one half. */
  readonly mark?: number
}

interface IntervalProps extends TrackProps {
  /** How a number is written. */
  readonly words: (value: number) => string
  /** What is written instead of an interval that does not exist. */
  readonly missing?: string
}

export function Interval({ words, missing = 'too few for an interval', ...track }: IntervalProps) {
  const { value, low, high } = track
  return (
    <span className={styles.interval}>
      <IntervalTrack {...track} />
      <span>
        <b>{words(value)}</b>{' '}
        <span className={styles.quiet}>
          {low === null || high === null ? missing : `${words(low)} to ${words(high)}`}
        </span>
      </span>
    </span>
  )
}

/** The drawing alone, for tables that have the numbers in a column of their own. */
export function IntervalTrack({ value, low, high, scale, mark }: TrackProps) {
  const at = (number: number): string => {
    const share = scale.high > scale.low ? (number - scale.low) / (scale.high - scale.low) : 0.5
    return `${Math.max(0, Math.min(1, share)) * 100}%`
  }
  return (
    <span className={styles.track} aria-hidden="true">
      {mark === undefined ? undefined : <span className={styles.mark} style={{ left: at(mark) }} />}
      {low === null || high === null ? undefined : (
        <span className={styles.range} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
      )}
      <span className={styles.dot} style={{ left: at(value) }} />
    </span>
  )
}

/** The scale from the lowest to the highest end of some estimates. */
export function scaleOf(
  estimates: readonly { readonly value: number; readonly low: number | null; readonly high: number | null }[],
): IntervalScale {
  const ends = estimates.flatMap(({ value, low, high }) => [low ?? value, value, high ?? value])
  return ends.length === 0 ? { low: 0, high: 1 } : { low: Math.min(...ends), high: Math.max(...ends) }
}
