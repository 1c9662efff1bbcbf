// Draws a chart as SVG, with Observable Plot and without a browser.
import * as Plot from '@observablehq/plot'
import { createSvgDocument, escapeText } from './svg-document.ts'

/** The options of a chart, as Observable Plot takes them. */
type ChartOptions = Omit<Plot.PlotOptions, 'document'>

const WIDTH = 560
const HEIGHT = 300
/** Maximum length of an axis label, in characters. */
const LABEL = 24

/** Plot requires the type of a browser's document; ours has the parts that it uses. */
const isDrawable = (document: object): document is NonNullable<Plot.PlotOptions['document']> =>
  'createElementNS' in document

export const shortLabel = (name: string): string =>
  name === '' ? '–' : name.length > LABEL ? `${name.slice(0, LABEL - 1)}…` : name

/** @param caption what the chart shows, in one sentence, also for screen readers */
export function draw(caption: string, options: ChartOptions): string {
  const document = createSvgDocument()
  if (!isDrawable(document)) throw new TypeError('nothing to draw in')
  const chart = Plot.plot({ width: WIDTH, height: HEIGHT, marginBottom: 40, ...options, document })
  const drawn = 'outerHTML' in chart ? String(chart.outerHTML) : ''
  const svg = drawn.replace('<svg ', '<svg role="img" xmlns="http://www.w3.org/2000/svg" ')
  return `<figure aria-label="${escapeText(caption)}">${svg}<figcaption>${escapeText(caption)}</figcaption></figure>`
}

export { Plot }
