// An estimate with its 95% interval on a scale that a whole table shares: point, line with caps, and the numbers.
import styles from './interval.module.css'

export interface IntervalScale {
  readonly low: number
  readonly high: number
}

interface IntervalProps {
  readonly value: number
  /** The ends of the interval; null: too few episodes. */
  readonly low: number | null
  readonly high: number | null
  readonly scale: IntervalScale
  /** How a number is written. */
  readonly words: (value: number) => string
  /** A vertical line for comparison, such as one half. */
  readonly mark?: number
}

export function Interval({ value, low, high, scale, words, mark }: IntervalProps) {
  const at = (number: number): string => {
    const share = scale.high > scale.low ? (number - scale.low) / (scale.high - scale.low) : 0.5
    return `${Math.max(0, Math.min(1, share)) * 100}%`
  }
  return (
    <span className={styles.interval}>
      <span className={styles.track} aria-hidden="true">
        {mark === undefined ? undefined : <span className={styles.mark} style={{ left: at(mark) }} />}
        {low === null || high === null ? undefined : (
          <span className={styles.range} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
        )}
        <span className={styles.dot} style={{ left: at(value) }} />
      </span>
      <span>
        <b>{words(value)}</b>{' '}
        <span className={styles.quiet}>
          {low === null || high === null ? 'too few for an interval' : `${words(low)} to ${words(high)}`}
        </span>
      </span>
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
