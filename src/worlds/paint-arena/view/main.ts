// The view of paint-arena: a canvas that fits its container and, for a player, the control pad.

import { adoptSheet } from '../../../kernel/view/dom.ts'
import { watchTheme } from '../../../kernel/view/theme.ts'
import type { ViewModule, ViewSource } from '../../../kernel/view.ts'
import { type Brush, draw } from './draw.ts'
import { describe, type Field, readField } from './field.ts'
import { mountPad } from './pad.ts'
import { fillOf, type Palette, readPalette } from './palette.ts'
import { SHEET } from './sheet.ts'

/** Number of steps that a trail shows. */
const TRAIL = 6
/** Maximum duration of a move animation, in milliseconds; faster worlds move faster. */
const MOVE_MS = 160
/** Steps per second above which painters jump from tile to tile. */
const MAX_SMOOTH = 20

type Place = readonly [number, number]

export const view: ViewModule = {
  mount(element, source) {
    const dropSheet = adoptSheet(SHEET)
    const root = document.createElement('div')
    root.className = 'paint-view'
    const frame = document.createElement('div')
    frame.className = 'paint-canvas'
    const canvas = document.createElement('canvas')
    canvas.setAttribute('role', 'img')
    frame.append(canvas)
    root.append(frame)
    element.append(root)
    const painter = new Painter(canvas, source)
    const resize = new ResizeObserver(() => painter.fit())
    resize.observe(frame)
    const stop = [
      source.subscribe(() => painter.update()),
      watchTheme(() => painter.recolour()),
      () => resize.disconnect(),
      source.send ? mountPad(root, (command) => source.send?.(command)) : () => undefined,
      () => painter.stop(),
      () => root.remove(),
      dropSheet,
    ]
    painter.update()
    return () => {
      for (const each of stop) each()
    }
  },
}

class Painter {
  readonly #canvas: HTMLCanvasElement
  readonly #source: ViewSource
  #palette: Palette | undefined
  #fills: Brush['fills'] = []
  #field: Field | undefined
  #step = -1
  #from: readonly Place[] = []
  #trails: Place[][] = []
  #movedAt = 0
  #animation = 0

  constructor(canvas: HTMLCanvasElement, source: ViewSource) {
    this.#canvas = canvas
    this.#source = source
  }

  stop(): void {
    cancelAnimationFrame(this.#animation)
  }

  recolour(): void {
    this.#palette = undefined
    this.#paint()
  }

  fit(): void {
    const { clientWidth, clientHeight } = this.#canvas
    const scale = devicePixelRatio
    const width = Math.max(1, Math.round(clientWidth * scale))
    const height = Math.max(1, Math.round(clientHeight * scale))
    if (this.#canvas.width === width && this.#canvas.height === height) return
    this.#canvas.width = width
    this.#canvas.height = height
    this.#palette = undefined
    this.#paint()
  }

  update(): void {
    const { frame } = this.#source
    const field = frame && readField(frame.view)
    if (!frame || !field) return
    const isNext = frame.step === this.#step + 1 && field.positions.length === this.#trails.length
    const isForward = frame.step > this.#step && frame.step <= this.#step + TRAIL
    this.#from = isNext ? (this.#field?.positions ?? []) : []
    // After a jump, the previous positions of the painters are unknown.
    if (frame.step !== this.#step && !isForward) this.#trails = []
    this.#trails = field.positions.map((place, slot) => trailOf(this.#trails[slot] ?? [], place))
    this.#field = field
    this.#step = frame.step
    this.#movedAt = performance.now()
    this.#canvas.setAttribute(
      'aria-label',
      describe(
        field,
        this.#source.slots.map(({ name }) => name),
      ),
    )
    this.#paint()
  }

  #paint(): void {
    cancelAnimationFrame(this.#animation)
    const progress = this.#draw()
    if (progress < 1) this.#animation = requestAnimationFrame(() => this.#paint())
  }

  /** Progress of the move animation, 0 to 1. */
  #draw(): number {
    const field = this.#field
    const context = this.#canvas.getContext('2d')
    if (!field || !context || this.#canvas.width <= 1) return 1
    if (!this.#palette) {
      this.#palette = readPalette(this.#canvas)
      const palette = this.#palette
      this.#fills = field.positions.map((_, slot) => fillOf(slot, palette, context))
    }
    const { speed, reducedMotion } = this.#source
    const isSmooth = !reducedMotion && speed > 0 && speed <= MAX_SMOOTH && this.#from.length > 0
    const lasts = Math.min(MOVE_MS, 900 / Math.max(1, speed))
    const progress = isSmooth ? Math.min(1, (performance.now() - this.#movedAt) / lasts) : 1
    const heads = field.positions.map(([x, y], slot): Place => {
      const [fromX, fromY] = this.#from[slot] ?? [x, y]
      return [fromX + (x - fromX) * progress, fromY + (y - fromY) * progress]
    })
    const { width, height } = this.#canvas
    const brush = { context, palette: this.#palette, fills: this.#fills, width, height }
    draw(brush, {
      field,
      heads,
      trails: this.#trails.map((trail, slot) => [...trail.slice(0, -1), heads[slot] ?? [0, 0]]),
    })
    return progress
  }
}

function trailOf(trail: readonly Place[], place: Place): Place[] {
  const last = trail.at(-1)
  const isSame = last?.[0] === place[0] && last[1] === place[1]
  // A painter that was relocated did not walk there.
  const isFar = last !== undefined && Math.abs(last[0] - place[0]) + Math.abs(last[1] - place[1]) > TRAIL
  if (isFar) return [place]
  return isSame && trail.length > 1 ? [...trail.slice(1)] : [...trail, place].slice(-TRAIL)
}
