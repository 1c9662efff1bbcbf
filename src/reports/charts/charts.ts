// The charts of the reports.
import { at } from '../../kernel/at.ts'
import { quantile } from '../results/values.ts'
import { density } from './density.ts'
import { draw, Plot, shortLabel } from './draw.ts'

/** Maximum number of bars in one chart; further ones are left out, and the caption says so. */
const MAX_BARS = 30
/** Maximum number of marks in one chart: more could not be distinguished, and would make the file large. */
const MAX_MARKS = 2000
const BINS = 20
const COLOURS = ['#4453c4', '#c0392b', '#b7791f', '#2f855a', '#805ad5', '#2b6cb0', '#97266d', '#718096']

type Counts = readonly (readonly [string, number])[]

const cut = (caption: string, kept: number, all: number): string =>
  kept < all ? `${caption} (${kept} of ${all} are shown)` : caption

/** Every n-th element of a list, so that at most `MAX_MARKS` are left. */
export function sampled<T>(list: readonly T[]): readonly T[] {
  const step = Math.ceil(list.length / MAX_MARKS)
  return step <= 1 ? list : list.filter((_, index) => index % step === 0)
}

/** Horizontal bars with their numbers. */
export function barChart(caption: string, counts: Counts): string {
  const rows = counts
    .slice(0, MAX_BARS)
    .map(([name, count], index) => ({ name: `${index}`, label: shortLabel(name), count }))
  const labels = rows.map(({ label }) => label)
  return draw(cut(caption, rows.length, counts.length), {
    height: 50 + rows.length * 24,
    marginLeft: 160,
    marginRight: 40,
    x: { grid: true, label: null, nice: true },
    y: {
      label: null,
      domain: rows.map(({ name }) => name),
      tickFormat: (name: string) => labels[Number(name)] ?? name,
    },
    marks: [
      Plot.barX(rows, { x: 'count', y: 'name', fill: at(COLOURS, 0) }),
      Plot.text(rows, { x: 'count', y: 'name', text: 'count', textAnchor: 'start', dx: 4 }),
      Plot.ruleX([0]),
    ],
  })
}

export interface StackRow {
  readonly name: string
  readonly kind: string
  readonly count: number
  /** The chart is repeated for each facet. */
  readonly facet?: string
}

/** Stacked bars: one per name, with one colour per kind. */
export function stackedChart(caption: string, rows: readonly StackRow[]): string {
  const names = [...new Set(rows.map(({ name }) => name))].slice(0, MAX_BARS)
  const kept = rows.filter(({ name }) => names.includes(name)).map((row) => ({ ...row, name: shortLabel(row.name) }))
  return draw(cut(caption, names.length, new Set(rows.map(({ name }) => name)).size), {
    height: 80 + names.length * 24,
    marginLeft: 160,
    color: { domain: kindsOf(rows), range: COLOURS, legend: false },
    x: { grid: true, label: null },
    y: { label: null, domain: names.map(shortLabel) },
    marks: [Plot.barX(kept, { x: 'count', y: 'name', fill: 'kind' }), Plot.ruleX([0]), ...legendOf(rows)],
  })
}

const kindsOf = (rows: readonly { readonly kind: string }[]): string[] => [...new Set(rows.map(({ kind }) => kind))]

/** A legend as text marks, because Plot's own legend is HTML next to the SVG. */
function legendOf(rows: readonly { readonly kind: string }[]) {
  return kindsOf(rows).map((kind, index) =>
    Plot.text([kind], {
      text: () => `■ ${kind}`,
      frameAnchor: 'top-right',
      dy: -14,
      dx: -index * 130,
      fill: at(COLOURS, index % COLOURS.length),
    }),
  )
}

/** Grouped bars for each name, in one panel per facet. */
export function groupedChart(caption: string, rows: readonly StackRow[]): string {
  const facets = [...new Set(rows.map(({ facet = '' }) => facet))].slice(0, 12)
  const kept = rows
    .filter(({ facet = '' }) => facets.includes(facet))
    .map((row) => ({ ...row, facet: row.facet ?? '' }))
  return draw(caption, {
    height: 90 + facets.length * 130,
    marginTop: 30,
    marginRight: facets.length > 1 ? 110 : 20,
    color: { domain: kindsOf(rows), range: COLOURS },
    x: { label: null, axis: null, domain: kindsOf(rows) },
    y: { grid: true, label: null, ticks: 4 },
    fx: { label: null },
    fy: { label: null, domain: facets, ...(facets.length > 1 ? {} : { axis: null }) },
    marks: [
      Plot.barY(kept, { fx: 'name', fy: 'facet', x: 'kind', y: 'count', fill: 'kind' }),
      Plot.ruleY([0]),
      ...legendOf(rows),
    ],
  })
}

