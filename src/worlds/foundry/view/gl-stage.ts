// The foundry in three dimensions. One draw call for all parts and one for all items: the cost of a frame grows with
// pixels. An idle picture costs nothing, because it is drawn only when something has changed.

import { Color, LinearSRGBColorSpace, Scene as Space, WebGLRenderer } from 'three'
import { Undo } from '../../../kernel/view/dom.ts'
import { watchTheme } from '../../../kernel/view/theme.ts'
import type { Size } from '../geometry.ts'
import { Camera } from './camera.ts'
import { Meshes } from './gl-meshes.ts'
import { Labels } from './labels.ts'
import { readPalette } from './palette.ts'
import { type Picked, pick, planeAt } from './pick.ts'
import type { Scene } from './scene.ts'
import { extentOf, type LabelMark, type Look, type Stage } from './stage.ts'

/** Maximum steps per second at which items glide; above it they jump. */
const GLIDE_UP_TO = 20
/** Speed of flight, in cells per second. */
const FLIGHT = 14

/** @throws Error if WebGL 2 is not available */
export function createGlStage(host: HTMLElement): Stage {
  return new GlStage(host)
}

class GlStage implements Stage {
  readonly kind = 'space'
  readonly canvas: HTMLCanvasElement
  readonly #host: HTMLElement
  readonly #renderer: WebGLRenderer
  readonly #space = new Space()
  readonly #camera = new Camera()
  readonly #meshes: Meshes
  readonly #labels: Labels
  readonly #undo = new Undo()
  #scene: Scene | undefined
  #look: Look | undefined
  #marks: readonly LabelMark[] = []
  #frame = 0
  #since = 0
  #last = 0
  #flight: readonly [number, number, number] = [0, 0, 0]
  /** Whether the user has moved the picture: until then it is refitted whenever its size changes. */
  #isMoved = false

  constructor(host: HTMLElement) {
    this.#host = host
    const canvas = document.createElement('canvas')
    this.canvas = canvas
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, stencil: true, powerPreference: 'high-performance' })
    this.#renderer.outputColorSpace = LinearSRGBColorSpace
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio))
    host.append(canvas)
    this.#meshes = new Meshes((thing) => this.#space.add(thing))
    this.#labels = new Labels(host)
    const size = new ResizeObserver(() => this.#resize())
    size.observe(host)
    this.#undo.add(() => size.disconnect())
    this.#undo.add(watchTheme(() => this.#paint()))
    this.#paint()
    this.#resize()
  }

  #paint(): void {
    const palette = readPalette(this.#host)
    this.#meshes.paint(palette)
    const [r, g, b] = palette.materials[0] ?? [0, 0, 0]
    // In the renderer's working colour space: shaders write the page's colours unchanged.
    this.#renderer.setClearColor(new Color().setRGB(r, g, b))
    this.#ask()
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#host
    if (clientWidth === 0 || clientHeight === 0) return
    this.#renderer.setSize(clientWidth, clientHeight, false)
    this.#camera.resize(clientWidth, clientHeight)
    if (!this.#isMoved) this.fit()
    this.#ask()
  }

  show(scene: Scene, look: Look, labels: readonly LabelMark[]): void {
    const isNew = this.#scene !== scene
    this.#meshes.show(scene, this.#scene, look)
    if (isNew) this.#since = performance.now()
    const before = this.#scene
    this.#scene = scene
    this.#look = look
    this.#marks = labels
    if (!before || before.size.x !== scene.size.x || before.size.z !== scene.size.z) this.fit()
    this.#ask()
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now))
  }

  #draw(now: number): void {
    this.#frame = 0
    const look = this.#look
    const glides = look !== undefined && !look.isStill && look.speed > 0 && look.speed <= GLIDE_UP_TO
    const share = glides ? Math.min(1, ((now - this.#since) * look.speed) / 1000) : 1
    this.#meshes.setShare(share)
    if (this.#camera.isFlying && this.#flight.some((way) => way !== 0)) {
      const reach = (FLIGHT * Math.min(50, now - this.#last)) / 1000
      this.#camera.fly(this.#flight[0] * reach, this.#flight[1] * reach, this.#flight[2] * reach)
      this.#ask()
    }
    this.#last = now
    this.#meshes.setPixel(this.#camera.cellPixels)
    this.#renderer.render(this.#space, this.#camera.active)
    this.#labels.show(this.#marks, (x, y, z) => this.#camera.project(x, y, z), this.#host)
    this.#host.dataset.matrix = this.#camera
      .matrix()
      .elements.map((each) => each.toFixed(6))
      .join(' ')
    if (share < 1 && this.#meshes.hasMoving) this.#ask()
  }

  #toHost(clientX: number, clientY: number): readonly [number, number] {
    const { left, top } = this.canvas.getBoundingClientRect()
    return [clientX - left, clientY - top]
  }

  pick(clientX: number, clientY: number): Picked | undefined {
    if (!this.#scene) return undefined
    const ray = this.#camera.ray(...this.#toHost(clientX, clientY))
    return pick(this.#scene.layout, ray, this.#look?.cut ?? this.#scene.size.y)
  }

  cellAtLayer(clientX: number, clientY: number, layer: number): Size | undefined {
    const at = planeAt(this.#camera.ray(...this.#toHost(clientX, clientY)), layer)
    return at && { x: Math.floor(at.x), y: layer, z: Math.floor(at.z) }
  }

  fit(): void {
    if (!this.#scene || this.#host.clientWidth === 0) return
    const { low, high } = extentOf(this.#scene)
    this.#camera.fit(low, high)
    this.#isMoved = false
    this.#ask()
  }

  pan(dx: number, dy: number): void {
    this.#isMoved = true
    this.#camera.pan(dx, dy)
    this.#ask()
  }

  orbit(dx: number, dy: number): void {
    this.#isMoved = true
    this.#camera.orbit(dx, dy)
    this.#ask()
  }

  zoom(factor: number, clientX: number, clientY: number): void {
    this.#isMoved = true
    this.#camera.zoom(factor, ...this.#toHost(clientX, clientY))
    this.#ask()
  }

  toggleFlight(): boolean {
    this.#isMoved = true
    this.#camera.toggleFlight()
    this.#ask()
    return this.#camera.isFlying
  }

  fly(forward: number, right: number, up: number): void {
    this.#flight = [forward, right, up]
    this.#last = performance.now()
    this.#ask()
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#undo.run()
    this.#meshes.dispose()
    this.#labels.dispose()
    this.#renderer.dispose()
    this.#renderer.forceContextLoss()
    this.canvas.remove()
  }
}
