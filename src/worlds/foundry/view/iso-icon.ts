// Small isometric pictures of parts for the palette, as SVG: the same boxes as in the main picture, with three tones
// each.
import { formOf, turnBox } from './boxes.ts'

const SVG = 'http://www.w3.org/2000/svg'
const ACROSS = 0.866
const SIDE = 28

interface Face {
  readonly points: string
  readonly depth: number
  readonly colour: string
  readonly tone: number
}

const WIRE = [
  { from: [0, 0.42, 0.42], to: [1, 0.58, 0.58], colour: 'wire' },
  { from: [0.42, 0.42, 0], to: [0.58, 0.58, 1], colour: 'wire' },
] as const

const place = (x: number, y: number, z: number): readonly [number, number] => [(x - z) * ACROSS, (x + z) / 2 - y]

/** A picture of a part that faces east, as tall as its icon. */
export function isoIcon(def: number): SVGSVGElement {
  const form = formOf(def)
  // A single wire is a cube too small to see: people recognise it by its arms.
  const shown = form[0]?.colour === 'wire' ? WIRE : form
  const faces = shown
    .flatMap((box) => {
      const { min, size } = turnBox(box, def, 1)
      return facesOf(min, size, `var(--i-${box.colour.replaceAll('_', '-')})`)
    })
    .sort((a, b) => a.depth - b.depth)
  const all = faces.flatMap(({ points }) => points.split(' ').map((pair) => pair.split(',').map(Number)))
  const xs = all.map(([x = 0]) => x)
  const ys = all.map(([, y = 0]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const span = Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1)
  const svg = document.createElementNS(SVG, 'svg')
  const width = Math.max(...xs) - left
  const height = Math.max(...ys) - top
  svg.setAttribute('viewBox', `${left - (span - width) / 2} ${top - (span - height) / 2} ${span} ${span}`)
  svg.setAttribute('width', String(SIDE))
  svg.setAttribute('height', String(SIDE))
  svg.setAttribute('aria-hidden', 'true')
  for (const { points, colour, tone } of faces) {
    const polygon = document.createElementNS(SVG, 'polygon')
    polygon.setAttribute('points', points)
    polygon.style.fill = tone === 1 ? colour : `color-mix(in srgb, ${colour} ${tone * 100}%, black)`
    polygon.style.stroke = 'var(--surface)'
    polygon.style.strokeWidth = String(span / 46)
    polygon.style.strokeLinejoin = 'round'
    svg.append(polygon)
  }
  return svg
}

type Three = readonly [number, number, number]

function facesOf([x, y, z]: Three, [w, h, d]: Three, colour: string): Face[] {
  const face = (tone: number, ...corners: readonly Three[]): Face => ({
    points: corners
      .map((corner) =>
        place(...corner)
          .map((each) => each.toFixed(3))
          .join(','),
      )
      .join(' '),
    depth: x + w + z + d + y * 2 + tone,
    colour,
    tone,
  })
  return [
    face(0.62, [x + w, y, z], [x + w, y, z + d], [x + w, y + h, z + d], [x + w, y + h, z]),
    face(0.8, [x, y, z + d], [x + w, y, z + d], [x + w, y + h, z + d], [x, y + h, z + d]),
    face(1, [x, y + h, z], [x + w, y + h, z], [x + w, y + h, z + d], [x, y + h, z + d]),
  ]
}
