// The foundry for viewers: the picture, overlays, layers, cameras and the inspector. The editor extends it for players.

import { h, Undo } from '../../../kernel/view/dom.ts'
import { read } from '../../../kernel/view/read.ts'
import type { ViewSource } from '../../../kernel/view.ts'
import { FACINGS, type Facing, PARTS } from '../catalogue.ts'
import { Gestures, type Hand, type Point } from './gestures.ts'
import { Inspector, type PartActions } from './inspector.ts'
import { originOf, rowOfId, shapeOfRow } from './layout.ts'
import { ObjectivePanel } from './objective.ts'
import { createStage } from './open-stage.ts'
import { readScene, type Scene, STATES } from './scene.ts'
import { type LabelMark, type Look, OVERLAYS, type Overlay, type PreviewPart, type Stage } from './stage.ts'
import { wordOfState } from './words.ts'

const OVERLAY_WORDS: Readonly<Record<Overlay, string>> = { floor: 'Floor', power: 'Power', air: 'Air' }
/** Pixels per press of an arrow key. */
const ARROW = 60

/** The editor's additions to the viewer. */
export interface Tools {
  readonly actions: PartActions
  readonly hand: Hand
  /** @returns whether the key was handled */
  key(event: KeyboardEvent): boolean
  frame(): void
}

export class Viewer {
  readonly host: HTMLElement
  readonly source: ViewSource
  readonly undo = new Undo()
  readonly stage: Stage
  readonly bar = h('div', { class: 'fv-bar fv-top' })
  readonly hint = h('p', { class: 'fv-hint' })
  readonly #inspector: Inspector
  readonly #objective = new ObjectivePanel()
  readonly #empty = h('p', { class: 'fv-empty' }, 'Waiting for the first frame.')
  readonly #live = h('p', { class: 'fv-vh', 'aria-live': 'polite' })
  readonly #cutText = h('span')
  readonly #segments = new Map<Overlay, HTMLElement>()
  readonly #keys = new Set<string>()
  #tools: Tools | undefined
  #scene: Scene | undefined
  #overlay: Overlay = 'floor'
  #cut: number | undefined
  #selected = 0
  #hovered = 0
  #preview: readonly PreviewPart[] = []
  #previewLabel: LabelMark | undefined

