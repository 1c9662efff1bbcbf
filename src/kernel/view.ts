// The interface of a world's browser view. Types only: views are DOM code in `src/worlds/<id>/view` or in a package of
// their own, and the application, the contract pages and shared files mount them in the same way.
import type { JsonObject } from '../protocol/json.ts'
import type { ViewFrame } from '../protocol/live.ts'

export type { ViewFrame } from '../protocol/live.ts'

/**
 * Where a view gets its frames. They may be live, recorded or scrubbed; the view does not need to know which.
 *
 * @example
 * import type { ViewSource } from 'paracosm/world'
 *
 * export const stepOf = (source: ViewSource): number => source.frame?.step ?? 0
 */
export interface ViewSource {
  readonly world: {
    readonly id: string
    readonly version: string
    readonly variant: string
    readonly title: string
  }
  readonly slots: readonly { readonly slot: number; readonly name: string }[]
  /** The slot whose observation `frame.view` is; null: the public view. */
  readonly perspective: number | null
  readonly frame: ViewFrame | undefined
  /** Calls `listener` after every new frame. Returns a function that stops it. */
  subscribe(listener: () => void): () => void
  /** Steps per second now; 0 while paused. Views interpolate only up to four times the world's pace. */
  readonly speed: number
  /** Sends a command for the viewer's slot; present when the viewer plays. */
  send?(command: JsonObject): void
  /** The JSON Schema of the world's commands, for views that make their controls of it; present with `send`. */
  readonly commands?: JsonObject
  /** The headless inspection of one part, at the frame's step. */
  inspect?(id: number): Promise<JsonObject | undefined>
  readonly reducedMotion: boolean
}

/**
 * What the browser module of a world exports, as `view` or as its default.
 *
 * @example
 * import type { ViewModule } from 'paracosm/world'
 *
 * export const view: ViewModule = {
 *   mount(element, source) {
 *     const draw = () => { element.textContent = JSON.stringify(source.frame?.view) }
 *     draw()
 *     return source.subscribe(draw)
 *   },
 * }
 */
export interface ViewModule {
  /** Draws into `element` until the function that it returns is called. */
  mount(element: ViewElement, source: ViewSource): () => void
}

/** An `HTMLElement`, where the DOM's types are known. */
export type ViewElement = typeof globalThis extends { HTMLElement: { prototype: infer Element } }
  ? Element
  : { textContent: string | null }
