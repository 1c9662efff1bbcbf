// Draws a field on a canvas: tiles with seams, trails of the last steps, and a marked head for every painter.
import type { Field } from './field.ts'
import type { Palette } from './palette.ts'

/** Shapes of the slots' marks in a square of 12, the same throughout the application. */
const MARKS: readonly string[] = [
  'M6 1a5 5 0 1 0 .01 0z',
  'M1.2 1.2h9.6v9.6H1.2z',
  'M6 .8 11.4 10.8H.6z',
  'M6 .2 11.8 6 6 11.8.2 6z',
  'M3.2 1h5.6l2.8 5-2.8 5H3.2L.4 6z',
  'M4.2.8h3.6v3.4h3.4v3.6H7.8v3.4H4.2V7.8H.8V4.2h3.4z',
  'M6 .8a5.2 5.2 0 1 0 .01 0zM6 3.4a2.6 2.6 0 1 1-.01 0z',
  'm6 .3 1.7 3.7 4 .5-3 2.8.8 4L6 9.3l-3.5 2 .8-4-3-2.8 4-.5z',
]

export interface Scene {
  readonly field: Field
  /** Where each painter is drawn, in tiles; between two tiles while it moves. */
  readonly heads: readonly (readonly [number, number])[]
  /** Recent positions of each painter, oldest first. */
  readonly trails: readonly (readonly (readonly [number, number])[])[]
}

export interface Brush {
  readonly context: CanvasRenderingContext2D
  readonly palette: Palette
  readonly fills: readonly (CanvasPattern | string)[]
  /** Pixels of the canvas. */
  readonly width: number
  readonly height: number
}

/** Pixels per tile: the largest whole number that fits, so that seams are sharp. */
export function tileSize(field: Field, width: number, height: number): number {
  return Math.max(1, Math.floor(Math.min(width / field.width, height / field.height)))
}

export function draw(brush: Brush, { field, heads, trails }: Scene): void {
  const { context, palette, fills, width, height } = brush
  const size = tileSize(field, width, height)
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
  const left = Math.floor((width - size * field.width) / 2)
  const top = Math.floor((height - size * field.height) / 2)
  context.translate(left, top)
  context.fillStyle = palette.seam
  context.fillRect(0, 0, size * field.width, size * field.height)
  const seam = Math.max(1, Math.round(size / 32))
  for (let tile = 0; tile < field.owners.length; tile++) {
    const owner = field.owners[tile]
    const x = (tile % field.width) * size
    const y = Math.floor(tile / field.width) * size
    context.fillStyle = palette.bare
    context.fillRect(x + seam, y + seam, size - 2 * seam, size - 2 * seam)
    if (owner === undefined || owner < 0) continue
    context.globalAlpha = owner === 1 || owner === 2 ? palette.opacity : 1
    context.fillStyle = fills[owner] ?? palette.bare
    context.fillRect(x + seam, y + seam, size - 2 * seam, size - 2 * seam)
    context.globalAlpha = 1
  }
  for (const trail of trails) drawTrail(context, palette, { trail, size })
  for (const [slot, head] of heads.entries()) drawHead(context, palette, { slot, head, size })
}

function drawTrail(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { trail, size }: { trail: readonly (readonly [number, number])[]; size: number },
): void {
  if (trail.length < 2) return
  context.beginPath()
  for (const [index, [x, y]] of trail.entries()) {
    if (index === 0) context.moveTo((x + 0.5) * size, (y + 0.5) * size)
    else context.lineTo((x + 0.5) * size, (y + 0.5) * size)
  }
  context.strokeStyle = palette.pattern
  context.globalAlpha = 0.75
  context.lineWidth = Math.max(2, size / 9)
  context.lineCap = 'square'
  context.lineJoin = 'miter'
  context.stroke()
  context.globalAlpha = 1
}

function drawHead(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { slot, head, size }: { slot: number; head: readonly [number, number]; size: number },
): void {
  const [x, y] = head
  const radius = Math.max(5, size * 0.38)
  context.save()
  context.translate((x + 0.5) * size, (y + 0.5) * size)
  context.beginPath()
  context.arc(0, 0, radius, 0, 2 * Math.PI)
  context.fillStyle = palette.head
  context.fill()
  context.lineWidth = Math.max(1.5, size / 14)
  context.strokeStyle = palette.ink
  context.stroke()
  const scale = (radius * 1.1) / 12
  context.scale(scale, scale)
  context.translate(-6, -6)
  context.fillStyle = palette.slots[slot % palette.slots.length] ?? palette.ink
  context.fill(new Path2D(MARKS[slot % MARKS.length]))
  context.restore()
}
