// One small chart per player: both courses on one axis, the area between them filled, and the final scores next to it.
import { type PointerEvent, useMemo, useRef } from 'react'
import { Mark, slotColour } from '../../components/mark.tsx'
import { useWidth } from '../../components/use-width.ts'
import type { CourseInfo } from '../../course/types.ts'
import { formatNumber } from '../../data/words.ts'
import { boundsOf, pathOf, type Scale, stepAt, xOf } from '../../timeline/scale.ts'
import styles from './compare.module.css'
import { signed } from './difference.ts'

interface ChartsProps {
  readonly recorded: CourseInfo
  readonly fork: CourseInfo
  readonly step: number
  onStep(step: number): void
}

const HEIGHT = 44
const PADDING = 4

export function CompareCharts({ recorded, fork, step, onStep }: ChartsProps) {
  const area = useRef<HTMLTableCellElement>(null)
  const width = useWidth(area)
  const to = Math.max(recorded.steps, fork.steps, 1)
  const scale = useMemo((): Scale => ({ from: 0, to, width }), [to, width])
  const seek = (event: PointerEvent): void => {
    if (event.type === 'pointermove' && event.buttons !== 1) return
    onStep(stepAt(scale, event.clientX - event.currentTarget.getBoundingClientRect().left))
  }
  const parent = fork.header.parent?.step ?? 0
  return (
    <table className={styles.charts}>
      <thead>
        <tr>
          <th scope="col">Player</th>
          <th scope="col" ref={area}>
            {`Shared to step ${formatNumber(parent)}`}
          </th>
          <th scope="col">Recorded</th>
          <th scope="col">Fork</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {recorded.header.slots.map(({ name }, slot) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
          <tr key={slot}>
            <th scope="row">
              <span className={styles.player}>
                <Mark slot={slot} />
                <span>
                  {name}
                  {fork.header.slots[slot]?.name === name ? '' : `, ${fork.header.slots[slot]?.name}`}
                </span>
              </span>
            </th>
            <td className={styles.chart} onPointerDown={seek} onPointerMove={seek}>
              <Chart recorded={recorded} fork={fork} slot={slot} scale={scale} step={step} />
            </td>
            <Finals before={recorded.series.scores[slot]?.at(-1) ?? 0} after={fork.series.scores[slot]?.at(-1) ?? 0} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Finals({ before, after }: { before: number; after: number }) {
  return (
    <>
      <td>{formatNumber(before)}</td>
      <td>{formatNumber(after)}</td>
      <td className={styles.change}>{signed(after - before)}</td>
    </>
  )
}

interface ChartProps {
  readonly recorded: CourseInfo
  readonly fork: CourseInfo
  readonly slot: number
  readonly scale: Scale
  readonly step: number
}

function Chart({ recorded, fork, slot, scale, step }: ChartProps) {
  const { solid, dashed, between } = useMemo(() => {
    const bounds = boundsOf({
      steps: [],
      scores: [recorded.series.scores[slot] ?? [], fork.series.scores[slot] ?? []],
    })
    const y = (score: number): number =>
      HEIGHT - PADDING - ((score - bounds.low) / (bounds.high - bounds.low)) * (HEIGHT - 2 * PADDING)
    const line = pathOf(recorded.series, slot, scale, y)
    const other = pathOf(fork.series, slot, scale, y)
    const back = other
      .split(/(?=[ML])/)
      .toReversed()
      .join('')
      .replaceAll('M', 'L')
    return { solid: line, dashed: other, between: line === '' ? '' : `${line}${back}Z` }
  }, [recorded, fork, slot, scale])
  const x = xOf(scale, step)
  return (
    <svg width={scale.width} height={HEIGHT} aria-hidden="true" className={slotColour(slot)}>
      <path className={styles.between} d={between} />
      <path className={styles.line} d={solid} />
      <path className={styles.line} strokeDasharray="4 3" d={dashed} />
      <line className={styles.here} x1={x} x2={x} y1={0} y2={HEIGHT} />
    </svg>
  )
}
