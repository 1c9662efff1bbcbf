// A small picture of the foundry for lists: the floor and its parts seen from above one corner, drawn on a 2-D canvas. It
// shows what the view shows, without controls and without the library that draws the view in three dimensions.
import { watchTheme } from '../../../kernel/view/theme.ts'
import type { ViewModule, ViewSource } from '../../../kernel/view.ts'
import { BELT_TOP } from './boxes.ts'
import { buildItems, buildParts, ITEM_STRIDE, PathCache, STRIDE } from './instances.ts'
import { cssOf, type Palette, type Rgb, readPalette } from './palette.ts'
import { readScene, type Scene } from './scene.ts'

/** Width of half a cell for a height of one, seen at 30 degrees. */
const ACROSS = 0.866
/** Half the width of an item, in cells. */
const ITEM = 0.17
/** Cells around the parts. */
const MARGIN = 1.5
/** Parts from which only their tops are drawn: sides would be less than a pixel. */
const MANY = 3000

export const view: ViewModule = {
  mount(element, source) {
    const canvas = document.createElement('canvas')
    canvas.style.cssText = 'display:block;width:100%;height:100%'
    element.append(canvas)
    const picture = new Picture(canvas, source)
    const size = new ResizeObserver(() => picture.ask())
    size.observe(canvas)
    const stop = [
      source.subscribe(() => picture.ask()),
      watchTheme(() => picture.recolour()),
      () => size.disconnect(),
      () => picture.dispose(),
      () => canvas.remove(),
    ]
    picture.ask()
    return () => {
      for (const each of stop) each()
    }
  },
}

interface Cuboid {
  readonly min: readonly [number, number, number]
  readonly size: readonly [number, number, number]
  readonly colour: number
}

class Picture {
  readonly #canvas: HTMLCanvasElement
  readonly #source: ViewSource
  readonly #paths = new PathCache()
  #palette: Palette | undefined
  #scene: Scene | undefined
  #asked = 0

  constructor(canvas: HTMLCanvasElement, source: ViewSource) {
    this.#canvas = canvas
    this.#source = source
  }

