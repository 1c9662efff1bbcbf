// What the foundry is drawn on: in three dimensions where there is WebGL, else as a plan. Both show the same scene, preview
// and selection, and say what is under the pointer.
import type { Size } from '../geometry.ts'
import type { Picked } from './pick.ts'
import type { Placement } from './preview.ts'
import type { Scene } from './scene.ts'

export const OVERLAYS = ['floor', 'power', 'air'] as const
export type Overlay = (typeof OVERLAYS)[number]

/** A part that is about to be placed. */
export interface PreviewPart extends Placement {
  readonly fits: boolean
}

/** What is shown besides the scene. */
export interface Look {
  readonly overlay: Overlay
  /** The highest layer that is shown. */
  readonly cut: number
  /** Ids of parts; 0: none. */
  readonly selected: number
  readonly hovered: number
  readonly preview: readonly PreviewPart[]
  /** Steps per second; items glide between ticks only when this is low and not 0. */
  readonly speed: number
  readonly isStill: boolean
}

export interface LabelMark {
  readonly text: string
  readonly kind: 'plain' | 'here' | 'ok' | 'no'
  readonly x: number
  readonly y: number
  readonly z: number
}

export interface Stage {
  readonly kind: 'space' | 'plan'
  /** The element that takes the pointer and the keys. */
  readonly canvas: HTMLCanvasElement
  /** A new frame, or a look that has changed. */
  show(scene: Scene, look: Look, labels: readonly LabelMark[]): void
  /** What is at a place of the screen, in pixels of the window. */
  pick(clientX: number, clientY: number): Picked | undefined
  /** The cell of a layer at a place of the screen, whatever stands there. */
  cellAtLayer(clientX: number, clientY: number, layer: number): Size | undefined
  /** Brings the whole floor, or what stands on it, into the picture. */
  fit(): void
  /** Moves the picture by pixels, turns it, or zooms about a place of the window. */
  pan(dx: number, dy: number): void
  orbit(dx: number, dy: number): void
  zoom(factor: number, clientX: number, clientY: number): void
  /** Flies (or stops). Plans do not. @returns whether it flies now */
  toggleFlight(): boolean
  /** Directions of flight, -1 to 1: forward, to the right, up. */
  fly(forward: number, right: number, up: number): void
  dispose(): void
}

/** The box around what stands, with some floor around it: what a picture begins with. */
export function extentOf(scene: Scene): { readonly low: Size; readonly high: Size } {
  const { size } = scene
  return { low: { x: 0, y: 1, z: 0 }, high: { x: size.x, y: Math.min(size.y, 3), z: size.z } }
}
