// The foundry as a plan of one layer on a 2-D canvas: for browsers without WebGL, and for users who prefer plans. It
// draws only the cells on the screen, so its cost does not grow with the floor.

import { Undo } from '../../../kernel/view/dom.ts'
import { read } from '../../../kernel/view/read.ts'
import { watchTheme } from '../../../kernel/view/theme.ts'
import { PARTS } from '../catalogue.ts'
import { cellAt, type Size } from '../geometry.ts'
import { COLOURS, colourOf } from './boxes.ts'
import { alongBelt, itemColour, PathCache } from './instances.ts'
import { Labels } from './labels.ts'
import { originOf, rowIn, rowOfId, shapeOfRow } from './layout.ts'
import { cssOf, type Palette, type Rgb, readPalette } from './palette.ts'
import type { Picked } from './pick.ts'
import { type Scene, STATES } from './scene.ts'
import type { LabelMark, Look, Stage } from './stage.ts'

/** Cell size in pixels. */
const CELL = { least: 2, most: 96 }

export function createPlanStage(host: HTMLElement): Stage {
  return new PlanStage(host)
}

class PlanStage implements Stage {
  readonly kind = 'plan'
  readonly canvas = document.createElement('canvas')
  readonly #host: HTMLElement
  readonly #labels: Labels
  readonly #undo = new Undo()
  readonly #paths = new PathCache()
  #palette: Palette
  #scene: Scene | undefined
  #look: Look | undefined
  #marks: readonly LabelMark[] = []
  #cell = 24
  #left = 0
  #top = 0
  #frame = 0