/** How often pairs occur. */
export function heatmap(
  caption: string,
  cells: readonly { readonly x: string; readonly y: string; readonly value: number | string }[],
  options: { readonly colours?: Readonly<Record<string, string>> } = {},
): string {
  const xs = [...new Set(cells.map(({ x }) => x))]
  const ys = [...new Set(cells.map(({ y }) => y))]
  const { colours } = options
  const scale = colours
    ? { domain: Object.keys(colours), range: Object.values(colours) }
    : { scheme: 'blues' as const, zero: true }
  const isSmall = cells.length <= 400 && !colours
  return draw(caption, {
    width: Math.max(300, 200 + xs.length * 26),
    height: 170 + ys.length * 20,
    marginLeft: 190,
    marginBottom: 130,
    padding: 0.05,
    color: scale,
    x: { label: null, domain: xs, tickRotate: -60 },
    y: { label: null, domain: ys },
    marks: [
      Plot.cell(cells, {
        x: 'x',
        y: 'y',
        fill: 'value',
        inset: 0.5,
        title: ({ x, y, value }: { x: string; y: string; value: unknown }) => `${y}, ${x}: ${String(value)}`,
      }),
      ...(isSmall
        ? [
            Plot.text(cells, {
              x: 'x',
              y: 'y',
              text: 'value',
              fill: 'currentColor',
              stroke: 'var(--plot-background)',
              fontSize: 9,
            }),
          ]
        : []),
    ],
  })
}

/** A histogram of 20 bins; with `marks`, a density curve and lines at mean, median, p90, p95 and p99. */
export function histogram(
  caption: string,
  values: readonly number[],
  options: { readonly unit: string; readonly marks?: boolean },
): string {
  const sorted = values.toSorted((a, b) => a - b)
  const [least = 0] = sorted
  const most = sorted.at(-1) ?? 0
  const width = (most - least) / BINS || 1
  const bins = Array.from({ length: BINS }, (_, index) => ({
    from: least + index * width,
    to: least + (index + 1) * width,
    count: 0,
  }))
  for (const value of sorted) {
    const bin = bins[Math.min(BINS - 1, Math.floor((value - least) / width))]
    if (bin) bin.count++
  }
  const curve = density(sorted, 80).map(({ value, share }) => ({ value, count: share * sorted.length * width }))
  const lines = marksOf(sorted)
  return draw(caption, {
    marginTop: options.marks ? 50 : 20,
    x: { label: options.unit },
    y: { grid: true, label: null },
    marks: [
      Plot.rectY(bins, { x1: 'from', x2: 'to', y: 'count', fill: at(COLOURS, 0), fillOpacity: 0.7, inset: 0.5 }),
      Plot.ruleY([0]),
      ...(options.marks
        ? [
            Plot.lineY(curve, { x: 'value', y: 'count', stroke: at(COLOURS, 1) }),
            Plot.ruleX(lines, { x: 'value', stroke: 'currentColor', strokeDasharray: '3 3' }),
            Plot.text(lines, {
              x: 'value',
              text: 'name',
              frameAnchor: 'top',
              rotate: -60,
              dy: -22,
              textAnchor: 'start',
            }),
          ]
        : []),
    ],
  })
}

/** Mean and quantiles of a sorted list, with their names. */
export function marksOf(sorted: readonly number[]): { readonly name: string; readonly value: number }[] {
  if (sorted.length === 0) return []
  const sum = sorted.reduce((total, each) => total + each, 0)
  const shares = [
    ['median', 0.5],
    ['p90', 0.9],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const
  return [
    { name: 'mean', value: sum / sorted.length },
    ...shares.map(([name, share]) => ({ name, value: quantile(sorted, share) ?? 0 })),
  ]
}
