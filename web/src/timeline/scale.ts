// Maps steps to pixels, and computes what is drawn there: pure, so that it can be tested without a browser.
import type { Marker, Series } from '../course/types.ts'

export interface Scale {
  readonly from: number
  readonly to: number
  /** Pixels. */
  readonly width: number
}

export const xOf = ({ from, to, width }: Scale, step: number): number =>
  ((step - from) / Math.max(1, to - from)) * width

export const stepAt = ({ from, to, width }: Scale, x: number): number =>
  Math.round(from + (Math.max(0, Math.min(width, x)) / Math.max(1, width)) * (to - from))

/** Maximum points of a line; beyond it, the line is drawn as the minimum and maximum of every pixel. */
const MAX_POINTS = 2000

export interface Values {
  readonly low: number
  readonly high: number
}

/** Round bounds of all scores. */
export function boundsOf(series: Series): Values {
  let low = 0
  let high = 1
  for (const scores of series.scores) {
    for (const score of scores) {
      if (score < low) low = score
      if (score > high) high = score
    }
  }
  return { low, high }
}

/** Ticks between two bounds at round numbers: 1, 2 or 5 times a power of ten. */
export function ticksOf({ low, high }: Values, wanted: number): readonly number[] {
  const raw = (high - low) / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, Number.MIN_VALUE)))
  const unit = [1, 2, 5, 10].find((each) => each * power >= raw) ?? 10
  const step = Math.max(unit * power, Number.EPSILON)
  const ticks: number[] = []
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1000; at += step)
    ticks.push(Number(at.toPrecision(12)))
  return ticks
}

/** The path of one slot's scores. */
export function pathOf(series: Series, slot: number, scale: Scale, y: (score: number) => number): string {
  const scores = series.scores[slot] ?? []
  const { steps } = series
  const first = Math.max(0, lowerBound(steps, scale.from) - 1)
  const end = Math.min(scores.length, lowerBound(steps, scale.to) + 1)
  if (end - first > MAX_POINTS) return envelope(series, { slot, first, end }, scale, y)
  let path = ''
  for (let index = first; index < end; index++) {
    const score = scores[index]
    const step = steps[index]
    if (score === undefined || step === undefined) continue
    path += `${path === '' ? 'M' : 'L'}${xOf(scale, step).toFixed(1)} ${y(score).toFixed(1)}`
  }
  return path
}

function envelope(
  { steps, scores }: Series,
  { slot, first, end }: { slot: number; first: number; end: number },
  scale: Scale,
  y: (score: number) => number,
): string {
  const list = scores[slot] ?? []
  let path = ''
  let pixel = Number.NaN
  let low = 0
  let high = 0
  const flush = (): void => {
    if (Number.isNaN(pixel)) return
    path += `${path === '' ? 'M' : 'L'}${pixel} ${y(high).toFixed(1)}L${pixel} ${y(low).toFixed(1)}`
  }
  for (let index = first; index < end; index++) {
    const score = list[index] ?? 0
    const at = Math.round(xOf(scale, steps[index] ?? 0))
    if (at !== pixel) {
      flush()
      pixel = at
      low = score
      high = score
    } else {
      low = Math.min(low, score)
      high = Math.max(high, score)
    }
  }
  flush()
  return path
}

/** The first index whose step is at or after `step`. */
export function lowerBound(steps: readonly number[], step: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle] ?? 0) < step) low = middle + 1
    else high = middle
  }
  return low
}

/** Markers closer than this are merged, in pixels. */
const MERGE = 14

export interface MarkerGroup {
  readonly x: number
  readonly markers: readonly Marker[]
}

export function groupMarkers(markers: readonly Marker[], scale: Scale): readonly MarkerGroup[] {
  const groups: { x: number; markers: Marker[] }[] = []
  for (const marker of markers) {
    if (marker.step < scale.from || marker.step > scale.to) continue
    const x = xOf(scale, marker.step)
    const last = groups.at(-1)
    if (last && x - last.x < MERGE) last.markers.push(marker)
    else groups.push({ x, markers: [marker] })
  }
  return groups
}
