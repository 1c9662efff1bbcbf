// The colours of the page as numbers: custom properties read through a hidden element, so that the browser resolves
// themes and light-dark().
import { COLOURS } from './boxes.ts'

export type Rgb = readonly [number, number, number]

/** Colours besides those of materials. */
const OTHERS = {
  grid: '--i-grid',
  chevron: '--i-chev',
  seam: '--surface',
  here: '--i-here',
  ok: '--proved',
  no: '--refused',
  warn: '--warn',
  ink: '--ink',
  paper: '--paper',
  surface: '--surface',
  line: '--line-2',
  muted: '--ink-3',
  air: '--i-air',
} as const

export type Palette = Readonly<Record<keyof typeof OTHERS, Rgb>> & {
  /** By index in COLOURS, 0 to 1. */
  readonly materials: readonly Rgb[]
}

/** @param host an element on which the properties are defined */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span')
  probe.hidden = true
  host.append(probe)
  const colour = (property: string): Rgb => {
    probe.style.color = `var(${property})`
    return parseColour(getComputedStyle(probe).color)
  }
  const others = Object.fromEntries(Object.entries(OTHERS).map(([name, property]) => [name, colour(property)]))
  const materials = COLOURS.map((name) => colour(`--i-${name.replaceAll('_', '-')}`))
  probe.remove()
  const of = (name: keyof typeof OTHERS): Rgb => others[name] ?? [0, 0, 0]
  return {
    grid: of('grid'),
    chevron: of('chevron'),
    seam: of('seam'),
    here: of('here'),
    ok: of('ok'),
    no: of('no'),
    warn: of('warn'),
    ink: of('ink'),
    paper: of('paper'),
    surface: of('surface'),
    line: of('line'),
    muted: of('muted'),
    air: of('air'),
    materials,
  }
}

/** Parses 'rgb(1 2 3)' and 'rgb(1, 2, 3)', the forms in which browsers write computed colours. */
export function parseColour(text: string): Rgb {
  const [r = 0, g = 0, b = 0] = [...text.matchAll(/[\d.]+/g)].map(([digits]) => Number(digits) / 255)
  return [r, g, b]
}

export function cssOf([r, g, b]: Rgb, alpha = 1): string {
  return `rgb(${Math.round(r * 255)} ${Math.round(g * 255)} ${Math.round(b * 255)} / ${alpha})`
}
