// Touch, mouse and wheel gestures on the picture. Gestures that no tool handles move the picture: left drag and one
// finger pan, right drag orbits, two fingers orbit and zoom, the wheel zooms.
import { Undo } from '../../../kernel/view/dom.ts'
import type { Stage } from './stage.ts'

export interface Point {
  readonly x: number
  readonly y: number
  readonly isTouch: boolean
}

/** A tool's handlers for the main button or one finger. */
export interface Hand {
  /** @returns whether the tool handles this drag; otherwise the picture moves */
  press(at: Point): boolean
  drag(at: Point): void
  release(at: Point): void
  /** The drag became a different gesture because of a second finger. */
  cancel(): void
  /** A press and release at the same position, in a drag that no tool handled. */
  tap(at: Point): void
  hover(at: Point | undefined): void
}

/** Maximum movement in pixels of a press that still counts as a tap. */
const TAP = 6

export class Gestures {
  readonly #stage: Stage
  readonly #hand: Hand
  readonly #undo = new Undo()
  readonly #down = new Map<number, Point>()
  #mode: 'none' | 'tool' | 'pan' | 'orbit' | 'pinch' = 'none'
  #start: Point | undefined

  constructor(stage: Stage, hand: Hand) {
    this.#stage = stage
    this.#hand = hand
    const { canvas } = stage
    this.#undo.listen<PointerEvent>(canvas, 'pointerdown', (event) => this.#press(event))
    this.#undo.listen<PointerEvent>(canvas, 'pointermove', (event) => this.#move(event))
    this.#undo.listen<PointerEvent>(canvas, 'pointerup', (event) => this.#release(event))
    this.#undo.listen<PointerEvent>(canvas, 'pointercancel', (event) => this.#cancel(event))
    this.#undo.listen<PointerEvent>(canvas, 'pointerleave', () => this.#hand.hover(undefined))
    this.#undo.listen<MouseEvent>(canvas, 'contextmenu', (event) => event.preventDefault())
    this.#undo.listen<WheelEvent>(
      canvas,
      'wheel',
      (event) => {
        event.preventDefault()
        stage.zoom(Math.exp(clamp(event.deltaY, -120, 120) * 0.0022), event.clientX, event.clientY)
      },
      { passive: false },
    )
  }

  #press(event: PointerEvent): void {
    const at = pointOf(event)
    this.#stage.canvas.setPointerCapture(event.pointerId)
    this.#down.set(event.pointerId, at)
    if (this.#down.size === 2) {
      if (this.#mode === 'tool') this.#hand.cancel()
      this.#mode = 'pinch'
      return
    }
    this.#start = at
    if (event.button === 2 || event.button === 1) this.#mode = 'orbit'
    else this.#mode = this.#hand.press(at) ? 'tool' : 'pan'
  }

  #move(event: PointerEvent): void {
    const at = pointOf(event)
    const before = this.#down.get(event.pointerId)
    if (!before) {
      this.#hand.hover(at)
      return
    }
    if (this.#mode === 'pinch') this.#pinch(event.pointerId, before, at)
    else if (this.#mode === 'pan') this.#stage.pan(at.x - before.x, at.y - before.y)
    else if (this.#mode === 'orbit') this.#stage.orbit(at.x - before.x, at.y - before.y)
    else if (this.#mode === 'tool') this.#hand.drag(at)
    this.#down.set(event.pointerId, at)
  }

  #pinch(id: number, before: Point, at: Point): void {
    const other = [...this.#down].find(([each]) => each !== id)?.[1]
    if (!other) return
    const far = (one: Point): number => Math.hypot(one.x - other.x, one.y - other.y)
    if (far(at) > 4) this.#stage.zoom(far(before) / far(at), (at.x + other.x) / 2, (at.y + other.y) / 2)
    this.#stage.orbit((at.x - before.x) / 2, (at.y - before.y) / 2)
  }

  #release(event: PointerEvent): void {
    const at = pointOf(event)
    this.#down.delete(event.pointerId)
    if (this.#down.size > 0) return
    const start = this.#start
    const mode = this.#mode
    this.#mode = 'none'
    this.#start = undefined
    if (mode === 'tool') this.#hand.release(at)
    if (mode === 'pan' && start && Math.hypot(at.x - start.x, at.y - start.y) <= TAP) this.#hand.tap(at)
  }

  #cancel(event: PointerEvent): void {
    this.#down.delete(event.pointerId)
    if (this.#mode === 'tool') this.#hand.cancel()
    if (this.#down.size === 0) this.#mode = 'none'
  }

  dispose(): void {
    this.#undo.run()
  }
}

function pointOf(event: PointerEvent): Point {
  return { x: event.clientX, y: event.clientY, isTouch: event.pointerType === 'touch' }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
