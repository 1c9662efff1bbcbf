// The view of worlds without their own: the public view as tables, numbers with a chart of the last frames, and changes
// since the previous frame in bold; for a person who plays, also controls.
import type { JsonObject, JsonValue } from 'paracosm/protocol'
import type { ViewModule } from 'paracosm/world'
import { wordsAt } from './control-words.ts'
import { createControls } from './generic-controls.ts'
import './generic-view.css'

/** Frames that the small charts show. */
const HISTORY = 120
/** Maximum rows of one list; larger ones would block the page. */
const MAX_ROWS = 100
const MAX_DEPTH = 4
/** What every observation has around the world's own part; the page shows it elsewhere. */
const AROUND = ['type', 'slot', 'step', 'tick', 'player_names', 'started', 'paused', 'tick_rate', 'done']

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Drawing {
  /** Numbers by their path, newest last. */
  readonly history: Map<string, number[]>
  /** Texts by path, from the previous frame. */
  readonly before: ReadonlyMap<string, string>
  readonly now: Map<string, string>
}

export const view: ViewModule = {
  mount(element, source) {
    const root = document.createElement('div')
    root.className = 'generic-view'
    const table = document.createElement('div')
    const { send, commands } = source
    const controls = send && commands ? createControls(commands, { words: wordsAt(element), send }) : undefined
    root.append(table)
    element.append(root)
    const history = new Map<string, number[]>()
    let before = new Map<string, string>()
    let step = -1
    const update = (): void => {
      const { frame } = source
      if (!frame) return
      // A command before the first observation would be lost, and one after the end too. The end has the last step's number.
      if (controls && !controls.isConnected) table.before(controls)
      if (controls) controls.hidden = frame.view.done === true || frame.view.type === 'final'
      if (frame.step === step) return
      if (frame.step < step) history.clear()
      step = frame.step
      const now = new Map<string, string>()
      const seen = source.perspective === null ? frame.view : without(frame.view, AROUND)
      table.replaceChildren(draw(seen, '', { history, before, now }, 0))
      before = now
    }
    update()
    const stop = source.subscribe(update)
    return () => {
      stop()
      root.remove()
    }
  },
}

const without = (value: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

function draw(value: JsonObject, path: string, drawing: Drawing, depth: number): HTMLElement {
  const table = document.createElement('table')
  for (const [key, each] of Object.entries(value).slice(0, MAX_ROWS)) {
    const row = table.insertRow()
    const head = document.createElement('th')
    head.scope = 'row'
    head.textContent = key.replaceAll('_', ' ')
    row.append(head)
    row.insertCell().append(drawValue(each, `${path}.${key}`, drawing, depth))
  }
  return table
}

function drawValue(value: JsonValue, path: string, drawing: Drawing, depth: number): Node {
  if (isObject(value) && depth < MAX_DEPTH) return draw(value, path, drawing, depth + 1)
  if (Array.isArray(value) && depth < MAX_DEPTH) return drawList(value, path, drawing, depth)
  const text = textOf(value)
  const cell = document.createElement('span')
  cell.textContent = text
  const previous = drawing.before.get(path)
  if (previous !== undefined && previous !== text) {
    cell.className = 'generic-changed'
    cell.title = `before: ${previous}`
  }
  drawing.now.set(path, text)
  if (typeof value !== 'number') return cell
  const course = [...(drawing.history.get(path) ?? []), value].slice(-HISTORY)
  drawing.history.set(path, course)
  const both = document.createElement('span')
  both.className = 'generic-number'
  both.append(cell, chart(course))
  return both
}

function drawList(values: readonly JsonValue[], path: string, drawing: Drawing, depth: number): Node {
  const shown = values.slice(0, MAX_ROWS)
  const keys = [...new Set(shown.flatMap((each) => (isObject(each) ? Object.keys(each) : [])))]
  if (keys.length === 0 || !shown.every(isObject)) {
    const text = document.createElement('span')
    text.textContent = shown.map(textOf).join(', ')
    if (values.length > MAX_ROWS) text.textContent += ` … ${values.length} in all`
    return text
  }
  const table = document.createElement('table')
  const head = table.createTHead().insertRow()
  for (const key of keys) {
    const cell = document.createElement('th')
    cell.scope = 'col'
    cell.textContent = key.replaceAll('_', ' ')
    head.append(cell)
  }
  for (const [index, each] of shown.entries()) {
    const row = table.insertRow()
    for (const key of keys) {
      const value = each[key]
      row
        .insertCell()
        .append(value === undefined ? '' : drawValue(value, `${path}.${index}.${key}`, drawing, depth + 1))
    }
  }
  return table
}

function textOf(value: JsonValue): string {
  if (value === null) return '–'
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'number' ? value.toLocaleString('en-GB') : String(value)
}

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 96
const HEIGHT = 16

function chart(course: readonly number[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  svg.setAttribute('aria-hidden', 'true')
  const low = Math.min(...course)
  const span = Math.max(...course) - low || 1
  const points = course.map((value, index) => {
    const x = (index / Math.max(1, HISTORY - 1)) * WIDTH
    return `${x.toFixed(1)},${(HEIGHT - 1 - ((value - low) / span) * (HEIGHT - 2)).toFixed(1)}`
  })
  const line = document.createElementNS(SVG, 'polyline')
  line.setAttribute('points', points.join(' '))
  svg.append(line)
  return svg
}
