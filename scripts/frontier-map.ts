// Draws the map of frontier from its content: docs/worlds/frontier-map.svg. `node scripts/frontier-map.ts` writes it; a
// test compares it. The position of a cell on the sheet only matters for the picture, so it is set here.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CONTENT } from '../src/worlds/frontier/content/content.ts'
import type { CellRow, Content, DoorRow } from '../src/worlds/frontier/content/shape.ts'
import { TERRAIN } from '../src/worlds/frontier/terrain.ts'

export const MAP_PATH = 'docs/worlds/frontier-map.svg'

/** Size of a tile, and of the margin around the sheet, in pixels. */
const TILE = 14
const EDGE = 28
/** Upper left corner of each cell on the sheet, in tiles. */
const SHEET: Readonly<Record<string, readonly [x: number, y: number]>> = {
  'fold-hut': [48, 3],
  'gorse-heath': [14, 2],
  lowmarrow: [0, 22],
  'sedge-road': [31, 22],
  'ninefold-cut': [70, 18],
  'ninefold-deep': [71, 35],
  'dry-ferry': [0, 42],
  'mend-house': [13, 42],
  'bell-house': [26, 42],
  'assay-house': [38, 42],
}
const COLUMNS = 98
const ROWS = 57

const COLOURS: Readonly<Record<string, string>> = {
  wall: '#4b4640',
  crag: '#8d867a',
  water: '#7fb2cf',
  furniture: '#a98660',
  road: '#dcc79a',
  grass: '#c9d8a4',
  floor: '#ecdfc6',
  slate: '#c3cad2',
  rubble: '#9aa3ad',
  trees: '#88ab6d',
  marsh: '#a3bda2',
}

interface Kind {
  readonly label: string
  readonly colour: string
  readonly shape: (x: number, y: number) => string
}

const circle = (radius: number) => (x: number, y: number) => `<circle cx="${x}" cy="${y}" r="${radius}"/>`
const KINDS = {
  person: { label: 'person', colour: '#1f5fa8', shape: circle(5) },
  creature: {
    label: 'creature',
    colour: '#b3261e',
    shape: (x: number, y: number) => `<path d="M${x} ${y - 6}l6 11h-12z"/>`,
  },
  container: {
    label: 'container',
    colour: '#6b3f12',
    shape: (x: number, y: number) => `<rect x="${x - 5}" y="${y - 4}" width="10" height="8"/>`,
  },
  thing: { label: 'item', colour: '#0d7a3f', shape: circle(3) },
  door: {
    label: 'door',
    colour: '#e08a00',
    shape: (x: number, y: number) => `<path d="M${x} ${y - 6}l6 6l-6 6l-6 -6z"/>`,
  },
} as const satisfies Record<string, Kind>

