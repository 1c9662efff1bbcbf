// The tracks of the timeline: scores, events, slots that changed hands, proof, axis. They share one scale.
import { memo, type ReactNode, useMemo } from 'react'
import { Icon, type IconName } from '../components/icon.tsx'
import { MARKED_SLOTS, Mark } from '../components/mark.tsx'
import type { Marker, MarkerKind, Series, SlotSpan } from '../course/types.ts'
import { formatNumber } from '../data/words.ts'
import type { Proof } from '../playback/proof.ts'
import { boundsOf, groupMarkers, pathOf, type Scale, ticksOf, xOf } from './scale.ts'
import styles from './timeline.module.css'

export function Track({
  label,
  className,
  children,
}: {
  label: string
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <div className={styles.track}>
      <span className={styles.label}>{label}</span>
      <div className={className}>{children}</div>
    </div>
  )
}

/** Pixels above and below the lines. */
const PADDING = 6
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '12 4', '4 2', '1 3', '10 2 2 2 2 2'] as const

interface ScoreProps {
  readonly series: Series
  readonly scale: Scale
  readonly height: number
}

export const ScoreTrack = memo(function ScoreTrack({ series, scale, height }: ScoreProps) {
  const bounds = useMemo(() => boundsOf(series), [series])
  const y = (score: number): number =>
    height - PADDING - ((score - bounds.low) / Math.max(1e-9, bounds.high - bounds.low)) * (height - 2 * PADDING)
  return (
    <>
      <svg className={styles.chart} width={scale.width} height={height} aria-hidden="true">
        {ticksOf(bounds, 3).map((tick) => (
          <line key={tick} className={styles.grid} x1={0} x2={scale.width} y1={y(tick)} y2={y(tick)} />
        ))}
        {series.scores.map((_, slot) => (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
            key={slot}
            className={`${styles.line} ${styles[slot < MARKED_SLOTS ? `s${slot}` : 'other']}`}
            strokeDasharray={DASHES[slot % DASHES.length]}
            d={pathOf(series, slot, scale, y)}
          />
        ))}
      </svg>
      <div className={styles.values} aria-hidden="true">
        {ticksOf(bounds, 3).map((tick) => (
          <span key={tick} style={{ top: y(tick) }}>
            {formatNumber(tick)}
          </span>
        ))}
      </div>
      <Ends series={series} y={y} />
    </>
  )
})

/** Pixels between two labels at the right end. */
const END_APART = 15

function Ends({ series, y }: { series: Series; y: (score: number) => number }) {
  if (series.scores.length > MARKED_SLOTS) return undefined
  let last = Number.NEGATIVE_INFINITY
  const ends = series.scores
    .map((scores, slot) => ({ slot, score: scores.at(-1) ?? 0, top: y(scores.at(-1) ?? 0) }))
    .toSorted((a, b) => a.top - b.top)
    .map((end) => {
      last = Math.max(end.top, last + END_APART)
      return { ...end, top: last }
    })
  return (
    <div className={styles.ends} aria-hidden="true">
      {ends.map(({ slot, score, top }) => (
        <span key={slot} style={{ top }}>
          <Mark slot={slot} size={9} />
          {formatNumber(score)}
        </span>
      ))}
    </div>
  )
}

const MARKER_ICONS: Readonly<Record<MarkerKind, IconName>> = {
  lead: 'dot',
  timeout: 'clock',
  refused: 'refused',
  slot: 'swap',
  event: 'dot',
  bookmark: 'flag',
}

interface EventProps {
  readonly markers: readonly Marker[]
  readonly scale: Scale
}

export const EventTrack = memo(function EventTrack({ markers, scale }: EventProps) {
  const groups = useMemo(() => groupMarkers(markers, scale), [markers, scale])
  return (
    <div className={styles.events}>
      {groups.map(({ x, markers: [first, ...more] }) =>
        first ? (
          <span key={x} className={styles.marker} style={{ left: x }} title={titleOf([first, ...more])}>
            {more.length > 0 ? (
              <span className={styles.count}>{more.length + 1}</span>
            ) : first.kind === 'lead' && first.slot !== null ? (
              <Mark slot={first.slot} size={11} />
            ) : (
              <Icon name={MARKER_ICONS[first.kind]} size={13} />
            )}
          </span>
        ) : undefined,
      )}
    </div>
  )
})

const MAX_TITLE = 6

function titleOf(markers: readonly Marker[]): string {
  const lines = markers.slice(0, MAX_TITLE).map(({ step, text }) => `Step ${formatNumber(step)}: ${text}`)
  if (markers.length > MAX_TITLE) lines.push(`and ${markers.length - MAX_TITLE} more`)
  return lines.join('\n')
}

export function SpanTracks({ spans, scale, end }: { spans: readonly SlotSpan[]; scale: Scale; end: number }) {
  const slots = [...new Set(spans.map(({ slot }) => slot))].slice(0, 4)
  return slots.map((slot) => {
    const own = spans.filter((span) => span.slot === slot)
    return (
      <Track key={slot} label={`Slot ${slot}`} className={styles.spans}>
        {own.map(({ from, player }, index) => {
          const left = xOf(scale, from)
          const right = xOf(scale, own[index + 1]?.from ?? end)
          return (
            <span
              key={from}
              className={styles.span}
              style={{ left, width: Math.max(2, right - left) }}
              title={player.name}
            >
              {player.name}
            </span>
          )
        })}
      </Track>
    )
  })
}

export function ProofTrack({ proof, scale }: { proof: Proof; scale: Scale }) {
  if (proof.kind === 'unchecked' || proof.kind === 'impossible') {
    return <div className={`${styles.proof} ${styles.unproved}`} />
  }
  const step = proof.kind === 'proved' ? proof.steps : proof.step
  const width = Math.max(0, Math.min(scale.width, xOf(scale, step)))
  return (
    <div className={styles.proof}>
      <span className={styles.proved} style={{ width }} />
      {proof.kind === 'differs' ? (
        <span className={styles.differs} style={{ left: width }} title={proof.what} />
      ) : undefined}
    </div>
  )
}

export function Axis({ scale }: { scale: Scale }) {
  const ticks = ticksOf({ low: scale.from, high: scale.to }, Math.max(2, Math.floor(scale.width / 130)))
  return (
    <div className={styles.axis} aria-hidden="true">
      {ticks.filter(Number.isInteger).map((tick) => (
        <span key={tick} style={{ left: xOf(scale, tick) }}>
          {formatNumber(tick)}
        </span>
      ))}
    </div>
  )
}