  constructor(host: HTMLElement) {
    this.#host = host
    host.append(this.canvas)
    this.#labels = new Labels(host)
    this.#palette = readPalette(host)
    const size = new ResizeObserver(() => this.fit())
    size.observe(host)
    this.#undo.add(() => size.disconnect())
    this.#undo.add(
      watchTheme(() => {
        this.#palette = readPalette(host)
        this.#ask()
      }),
    )
  }

  show(scene: Scene, look: Look, labels: readonly LabelMark[]): void {
    const before = this.#scene
    this.#scene = scene
    this.#look = look
    this.#marks = labels
    if (!before || before.size.x !== scene.size.x || before.size.z !== scene.size.z) this.fit()
    this.#ask()
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  get #layer(): number {
    return Math.max(1, Math.min(this.#look?.cut ?? 1, (this.#scene?.size.y ?? 2) - 1))
  }

  #draw(): void {
    this.#frame = 0
    const { clientWidth: width, clientHeight: height } = this.#host
    const scale = Math.min(2, devicePixelRatio)
    this.canvas.width = Math.max(1, Math.round(width * scale))
    this.canvas.height = Math.max(1, Math.round(height * scale))
    const pen = this.canvas.getContext('2d')
    if (!pen || !this.#scene || !this.#look) return
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.fillStyle = this.#material('edge')
    pen.fillRect(0, 0, width, height)
    pen.setTransform(scale * this.#cell, 0, 0, scale * this.#cell, scale * this.#left, scale * this.#top)
    this.#drawFloor(pen, this.#scene)
    this.#drawParts(pen, this.#scene, this.#look)
    this.#drawItems(pen, this.#scene)
    this.#drawAir(pen, this.#scene, this.#look)
    this.#drawPreview(pen, this.#look)
    this.#drawSelection(pen, this.#scene, this.#look)
    this.#labels.show(
      this.#marks,
      (x, _y, z) => ({ left: this.#left + x * this.#cell, top: this.#top + z * this.#cell }),
      this.#host,
    )
    this.#host.dataset.plan = `${this.#cell} ${this.#left} ${this.#top}`
  }

  #material(name: (typeof COLOURS)[number], alpha = 1): string {
    return cssOf(this.#palette.materials[COLOURS.indexOf(name)] ?? [0, 0, 0], alpha)
  }

  /** Cells on the screen. */
  #range(size: Size): { x0: number; x1: number; z0: number; z1: number } {
    const first = (edge: number): number => Math.max(0, Math.floor(-edge / this.#cell))
    return {
      x0: first(this.#left),
      z0: first(this.#top),
      x1: Math.min(size.x, Math.ceil((this.#host.clientWidth - this.#left) / this.#cell)),
      z1: Math.min(size.z, Math.ceil((this.#host.clientHeight - this.#top) / this.#cell)),
    }
  }

  #drawFloor(pen: CanvasRenderingContext2D, scene: Scene): void {
    const { size } = scene
    pen.fillStyle = this.#material('floor')
    pen.fillRect(0, 0, size.x, size.z)
    for (const { x, z, item } of scene.deposits) {
      pen.fillStyle = this.#material(itemColour(item), 0.45)
      pen.fillRect(x, z, 1, 1)
    }
    if (this.#cell < 6) return
    const { x0, x1, z0, z1 } = this.#range(size)
    pen.strokeStyle = cssOf(this.#palette.grid)
    pen.lineWidth = 1 / this.#cell
    pen.beginPath()
    for (let x = x0; x <= x1; x++) {
      pen.moveTo(x, z0)
      pen.lineTo(x, z1)
    }
    for (let z = z0; z <= z1; z++) {
      pen.moveTo(x0, z)
      pen.lineTo(x1, z)
    }
    pen.stroke()
  }

  #drawParts(pen: CanvasRenderingContext2D, scene: Scene, look: Look): void {
    const { layout, size } = scene
    const { x0, x1, z0, z1 } = this.#range(size)
    const seen = new Set<number>()
    for (let z = z0; z < z1; z++) {
      for (let x = x0; x < x1; x++) {
        for (let y = 1; y <= this.#layer; y++) {
          const row = rowIn(layout, cellAt(size, x, y, z))
          if (row >= 0 && !seen.has(row)) this.#drawPart(pen, scene, look, { row, isBelow: y < this.#layer })
          if (row >= 0) seen.add(row)
        }
      }
    }
  }

  #drawPart(pen: CanvasRenderingContext2D, scene: Scene, look: Look, at: { row: number; isBelow: boolean }): void {
    const { layout } = scene
    const def = read(layout.parts.def, at.row)
    const origin = originOf(layout, at.row)
    const extent = shapeOfRow(layout, at.row)?.extent ?? { x: 1, y: 1, z: 1 }
    const isWire = PARTS[def]?.kind === 'wire'
    const inset = isWire ? 0.34 : 0.04
    pen.globalAlpha = at.isBelow && origin.y + extent.y <= this.#layer ? 0.28 : 1
    pen.fillStyle = look.overlay === 'power' ? this.#powerColour(scene, at.row) : this.#material(colourOf(def))
    pen.fillRect(origin.x + inset, origin.z + inset, extent.x - inset * 2, extent.z - inset * 2)
    const facing = read(layout.parts.facing, at.row)
    if (!isWire && PARTS[def]?.kind !== 'frame' && this.#cell >= 10) {
      this.#drawChevron(pen, { x: origin.x + extent.x / 2, z: origin.z + extent.z / 2 }, facing)
    }
    const state = STATES[read(scene.states, at.row)] ?? 'idle'
    const isMachine = ['machine', 'generator', 'scrubber', 'filter'].includes(PARTS[def]?.kind ?? '')
    if (isMachine && state !== 'working' && state !== 'idle') {
      pen.fillStyle = cssOf(state === 'unpowered' || state === 'fouled' ? this.#palette.no : this.#palette.warn)
      pen.beginPath()
      pen.arc(origin.x + extent.x - 0.2, origin.z + 0.2, 0.15, 0, Math.PI * 2)
      pen.fill()
    }
    pen.globalAlpha = 1
  }

  #powerColour(scene: Scene, row: number): string {
    const net = scene.nets.get(read(scene.layout.parts.net, row))
    if (!net) return this.#material('floor')
    const colour: Rgb =
      net.satisfaction >= 1000 ? this.#palette.ok : net.satisfaction > 0 ? this.#palette.warn : this.#palette.no
    return cssOf(colour)
  }

  #drawChevron(pen: CanvasRenderingContext2D, at: { x: number; z: number }, facing: number): void {
    pen.save()
    pen.translate(at.x, at.z)
    pen.rotate((facing * Math.PI) / 2)
    pen.strokeStyle = cssOf(this.#palette.chevron)
    pen.lineWidth = 0.08
    pen.beginPath()
    pen.moveTo(-0.2, 0.1)
    pen.lineTo(0, -0.12)
    pen.lineTo(0.2, 0.1)
    pen.stroke()
    pen.restore()
  }

  #drawItems(pen: CanvasRenderingContext2D, scene: Scene): void {
    if (this.#cell < 8) return
    const { layout } = scene
    for (const packed of scene.items) {
      const row = rowOfId(layout, Math.floor(packed / 256))
      if (row < 0) continue
      const origin = originOf(layout, row)
      if (origin.y !== this.#layer) continue
      const [x, , z] = alongBelt(origin, this.#paths.of(layout, row), (((packed >> 4) & 15) + 4) / 16)
      pen.fillStyle = this.#material(itemColour(packed & 15))
      pen.strokeStyle = cssOf(this.#palette.surface)
      pen.lineWidth = 1.2 / this.#cell
      pen.fillRect(x - 0.17, z - 0.17, 0.34, 0.34)
      pen.strokeRect(x - 0.17, z - 0.17, 0.34, 0.34)
    }
  }

  #drawAir(pen: CanvasRenderingContext2D, scene: Scene, look: Look): void {
    if (look.overlay !== 'air') return
    const layer = scene.size.x * scene.size.z
    for (let i = 0; i + 1 < scene.air.length; i += 2) {
      const cell = read(scene.air, i)
      if (Math.floor(cell / layer) !== this.#layer) continue
      pen.fillStyle = cssOf(this.#palette.air, Math.min(0.7, read(scene.air, i + 1) / 240))
      pen.fillRect(cell % scene.size.x, Math.floor((cell % layer) / scene.size.x), 1, 1)
    }
  }

  #drawPreview(pen: CanvasRenderingContext2D, look: Look): void {
    for (const { def, facing, origin, fits } of look.preview) {
      const [width, , depth] = PARTS[def]?.footprint ?? [1, 1, 1]
      const [across, along] = facing % 2 === 0 ? [width, depth] : [depth, width]
      const colour = fits ? this.#palette.ok : this.#palette.no
      pen.fillStyle = cssOf(colour, 0.25)
      pen.strokeStyle = cssOf(colour)
      pen.lineWidth = 2 / this.#cell
      pen.setLineDash([0.18, 0.12])
      pen.fillRect(origin.x, origin.z, across, along)
      pen.strokeRect(origin.x, origin.z, across, along)
      pen.setLineDash([])
      if (PARTS[def]?.kind === 'belt') this.#drawChevron(pen, { x: origin.x + 0.5, z: origin.z + 0.5 }, facing)
    }
  }

  #drawSelection(pen: CanvasRenderingContext2D, scene: Scene, look: Look): void {
    const row = rowOfId(scene.layout, look.selected)
    if (row < 0) return
    const origin = originOf(scene.layout, row)
    const extent = shapeOfRow(scene.layout, row)?.extent ?? { x: 1, y: 1, z: 1 }
    pen.strokeStyle = cssOf(this.#palette.here)
    pen.lineWidth = 3 / this.#cell
    pen.strokeRect(origin.x, origin.z, extent.x, extent.z)
  }

  pick(clientX: number, clientY: number): Picked | undefined {
    const scene = this.#scene
    const cell = this.cellAtLayer(clientX, clientY, this.#layer)
    if (!scene || !cell || cell.x < 0 || cell.z < 0 || cell.x >= scene.size.x || cell.z >= scene.size.z)
      return undefined
    const row = rowIn(scene.layout, cellAt(scene.size, cell.x, cell.y, cell.z))
    return { row, cell, beside: cell }
  }

  cellAtLayer(clientX: number, clientY: number, layer: number): Size {
    const { left, top } = this.canvas.getBoundingClientRect()
    return {
      x: Math.floor((clientX - left - this.#left) / this.#cell),
      y: layer,
      z: Math.floor((clientY - top - this.#top) / this.#cell),
    }
  }

  fit(): void {
    const { clientWidth, clientHeight } = this.#host
    if (!this.#scene || clientWidth === 0) return
    const { x, z } = this.#scene.size
    this.#setCell(Math.min((clientWidth - 32) / x, (clientHeight - 120) / z))
    this.#left = (clientWidth - x * this.#cell) / 2
    this.#top = (clientHeight - z * this.#cell) / 2
    this.#ask()
  }

  #setCell(pixels: number): void {
    this.#cell = Math.min(CELL.most, Math.max(CELL.least, pixels))
  }

  pan(dx: number, dy: number): void {
    this.#left += dx
    this.#top += dy
    this.#ask()
  }

  /** A plan has one side only. */
  orbit(dx: number, dy: number): void {
    this.pan(dx, dy)
  }

  zoom(factor: number, clientX: number, clientY: number): void {
    const { left, top } = this.canvas.getBoundingClientRect()
    const x = (clientX - left - this.#left) / this.#cell
    const z = (clientY - top - this.#top) / this.#cell
    this.#setCell(this.#cell / factor)
    this.#left = clientX - left - x * this.#cell
    this.#top = clientY - top - z * this.#cell
    this.#ask()
  }

  toggleFlight(): boolean {
    return false
  }

  fly(): void {
    this.#ask()
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#undo.run()
    this.#labels.dispose()
    this.canvas.remove()
  }
}
