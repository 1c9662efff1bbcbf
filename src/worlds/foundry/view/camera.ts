// The camera: initially isometric; it can orbit around a point or fly. It converts screen positions to rays and back.
import { Matrix4, OrthographicCamera, PerspectiveCamera, Vector3 } from 'three'
import type { Size } from '../geometry.ts'
import type { Ray } from './pick.ts'

/** Elevation of an isometric projection: atan(1 / sqrt 2). */
const ISOMETRIC = 0.61548
/** Number of cells from top to bottom of the picture. */
const SPAN = { least: 3, most: 1200 }
const STEEPEST = Math.PI / 2 - 0.01
/** Distance of the camera in the orthographic projection: outside of everything. */
const AWAY = 3000

export class Camera {
  readonly #flat = new OrthographicCamera(-1, 1, 1, -1, 1, AWAY * 2)
  readonly #deep = new PerspectiveCamera(55, 1, 0.1, AWAY)
  readonly #target = new Vector3()
  #azimuth = Math.PI / 4
  #elevation = ISOMETRIC
  #span = 16
  #width = 1
  #height = 1
  #eye: { readonly at: Vector3; yaw: number; pitch: number } | undefined

  get isFlying(): boolean {
    return this.#eye !== undefined
  }

  get active(): OrthographicCamera | PerspectiveCamera {
    return this.#eye ? this.#deep : this.#flat
  }

  /** Approximate height of a cell in pixels. */
  get cellPixels(): number {
    return this.#height / this.#span
  }

  resize(width: number, height: number): void {
    this.#width = Math.max(1, width)
    this.#height = Math.max(1, height)
    this.update()
  }

  /** Fits a box into the picture, from corner to corner. */
  fit(low: Size, high: Size): void {
    this.#target.set((low.x + high.x) / 2, 1, (low.z + high.z) / 2)
    const wide = (high.x - low.x + (high.z - low.z)) * Math.SQRT1_2
    const tall = wide * Math.sin(ISOMETRIC) + (high.y - low.y) * Math.cos(ISOMETRIC)
    const aspect = this.#width / this.#height
    this.#azimuth = Math.PI / 4
    this.#elevation = ISOMETRIC
    this.#eye = undefined
    this.#setSpan(Math.max(tall, wide / aspect) * 1.16)
    this.update()
  }

  #setSpan(span: number): void {
    this.#span = Math.min(SPAN.most, Math.max(SPAN.least, span))
  }

  orbit(dx: number, dy: number): void {
    if (this.#eye) {
      this.#eye.yaw -= dx * 0.004
      this.#eye.pitch = clamp(this.#eye.pitch - dy * 0.004, -STEEPEST, STEEPEST)
    } else {
      this.#azimuth -= dx * 0.006
      this.#elevation = clamp(this.#elevation + dy * 0.006, 0.12, STEEPEST)
    }
    this.update()
  }

  /** Pans by pixels. */
  pan(dx: number, dy: number): void {
    const before = this.floorAt(this.#width / 2, this.#height / 2)
    const after = this.floorAt(this.#width / 2 - dx, this.#height / 2 - dy)
    if (this.#eye || !before || !after) return
    this.#target.x += after.x - before.x
    this.#target.z += after.z - before.z
    this.update()
  }

  /** Zooms about a screen position. @param factor below 1: nearer */
  zoom(factor: number, left: number, top: number): void {
    if (this.#eye) {
      this.#eye.at.addScaledVector(this.#look(), (1 - factor) * 12)
      this.update()
      return
    }
    const before = this.floorAt(left, top)
    this.#setSpan(this.#span * factor)
    this.update()
    const after = this.floorAt(left, top)
    if (!before || !after) return
    this.#target.x += before.x - after.x
    this.#target.z += before.z - after.z
    this.update()
  }

  /** Starts or stops flying, from the current viewpoint. */
  toggleFlight(): void {
    if (this.#eye) {
      this.#eye = undefined
    } else {
      const at = this.#target.clone().addScaledVector(this.#direction(), -Math.min(60, this.#span))
      this.#eye = { at, yaw: this.#azimuth, pitch: -this.#elevation }
    }
    this.update()
  }

  /** Flies by a number of cells: forward, to the right, up. */
  fly(forward: number, right: number, up: number): void {
    if (!this.#eye) return
    const look = this.#look()
    const side = new Vector3(-look.z, 0, look.x).normalize()
    this.#eye.at.addScaledVector(look, forward).addScaledVector(side, right)
    this.#eye.at.y = clamp(this.#eye.at.y + up, 1.3, 300)
    this.update()
  }

  #look(): Vector3 {
    const { yaw, pitch } = this.#eye ?? { yaw: this.#azimuth, pitch: -this.#elevation }
    return new Vector3(-Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), -Math.cos(yaw) * Math.cos(pitch))
  }

  #direction(): Vector3 {
    const flat = Math.cos(this.#elevation)
    return new Vector3(-Math.sin(this.#azimuth) * flat, -Math.sin(this.#elevation), -Math.cos(this.#azimuth) * flat)
  }

  update(): void {
    const aspect = this.#width / this.#height
    if (this.#eye) {
      this.#deep.aspect = aspect
      this.#deep.position.copy(this.#eye.at)
      this.#deep.lookAt(this.#eye.at.clone().add(this.#look()))
      this.#deep.updateProjectionMatrix()
      this.#deep.updateMatrixWorld(true)
      return
    }
    const half = this.#span / 2
    this.#flat.left = -half * aspect
    this.#flat.right = half * aspect
    this.#flat.top = half
    this.#flat.bottom = -half
    this.#flat.position.copy(this.#target).addScaledVector(this.#direction(), -AWAY)
    this.#flat.lookAt(this.#target)
    this.#flat.updateProjectionMatrix()
    this.#flat.updateMatrixWorld(true)
  }

  /** The ray through a screen position, in pixels from the top left. */
  ray(left: number, top: number): Ray {
    const camera = this.active
    const x = (left / this.#width) * 2 - 1
    const y = 1 - (top / this.#height) * 2
    const near = new Vector3(x, y, -1).unproject(camera)
    const far = new Vector3(x, y, 1).unproject(camera)
    return { from: [near.x, near.y, near.z], to: [far.x, far.y, far.z] }
  }

  floorAt(left: number, top: number): { readonly x: number; readonly z: number } | undefined {
    const { from, to } = this.ray(left, top)
    const fall = to[1] - from[1]
    if (fall === 0) return undefined
    const share = (1 - from[1]) / fall
    return { x: from[0] + (to[0] - from[0]) * share, z: from[2] + (to[2] - from[2]) * share }
  }

  /** The screen position of a point of the world; undefined: behind the camera. */
  project(x: number, y: number, z: number): { readonly left: number; readonly top: number } | undefined {
    const at = new Vector3(x, y, z).project(this.active)
    if (at.z < -1 || at.z > 1) return undefined
    return { left: ((at.x + 1) / 2) * this.#width, top: ((1 - at.y) / 2) * this.#height }
  }

  /** Transforms world coordinates to screen coordinates of -1 to 1, for callers that locate a cell on the screen. */
  matrix(): Matrix4 {
    return new Matrix4().multiplyMatrices(this.active.projectionMatrix, this.active.matrixWorldInverse)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
