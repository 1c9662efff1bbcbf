// Charts of distributions: boxes, violins, points, and sessions over time.
import { groupBy } from '../results/values.ts'
import { sampled } from './charts.ts'
import { density } from './density.ts'
import { draw, Plot, shortLabel } from './draw.ts'

/** Maximum number of groups in one chart: those with the most values. */
const MAX_GROUPS = 20
const COLOUR = '#4453c4'

interface Grouped {
  readonly group: string
  readonly value: number
}

/** The groups with the most values, and a note on the others for the caption. */
function largest(rows: readonly Grouped[]): { readonly groups: [string, Grouped[]][]; readonly tail: string } {
  const all = [...groupBy(rows, ({ group }) => group)].toSorted(([, a], [, b]) => b.length - a.length)
  const tail = all.length > MAX_GROUPS ? ` (the ${MAX_GROUPS} of ${all.length} with the most values)` : ''
  return { groups: all.slice(0, MAX_GROUPS), tail }
}

export function boxChart(caption: string, rows: readonly Grouped[], unit: string): string {
  const { groups, tail } = largest(rows)
  const kept = groups
    .flatMap(([, own]) => sampled(own))
    .map(({ group, value }) => ({ group: shortLabel(group), value }))
  return draw(caption + tail, {
    height: 70 + groups.length * 32,
    marginLeft: 160,
    x: { grid: true, label: unit },
    y: { label: null },
    marks: [Plot.boxX(kept, { x: 'value', y: 'group', fill: COLOUR, fillOpacity: 0.4 })],
  })
}

/** A mirrored density curve for each group, with individual points for small groups. */
export function violinChart(caption: string, rows: readonly Grouped[], unit: string): string {
  const { groups, tail } = largest(rows)
  const curves = groups.flatMap(([group, own]) => {
    const points = density(
      own.map(({ value }) => value).toSorted((a, b) => a - b),
      40,
    )
    const most = Math.max(...points.map(({ share }) => share), Number.MIN_VALUE)
    return points.map(({ value, share }) => ({ group: shortLabel(group), value, width: share / most }))
  })
  const dots = groups.flatMap(([group, own]) =>
    sampled(own)
      .slice(0, 200)
      .map(({ value }) => ({ group: shortLabel(group), value })),
  )
  return draw(caption + tail, {
    height: 70 + groups.length * 44,
    marginRight: 160,
    x: { grid: true, label: unit },
    y: { axis: null, domain: [-1.1, 1.1] },
    fy: { label: null, domain: groups.map(([group]) => shortLabel(group)) },
    marks: [
      Plot.areaY(curves, {
        fy: 'group',
        x: 'value',
        y1: (row: { width: number }) => -row.width,
        y2: 'width',
        fill: COLOUR,
        fillOpacity: 0.3,
      }),
      Plot.dot(dots, { fy: 'group', x: 'value', y: () => 0, r: 1.5, fill: COLOUR }),
    ],
  })
}

export function scatterChart(
  caption: string,
  points: readonly { readonly x: number; readonly y: number }[],
  labels: { readonly x: string; readonly y: string },
): string {
  const kept = sampled(points)
  return draw(kept.length < points.length ? `${caption} (${kept.length} of ${points.length} are shown)` : caption, {
    x: { grid: true, label: labels.x },
    y: { grid: true, label: labels.y },
    marks: [Plot.dot(kept, { x: 'x', y: 'y', r: 2.5, fill: COLOUR, fillOpacity: 0.4 })],
  })
}

export interface Span {
  readonly from: number
  readonly to: number
  readonly kind: string
}

/** Sessions over time, one line each, coloured by how they ended. */
export function ganttChart(caption: string, spans: readonly Span[]): string {
  const kept = sampled(spans)
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, to, kind }, row) => ({ from: new Date(from), to: new Date(to), kind, row }))
  const tail = kept.length < spans.length ? ` (${kept.length} of ${spans.length} are shown)` : ''
  const kinds = [...new Set(kept.map(({ kind }) => kind))]
  return draw(caption + tail, {
    height: Math.min(900, 90 + kept.length * 6),
    marginTop: 20 + kinds.length * 12,
    color: { domain: kinds, scheme: 'observable10' },
    x: { grid: true, label: null, type: 'utc' },
    y: { axis: null },
    marks: [
      Plot.rect(kept, {
        x1: 'from',
        x2: 'to',
        y1: 'row',
        y2: (span: { row: number }) => span.row + 0.8,
        fill: 'kind',
        stroke: 'kind',
        strokeWidth: 0.5,
      }),
      ...kinds.map((kind, index) =>
        Plot.text([{ kind }], {
          text: () => `■ ${shortLabel(kind)}`,
          fill: 'kind',
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -12 * (kinds.length - index),
        }),
      ),
    ],
  })
}