  constructor(host: HTMLElement, source: ViewSource, makeTools?: (viewer: Viewer) => Tools) {
    this.host = host
    this.source = source
    this.stage = createStage(host)
    const { canvas } = this.stage
    canvas.tabIndex = 0
    canvas.setAttribute('role', 'application')
    canvas.setAttribute(
      'aria-label',
      this.stage.kind === 'space' ? 'The foundry, in three dimensions' : 'The foundry, as a plan',
    )
    this.#tools = makeTools?.(this)
    this.#inspector = new Inspector(source, this.#tools?.actions, () => this.select(0))
    this.#buildBar()
    host.append(this.#objective.element, this.bar, this.#inspector.element, this.hint, this.#empty, this.#live)
    const gestures = new Gestures(this.stage, this.#tools?.hand ?? this.#watchHand())
    this.undo.add(() => gestures.dispose())
    this.undo.listen<KeyboardEvent>(canvas, 'keydown', (event) => this.#keyDown(event))
    this.undo.listen<KeyboardEvent>(canvas, 'keyup', (event) => this.#keyUp(event))
    this.undo.listen<FocusEvent>(canvas, 'blur', () => this.#stopFlight())
    this.undo.add(source.subscribe(() => this.#update()))
    this.#update()
    this.#showHint()
  }

  get scene(): Scene | undefined {
    return this.#scene
  }

  get selected(): number {
    return this.#selected
  }

  /** The highest visible layer. */
  get cut(): number {
    const top = (this.#scene?.size.y ?? 2) - 1
    return this.stage.kind === 'plan' ? (this.#cut ?? 1) : (this.#cut ?? top)
  }

  #update(): void {
    const { frame } = this.source
    this.#empty.hidden = frame !== undefined
    if (!frame) return
    this.#scene = readScene(frame.view, this.#scene)
    this.#tools?.frame()
    this.#inspector.refresh()
    this.#objective.show(this.#scene)
    this.show()
  }

  /** Redraws after a change of the scene or the look. */
  show(): void {
    const scene = this.#scene
    if (!scene) return
    if (this.#selected !== 0 && rowOfId(scene.layout, this.#selected) < 0) this.select(0)
    const look: Look = {
      overlay: this.#overlay,
      cut: this.cut,
      selected: this.#selected,
      hovered: this.#hovered,
      preview: this.#preview,
      speed: this.source.speed,
      isStill: this.source.reducedMotion,
    }
    this.stage.show(scene, look, this.#labels(scene))
    this.host.dataset.tick = String(scene.tick)
    this.host.dataset.parts = String(scene.layout.count)
    this.host.dataset.status = scene.objective.status
    this.#cutText.textContent = `Layer ${this.cut} of ${scene.size.y - 1}`
  }

  setPreview(preview: readonly PreviewPart[], label?: LabelMark): void {
    this.#preview = preview
    this.#previewLabel = label
    this.show()
  }

  select(id: number): void {
    this.#selected = id
    this.#inspector.select(id)
    this.host.dataset.selected = String(id)
    this.show()
  }

  hover(id: number): void {
    if (id === this.#hovered) return
    this.#hovered = id
    this.show()
  }

  announce(text: string): void {
    this.#live.textContent = text
  }

  /** Id of the part at a position in the window; 0: none. */
  partAt({ x, y }: Point): number {
    const picked = this.stage.pick(x, y)
    return picked && picked.row >= 0 && this.#scene ? read(this.#scene.layout.parts.id, picked.row) : 0
  }

  #watchHand(): Hand {
    return {
      press: () => false,
      drag: () => undefined,
      release: () => undefined,
      cancel: () => undefined,
      tap: (at) => this.select(this.partAt(at)),
      hover: (at) => this.hover(at && !at.isTouch ? this.partAt(at) : 0),
    }
  }

  #labels(scene: Scene): LabelMark[] {
    const labels: LabelMark[] = []
    const { layout } = scene
    for (let row = 0; row < layout.count; row++) {
      if (PARTS[read(layout.parts.def, row)]?.kind !== 'delivery') continue
      const goal = scene.objective.goals.find(({ kind }) => kind === 'deliver')
      const { x, y, z } = originOf(layout, row)
      if (!goal) break
      const text = `Delivery, ${goal.done} of ${goal.needed}`
      labels.push({ text, kind: 'plain', x: x + 0.5, y: y + 1, z: z + 0.5 })
      if (labels.length >= 6) break
    }
    const row = rowOfId(layout, this.#selected)
    if (row >= 0) labels.push(this.#labelOf(scene, row))
    if (this.#previewLabel) labels.push(this.#previewLabel)
    return labels
  }

  #labelOf(scene: Scene, row: number): LabelMark {
    const { layout } = scene
    const { x, y, z } = originOf(layout, row)
    const extent = shapeOfRow(layout, row)?.extent ?? { x: 1, y: 1, z: 1 }
    const title = PARTS[read(layout.parts.def, row)]?.title ?? 'Part'
    const state = wordOfState(STATES[read(scene.states, row)] ?? 'idle')
    const text = `${title} ${read(layout.parts.id, row)}, ${state.toLowerCase()}`
    return { text, kind: 'here', x: x + extent.x / 2, y: y + extent.y, z: z + extent.z / 2 }
  }

  #buildBar(): void {
    const lower = h('button', { type: 'button', 'aria-label': 'One layer down', onclick: () => this.moveCut(-1) }, '−')
    const higher = h('button', { type: 'button', 'aria-label': 'One layer up', onclick: () => this.moveCut(1) }, '+')
    const segments = h('div', { class: 'fv-seg', role: 'radiogroup', 'aria-label': 'Overlay' })
    for (const overlay of OVERLAYS) {
      const button = h(
        'button',
        {
          type: 'button',
          role: 'radio',
          'aria-checked': String(overlay === this.#overlay),
          onclick: () => this.setOverlay(overlay),
        },
        OVERLAY_WORDS[overlay],
      )
      this.#segments.set(overlay, button)
      segments.append(button)
    }
    const fit = h('button', { type: 'button', class: 'fv-btn', onclick: () => this.stage.fit() }, 'Fit')
    this.bar.append(h('div', { class: 'fv-cut' }, lower, this.#cutText, higher), fit, segments)
  }

  setOverlay(overlay: Overlay): void {
    this.#overlay = overlay
    for (const [each, button] of this.#segments) button.setAttribute('aria-checked', String(each === overlay))
    this.show()
  }

  moveCut(by: number): void {
    const top = (this.#scene?.size.y ?? 2) - 1
    this.#cut = Math.max(1, Math.min(top, this.cut + by))
    this.announce(`Layer ${this.cut} of ${top}`)
    this.show()
  }

  #showHint(): void {
    const words =
      this.stage.kind === 'space'
        ? 'drag to move, right drag to turn, wheel to zoom, F to fly'
        : 'drag to move, wheel to zoom'
    this.setHint(words)
  }

  setHint(text: string): void {
    this.hint.textContent = text
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (this.stage.kind === 'space' && this.#flightKey(event, true)) return
    if (this.#tools?.key(event)) {
      event.preventDefault()
      return
    }
    if (this.#viewKey(event.key)) event.preventDefault()
  }

  #viewKey(key: string): boolean {
    const middle = this.stage.canvas.getBoundingClientRect()
    const zoom = (factor: number): void =>
      this.stage.zoom(factor, middle.left + middle.width / 2, middle.top + middle.height / 2)
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.stage.pan(ARROW, 0),
      ArrowRight: () => this.stage.pan(-ARROW, 0),
      ArrowUp: () => this.stage.pan(0, ARROW),
      ArrowDown: () => this.stage.pan(0, -ARROW),
      PageUp: () => this.moveCut(1),
      PageDown: () => this.moveCut(-1),
      '+': () => zoom(0.85),
      '=': () => zoom(0.85),
      '-': () => zoom(1.18),
      Home: () => this.stage.fit(),
      Escape: () => this.select(0),
      f: () => this.#toggleFlight(),
      F: () => this.#toggleFlight(),
    }
    const action = actions[key]
    action?.()
    return action !== undefined
  }

  #toggleFlight(): void {
    const isFlying = this.stage.toggleFlight()
    this.host.dataset.flying = String(isFlying)
    if (!isFlying) this.#stopFlight()
    this.announce(isFlying ? 'Flying. W A S D to move, Q and E down and up, F to stop.' : 'Not flying.')
    this.setHint(isFlying ? 'W A S D to fly, Q and E down and up, drag with the right button to look, F to stop' : '')
  }

  #stopFlight(): void {
    this.#keys.clear()
    if (this.stage.kind === 'space') this.stage.fly(0, 0, 0)
  }

  #flightKey(event: KeyboardEvent, isDown: boolean): boolean {
    const key = event.key.toLowerCase()
    if (this.host.dataset.flying !== 'true' || !'wasdqe'.includes(key) || key.length !== 1) return false
    if (isDown) this.#keys.add(key)
    else this.#keys.delete(key)
    const way = (plus: string, minus: string): number => Number(this.#keys.has(plus)) - Number(this.#keys.has(minus))
    this.stage.fly(way('w', 's'), way('d', 'a'), way('e', 'q'))
    event.preventDefault()
    return true
  }

  #keyUp(event: KeyboardEvent): void {
    this.#flightKey(event, false)
  }

  dispose(): void {
    this.undo.run()
    this.#inspector.dispose()
    this.stage.dispose()
    for (const each of [this.bar, this.hint, this.#objective.element, this.#empty, this.#live]) each.remove()
  }
}

/** 'north' for 0. */
export function facingName(facing: number): Facing {
  return FACINGS[facing] ?? 'north'
}

/** The facing after a quarter turn to the right. */
export function turned(facing: number): number {
  return (facing + 1) % FACINGS.length
}
