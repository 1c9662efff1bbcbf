// Colours and patterns of the slots, read from the design tokens of the page and read again when the theme changes.

export interface Palette {
  readonly slots: readonly string[]
  readonly bare: string
  readonly seam: string
  readonly ink: string
  readonly head: string
  readonly pattern: string
  /** Large fills are slightly muted in the dark theme. */
  readonly opacity: number
}

const SLOTS = 8

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise
  return {
    slots: Array.from({ length: SLOTS }, (_, slot) => token(`--s${slot}`, 'gray')),
    bare: token('--field', 'lightgray'),
    seam: token('--surface', 'white'),
    ink: token('--ink', 'black'),
    head: token('--surface', 'white'),
    pattern: token('--pattern', 'white'),
    opacity: Number(token('--fill-opacity', '1')),
  }
}

/** Period of a fill pattern, in pixels. */
const TILE = 10

/** The fill of a slot's tiles, so that slots never differ by hue alone: plain, stripes, dots, lines, hatch, … */
export function fillOf(slot: number, palette: Palette, context: CanvasRenderingContext2D): CanvasPattern | string {
  const colour = palette.slots[slot % SLOTS] ?? palette.ink
  const draw = FILLS[slot % SLOTS]
  if (!draw) return colour
  const tile = document.createElement('canvas')
  tile.width = TILE
  tile.height = TILE
  const brush = tile.getContext('2d')
  if (!brush) return colour
  brush.fillStyle = colour
  brush.fillRect(0, 0, TILE, TILE)
  brush.strokeStyle = palette.pattern
  brush.fillStyle = palette.pattern
  brush.globalAlpha = 0.42
  brush.lineWidth = 2
  draw(brush)
  return context.createPattern(tile, 'repeat') ?? colour
}

type Draw = (brush: CanvasRenderingContext2D) => void

const line = (brush: CanvasRenderingContext2D, ...points: readonly [number, number, number, number]): void => {
  brush.beginPath()
  brush.moveTo(points[0], points[1])
  brush.lineTo(points[2], points[3])
  brush.stroke()
}

const circle = (brush: CanvasRenderingContext2D, radius: number): void => {
  brush.beginPath()
  brush.arc(TILE / 2, TILE / 2, radius, 0, 2 * Math.PI)
}

const FILLS: readonly (Draw | undefined)[] = [
  undefined,
  (brush) => {
    for (const shift of [-TILE, 0, TILE]) line(brush, shift - 1, TILE + 1, shift + TILE + 1, -1)
  },
  (brush) => {
    circle(brush, 1.5)
    brush.fill()
  },
  (brush) => line(brush, 0, TILE / 2, TILE, TILE / 2),
  (brush) => {
    brush.lineWidth = 1.4
    line(brush, 0, TILE, TILE, 0)
    line(brush, 0, 0, TILE, TILE)
  },
  (brush) => line(brush, TILE / 2, 0, TILE / 2, TILE),
  (brush) => {
    brush.fillRect(0, 0, TILE / 2, TILE / 2)
    brush.fillRect(TILE / 2, TILE / 2, TILE / 2, TILE / 2)
  },
  (brush) => {
    brush.lineWidth = 1.4
    circle(brush, 3)
    brush.stroke()
  },
]