  /** Draws once in the next frame of the page, however often it is asked. */
  ask(): void {
    if (this.#asked === 0) this.#asked = requestAnimationFrame(() => this.#draw())
  }

  recolour(): void {
    this.#palette = undefined
    this.ask()
  }

  dispose(): void {
    cancelAnimationFrame(this.#asked)
  }

  #draw(): void {
    this.#asked = 0
    const { frame } = this.#source
    const pen = this.#canvas.getContext('2d')
    const { clientWidth: width, clientHeight: height, parentElement: host } = this.#canvas
    if (!frame || !pen || !host || width === 0 || height === 0) return
    const scene = readScene(frame.view, this.#scene)
    this.#scene = scene
    this.#palette ??= readPalette(host)
    const scale = Math.min(2, devicePixelRatio)
    this.#canvas.width = Math.round(width * scale)
    this.#canvas.height = Math.round(height * scale)
    const all = [...partsOf(scene), ...itemsOf(scene, this.#paths)].sort(byDepth)
    const eye = fit(boundsOf(scene, all), this.#canvas.width, this.#canvas.height)
    drawFloor(pen, scene, this.#palette, eye)
    const faces = all.length > MANY ? 1 : 3
    for (const each of all) drawCuboid(pen, each, this.#palette, { ...eye, faces })
  }
}

function partsOf(scene: Scene): Cuboid[] {
  const { data, count } = buildParts(scene)
  // The first box is the ground, which is drawn by itself.
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => cuboidAt(data, (index + 1) * STRIDE))
}

function cuboidAt(data: Float32Array, at: number): Cuboid {
  const [x = 0, y = 0, z = 0, w = 0, h = 0, d = 0, colour = 0] = data.subarray(at, at + 7)
  return { min: [x, y, z], size: [w, h, d], colour }
}

function itemsOf(scene: Scene, paths: PathCache): Cuboid[] {
  const { data, count } = buildItems(scene, undefined, paths)
  return Array.from({ length: count }, (_, index) => {
    const at = index * ITEM_STRIDE
    const [x = 0, y = 0, z = 0, colour = 0] = data.subarray(at + 3, at + 7)
    return { min: [x - ITEM, y, z - ITEM], size: [2 * ITEM, 2 * ITEM, 2 * ITEM], colour }
  })
}

/** From the back to the front; an item lies above its belt. */
function byDepth(a: Cuboid, b: Cuboid): number {
  const depth = ({ min: [x, y, z], size: [w, , d] }: Cuboid): number => x + z + (w + d) / 2 + y * 2
  return depth(a) - depth(b)
}

interface Bounds {
  readonly low: readonly [number, number]
  readonly high: readonly [number, number]
}

/** The cells around the parts; of an empty floor the whole floor. */
function boundsOf({ size }: Scene, all: readonly Cuboid[]): Bounds {
  const built = all.filter(({ size: [, height] }) => height > BELT_TOP / 2)
  if (built.length === 0) return { low: [0, 0], high: [size.x, size.z] }
  const least = (axis: 0 | 2): number => built.reduce((low, { min }) => Math.min(low, min[axis]), Number.MAX_VALUE)
  const most = (axis: 0 | 2): number =>
    built.reduce((high, { min, size: extent }) => Math.max(high, min[axis] + extent[axis]), 0)
  return {
    low: [Math.max(0, least(0) - MARGIN), Math.max(0, least(2) - MARGIN)],
    high: [Math.min(size.x, most(0) + MARGIN), Math.min(size.z, most(2) + MARGIN)],
  }
}

/** From cells to pixels. */
interface Eye {
  readonly cell: number
  readonly left: number
  readonly top: number
}

type Point = readonly [number, number, number]

function fit({ low, high }: Bounds, width: number, height: number): Eye {
  const [across, along] = [high[0] - low[0], high[1] - low[1]]
  // Parts are up to two cells high.
  const cell = Math.min(width / ((across + along) * ACROSS), height / ((across + along) / 2 + 2))
  const [x, z] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2]
  return { cell, left: width / 2 - (x - z) * ACROSS * cell, top: height / 2 + cell / 2 - ((x + z) / 2 - 1) * cell }
}

const place = ({ cell, left, top }: Eye, [x, y, z]: Point): readonly [number, number] => [
  left + (x - z) * ACROSS * cell,
  top + ((x + z) / 2 - y) * cell,
]

function fill(pen: CanvasRenderingContext2D, eye: Eye, colour: string, corners: readonly Point[]): void {
  pen.beginPath()
  for (const [index, corner] of corners.entries()) {
    const [x, y] = place(eye, corner)
    if (index === 0) pen.moveTo(x, y)
    else pen.lineTo(x, y)
  }
  pen.closePath()
  pen.fillStyle = colour
  pen.fill()
}

function drawFloor(pen: CanvasRenderingContext2D, { size }: Scene, { materials, grid }: Palette, eye: Eye): void {
  pen.fillStyle = cssOf(materials[0] ?? [0, 0, 0])
  pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height)
  pen.strokeStyle = cssOf(grid)
  pen.lineWidth = Math.max(1, eye.cell / 24)
  pen.beginPath()
  const line = (from: Point, to: Point): void => {
    pen.moveTo(...place(eye, from))
    pen.lineTo(...place(eye, to))
  }
  for (let x = 0; x <= size.x; x++) line([x, 1, 0], [x, 1, size.z])
  for (let z = 0; z <= size.z; z++) line([0, 1, z], [size.x, 1, z])
  pen.stroke()
}

/** Three faces in three tones, or only the top. */
function drawCuboid(
  pen: CanvasRenderingContext2D,
  { min: [x, y, z], size: [w, h, d], colour }: Cuboid,
  { materials }: Palette,
  eye: Eye & { readonly faces: number },
): void {
  const base: Rgb = materials[colour] ?? [0, 0, 0]
  const tone = (share: number): string => cssOf([base[0] * share, base[1] * share, base[2] * share])
  const [right, top, front] = [x + w, y + h, z + d]
  if (eye.faces === 3 && h > BELT_TOP / 8) {
    fill(pen, eye, tone(0.62), [
      [right, y, z],
      [right, y, front],
      [right, top, front],
      [right, top, z],
    ])
    fill(pen, eye, tone(0.8), [
      [x, y, front],
      [right, y, front],
      [right, top, front],
      [x, top, front],
    ])
  }
  fill(pen, eye, tone(1), [
    [x, top, z],
    [right, top, z],
    [right, top, front],
    [x, top, front],
  ])
}