/** The complete picture. @throws Error for a cell without a position on the sheet */
export function drawMap(content: Content): string {
  const width = COLUMNS * TILE + 2 * EDGE
  const height = ROWS * TILE + 2 * EDGE
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Georgia, serif">`,
    '<title>Map of the world frontier</title>',
    `<rect width="${width}" height="${height}" fill="#f7f1e3"/>`,
    ...content.cells.flatMap(drawGround),
    ...drawPassages(content),
    ...content.cells.map(drawTitle),
    ...drawMarks(content),
    ...drawLegend(),
    '</svg>',
  ].join('\n')}\n`
}

function cornerOf(cell: string): readonly [number, number] {
  const corner = SHEET[cell]
  if (!corner) throw new Error(`give ${cell} a place on the sheet of scripts/frontier-map.ts`)
  return [EDGE + corner[0] * TILE, EDGE + corner[1] * TILE]
}

function centreOf(at: { readonly cell: string; readonly x: number; readonly y: number }): readonly [number, number] {
  const [left, top] = cornerOf(at.cell)
  return [left + at.x * TILE + TILE / 2, top + at.y * TILE + TILE / 2]
}

/** The ground: one line per row, with a rectangle for each run of equal tiles. */
function drawGround(cell: CellRow): string[] {
  const [left, top] = cornerOf(cell.id)
  const out: string[] = []
  for (const [y, row] of cell.rows.entries()) {
    const runs = [...row.matchAll(/(.)\1*/g)].map((run) => {
      const colour = COLOURS[TERRAIN[run[0].charAt(0)]?.name ?? ''] ?? '#ff00ff'
      const box = `x="${left + run.index * TILE}" y="${top + y * TILE}" width="${run[0].length * TILE}" height="${TILE}"`
      return `<rect ${box} fill="${colour}" stroke="${colour}" stroke-width="0.5"/>`
    })
    out.push(runs.join(''))
  }
  return out
}

function drawTitle(cell: CellRow): string {
  const [left, top] = cornerOf(cell.id)
  const style =
    'font-size="17" font-weight="bold" fill="#2d2a26" stroke="#f7f1e3" stroke-width="5" paint-order="stroke"'
  return `<text x="${left}" y="${top - 7}" ${style}>${escapeXml(cell.name)}</text>`
}

/** A dashed line from each door to its other side; house doors get names instead, to keep the town readable. */
function drawPassages(content: Content): string[] {
  const { doors } = content
  const seen = new Set<string>()
  return doors.flatMap((door: DoorRow) => {
    const other = doors.find((each) => each.id === door.to)
    if (!other || seen.has(other.id) || houseBehind(content, door) || houseBehind(content, other)) return []
    seen.add(door.id)
    const [ax, ay] = centreOf(door)
    const [bx, by] = centreOf(other)
    return [
      `<path d="M${ax} ${ay}L${bx} ${by}" fill="none" stroke="#e08a00" stroke-width="1.6" stroke-dasharray="5 4"/>`,
    ]
  })
}

/** The house that a door leads into, if it does. */
function houseBehind(content: Content, door: DoorRow): CellRow | undefined {
  const beyond = content.doors.find((each) => each.id === door.to)?.cell
  return content.cells.find((cell) => cell.id === beyond && cell.kind === 'house')
}

function drawMarks(content: Content): string[] {
  const groups: readonly (readonly [Kind, readonly { name: string; cell: string; x: number; y: number }[]])[] = [
    [KINDS.door, content.doors.map((door) => ({ ...door, name: houseBehind(content, door)?.name ?? '' }))],
    [KINDS.thing, content.things.map((thing) => ({ ...thing, name: '' }))],
    [KINDS.container, content.containers],
    [KINDS.creature, content.creatures],
    [KINDS.person, content.people],
  ]
  const marks = groups.flatMap(([kind, rows]) =>
    rows.map((row) => `<g fill="${kind.colour}" stroke="#fff" stroke-width="1">${kind.shape(...centreOf(row))}</g>`),
  )
  const labels = groups.flatMap(([kind, rows]) =>
    rows.flatMap((row) => (row.name === '' ? [] : [label(content, kind, row)])),
  )
  return [...marks, ...labels]
}

/** A name next to its mark: to the right, or to the left at the edge of the cell; below containers, above doors. */
function label(content: Content, kind: Kind, row: { name: string; cell: string; x: number; y: number }): string {
  const [x, y] = centreOf(row)
  const columns = content.cells.find((cell) => cell.id === row.cell)?.rows[0]?.length ?? 0
  const isLeft = columns > 12 && row.x > columns - 9
  const isCentred = kind === KINDS.container || kind === KINDS.door
  const side = isLeft ? `x="${x - 9}" text-anchor="end"` : `x="${x + 9}"`
  const at = isCentred ? `x="${x}" text-anchor="middle"` : side
  const drop = kind === KINDS.container ? 17 : kind === KINDS.door ? -10 : 4
  return `<text ${at} y="${y + drop}" font-size="12" fill="${kind.colour}" stroke="#fff" stroke-width="3" paint-order="stroke">${escapeXml(row.name)}</text>`
}

function drawLegend(): string[] {
  const left = EDGE + 71 * TILE
  const top = EDGE + 49 * TILE
  const kinds: readonly Kind[] = Object.values(KINDS)
  const marks = kinds.flatMap((kind, index) => {
    const x = left + (index % 3) * 120
    const y = top + Math.floor(index / 3) * 24
    return [
      `<g fill="${kind.colour}" stroke="#fff" stroke-width="1">${kind.shape(x + 7, y)}</g>`,
      `<text x="${x + 20}" y="${y + 4}" font-size="13" fill="#2d2a26">${kind.label}</text>`,
    ]
  })
  const ground = Object.values(TERRAIN).flatMap(({ name, cost }, index) => {
    const x = left + (index % 3) * 120
    const y = top + 62 + Math.floor(index / 3) * 22
    return [
      `<rect x="${x}" y="${y - 10}" width="14" height="14" fill="${COLOURS[name] ?? '#ff00ff'}"/>`,
      `<text x="${x + 20}" y="${y + 2}" font-size="13" fill="#2d2a26">${name}${cost === 0 ? ' ✕' : cost > 1 ? ` (${cost})` : ''}</text>`,
    ]
  })
  return [...marks, ...ground]
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(MAP_PATH, drawMap(CONTENT))
