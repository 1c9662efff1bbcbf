// A line over time with its band: a mean with its interval, and the single results as points.
import { useRef } from 'react'
import { formatNumber } from '../data/words.ts'
import styles from './line-chart.module.css'
import { useWidth } from './use-width.ts'

/** One place on the axis. */
export interface ChartPoint {
  readonly label: string
  /** The single result. */
  readonly value: number
  /** The line. */
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
}

const HEIGHT = 180
const LEFT = 44
const RIGHT = 12
const TOP = 10
const BOTTOM = 24
/** Points that are drawn; more lie on each other. */
const MAX_DOTS = 200

/** @param describe the chart in one sentence, for people who cannot see it */
export function LineChart({ points, describe }: { points: readonly ChartPoint[]; describe: string }) {
  const area = useRef<HTMLDivElement>(null)
  const width = useWidth(area)
  return (
    <div ref={area} className={styles.chart}>
      {width > 0 && points.length > 0 ? <Drawing points={points} width={width} describe={describe} /> : undefined}
    </div>
  )
}

function Drawing({ points, width, describe }: { points: readonly ChartPoint[]; width: number; describe: string }) {
  const ends = points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
  const [bottom, top] = [Math.min(...ends), Math.max(...ends)]
  const span = top - bottom || 1
  const x = (index: number): number =>
    LEFT + (points.length === 1 ? 0.5 : index / (points.length - 1)) * (width - LEFT - RIGHT)
  const y = (value: number): number => TOP + (1 - (value - bottom) / span) * (HEIGHT - TOP - BOTTOM)
  const line = points.map(({ mean }, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(mean)}`).join('')
  const edge = (pick: (point: ChartPoint) => number): string[] =>
    points.map((point, index) => `${x(index)} ${y(pick(point))}`)
  const band = [...edge(({ high, mean }) => high ?? mean), ...edge(({ low, mean }) => low ?? mean).toReversed()].join(
    'L',
  )
  const step = Math.max(1, Math.ceil(points.length / MAX_DOTS))
  const last = points.length - 1
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={describe}>
      {[bottom, bottom + span / 2, bottom + span].map((value) => (
        <g key={value}>
          <line className={styles.grid} x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text className={styles.axis} x={LEFT - 8} y={y(value) + 4} textAnchor="end">
            {formatNumber(Math.round(value * 10) / 10)}
          </text>
        </g>
      ))}
      <path className={styles.band} d={`M${band}Z`} />
      {points.map(({ label, value }, index) =>
        index % step === 0 ? (
          <circle key={label} className={styles.dot} cx={x(index)} cy={y(value)} r={2} />
        ) : undefined,
      )}
      <path className={styles.line} d={line} />
      <text className={styles.axis} x={LEFT} y={HEIGHT - 6}>
        {points[0]?.label}
      </text>
      {last > 0 ? (
        <text className={styles.axis} x={width - RIGHT} y={HEIGHT - 6} textAnchor="end">
          {points[last]?.label}
        </text>
      ) : undefined}
    </svg>
  )
}
