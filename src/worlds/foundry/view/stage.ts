// The renderer of the foundry: in three dimensions if WebGL is available, otherwise as a plan. Both show the same
// scene, preview and selection, and report what is under the pointer.
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

/** Display settings besides the scene. */
export interface Look {
  readonly overlay: Overlay
  /** The highest visible layer. */
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
  /** The element that receives pointer and key events. */
  readonly canvas: HTMLCanvasElement
  /** Draws a new frame or changed display settings. */
  show(scene: Scene, look: Look, labels: readonly LabelMark[]): void
  /** The object at a position, in pixels of the window. */
  pick(clientX: number, clientY: number): Picked | undefined
  /** The cell of a layer at a screen position, whatever is there. */
  cellAtLayer(clientX: number, clientY: number, layer: number): Size | undefined
  /** Fits the whole floor, or the parts on it, into the picture. */
  fit(): void
  /** Pans by pixels, orbits, or zooms about a position in the window. */
  pan(dx: number, dy: number): void
  orbit(dx: number, dy: number): void
  zoom(factor: number, clientX: number, clientY: number): void
  /** Starts or stops flying; the plan cannot fly. @returns whether it is flying now */
  toggleFlight(): boolean
  /** Directions of flight, -1 to 1: forward, to the right, up. */
  fly(forward: number, right: number, up: number): void
  dispose(): void
}

/** The box around the existing parts with some floor around it: the initial view. */
export function extentOf(scene: Scene): { readonly low: Size; readonly high: Size } {
  const { size } = scene
  return { low: { x: 0, y: 1, z: 0 }, high: { x: size.x, y: Math.min(size.y, 3), z: size.z } }
}
