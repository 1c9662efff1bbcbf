// The appearance of each part: boxes in its own frame (right, up, forward from the back row), turned with its facing.
// Colours are palette names; the shader and the plan draw decals on faces.
import { PARTS, type PartDef } from '../catalogue.ts'

/** Colours of materials and items, each a custom property `--i-<name>`; their index is their number in shaders. */
export const COLOURS = [
  'floor',
  'edge',
  'belt',
  'mach',
  'heat',
  'dark',
  'sun',
  'pow',
  'port',
  'frame',
  'wire',
  'hot',
  'iron_ore',
  'copper_ore',
  'coal',
  'iron_plate',
  'copper_plate',
  'gear',
  'cable',
  'circuit',
  'glass',
] as const
export type Colour = (typeof COLOURS)[number]

/** Patterns drawn on faces. Chevrons point in the part's facing. */
export const DECALS = ['none', 'grid', 'chevron', 'panes', 'band', 'letter', 'hatch'] as const
export type Decal = (typeof DECALS)[number]

export interface PartBox {
  /** Minimum right, up and forward, in cells. */
  readonly from: readonly [number, number, number]
  readonly to: readonly [number, number, number]
  readonly colour: Colour
  readonly decal: Decal
}

const box = (from: PartBox['from'], to: PartBox['to'], colour: Colour, decal: Decal = 'none'): PartBox => ({
  from,
  to,
  colour,
  decal,
})

/** Height of the top of a belt, on which items lie. */
export const BELT_TOP = 0.28

const BELT = box([0, 0, 0], [1, BELT_TOP, 1], 'belt', 'chevron')

const FORMS: Readonly<Record<string, readonly PartBox[]>> = {
  frame_block: [box([0, 0, 0], [1, 1, 1], 'frame')],
  wire: [box([0.4, 0.4, 0.4], [0.6, 0.6, 0.6], 'wire')],
  conveyor: [BELT],
  lift: [
    BELT,
    box([0, BELT_TOP, 0], [0.12, 1, 0.12], 'dark'),
    box([0.88, BELT_TOP, 0], [1, 1, 0.12], 'dark'),
    box([0, BELT_TOP, 0.88], [0.12, 1, 1], 'dark'),
    box([0.88, BELT_TOP, 0.88], [1, 1, 1], 'dark'),
  ],
  splitter: [BELT, box([0.22, BELT_TOP, 0.22], [0.78, 0.62, 0.78], 'belt', 'chevron')],
  merger: [BELT, box([0.14, BELT_TOP, 0.14], [0.86, 0.5, 0.86], 'mach', 'chevron')],
  filter: [BELT, box([0.22, BELT_TOP, 0.22], [0.78, 0.7, 0.78], 'sun', 'chevron')],
  storage: [box([0.04, 0, 0.04], [0.96, 0.92, 0.96], 'frame', 'band')],
  extractor: [
    box([0.04, 0, 0.04], [0.96, 0.4, 0.96], 'mach'),
    box([0.22, 0.4, 0.22], [0.78, 0.84, 0.78], 'mach'),
    box([0.38, 0.84, 0.38], [0.62, 1, 0.62], 'dark'),
  ],
  smelter: [
    box([0.04, 0, 0.04], [0.96, 0.82, 1.96], 'heat'),
    box([0.3, 0.1, 1.94], [0.7, 0.5, 1.98], 'hot'),
    box([0.34, 0.82, 0.2], [0.66, 1, 0.52], 'dark'),
  ],
  assembler: [box([0.04, 0, 0.04], [2.96, 0.6, 0.96], 'mach', 'band'), box([1.2, 0.6, 0.2], [1.8, 0.95, 0.8], 'dark')],
  fabricator: [box([0.04, 0, 0.04], [2.96, 1.3, 0.96], 'mach', 'band'), box([0.3, 1.3, 0.2], [2.7, 1.9, 0.8], 'sun')],
  generator: [box([0.04, 0, 0.04], [0.96, 0.8, 1.96], 'pow'), box([0.34, 0.8, 0.2], [0.66, 1, 0.52], 'dark')],
  solar_panel: [
    box([0.42, 0, 0.42], [0.58, 0.3, 0.58], 'dark'),
    box([0.04, 0.3, 0.04], [0.96, 0.4, 0.96], 'sun', 'panes'),
  ],
  battery: [box([0.1, 0, 0.1], [0.9, 0.84, 0.9], 'pow', 'band'), box([0.38, 0.84, 0.38], [0.62, 0.96, 0.62], 'dark')],
  scrubber: [box([0.08, 0, 0.08], [0.92, 1.5, 0.92], 'port', 'band'), box([0.2, 1.5, 0.2], [0.8, 1.95, 0.8], 'dark')],
  delivery_port: [box([0, 0, 0], [1, 0.56, 1], 'dark'), box([0.15, 0.56, 0.15], [0.85, 0.74, 0.85], 'port')],
  vent: [box([0.06, 0, 0.06], [0.94, 0.5, 0.94], 'port', 'band'), box([0.2, 0.5, 0.2], [0.8, 0.6, 0.8], 'dark')],
}

/** The boxes of a part definition by its number. */
export function formOf(def: number): readonly PartBox[] {
  const part = PARTS[def]
  return part ? (FORMS[part.id] ?? [wholeOf(part)]) : []
}

/** The representative colour of a part when drawn small. */
export function colourOf(def: number): Colour {
  return formOf(def)[0]?.colour ?? 'frame'
}

/** A part as one box, for floors with very many parts. */
export function plainFormOf(def: number): readonly PartBox[] {
  const part = PARTS[def]
  const form = formOf(def)
  const first = form[0]
  if (!part || !first) return []
  if (part.kind === 'wire' || part.kind === 'belt') return [first]
  const tallest = Math.max(...form.map(({ to }) => to[1]))
  return [{ ...wholeOf(part), to: [part.footprint[0], tallest, part.footprint[2]], colour: first.colour }]
}

function wholeOf({ footprint }: PartDef): PartBox {
  return box([0, 0, 0], footprint, 'frame')
}

/** A box in world cells, relative to the part's origin. */
export interface WorldBox {
  readonly min: readonly [number, number, number]
  readonly size: readonly [number, number, number]
}

/** Turns a box of a part with a footprint; the same rotation as `turnCell` of geometry.ts. */
export function turnBox({ from, to }: Pick<PartBox, 'from' | 'to'>, def: number, facing: number): WorldBox {
  const [width, , depth] = PARTS[def]?.footprint ?? [1, 1, 1]
  const size = facing % 2 === 0 ? [to[0] - from[0], to[2] - from[2]] : [to[2] - from[2], to[0] - from[0]]
  const [across = 1, along = 1] = size
  const min = (x: number, z: number): WorldBox => ({
    min: [x, from[1], z],
    size: [across, to[1] - from[1], along],
  })
  switch (facing) {
    case 0:
      return min(from[0], depth - to[2])
    case 1:
      return min(from[2], from[0])
    case 2:
      return min(width - to[0], from[2])
    default:
      return min(depth - to[2], width - to[0])
  }
}
