// The map of one cell on a canvas: ground, people, creatures, things and doors, in the light and weather of the hour.

import { Undo } from '../../../kernel/view/dom.ts'
import { numberOf } from '../../../kernel/view/read.ts'
import type { CellRow } from '../content/shape.ts'
import type { Scene, SeenEntity } from './scene.ts'

/** The colour of each terrain, by its character. */
const GROUNDS: Readonly<Record<string, string>> = {
  '#': 'wall',
  '^': 'crag',
  '~': 'water',
  o: 'wood',
  '=': 'road',
  ',': 'grass',
  _: 'floor',
  '.': 'slate',
  '%': 'rubble',
  T: 'tree',
  m: 'marsh',
}
/** Darkness of each time of day. */
const DARKNESS: Readonly<Record<string, number>> = { night: 0.52, evening: 0.26, dawn: 0.2, dusk: 0.3 }
const FOGS: Readonly<Record<string, number>> = { fog: 0.5, overcast: 0.08, rain: 0.12, storm: 0.2 }
/** Eight slots have a hue of their own; all others are grey. */
const slotName = (slot: number): string => (slot < 8 ? `s${slot}` : 'ink-3')

export interface Tile {
  readonly x: number
  readonly y: number
}

export class FrontierMap {
  readonly canvas = document.createElement('canvas')
  readonly #host: HTMLElement
  readonly #undo = new Undo()
  readonly #colours = new Map<string, string>()
  #scene: Scene | undefined
  #hovered: Tile | undefined
  #frame = 0
  #tile = 16
  #left = 0
  #top = 0

  constructor(host: HTMLElement, onTile: ((tile: Tile, entity: SeenEntity | undefined) => void) | undefined) {
    this.#host = host
    host.append(this.canvas)
    this.canvas.setAttribute('role', 'img')
    const size = new ResizeObserver(() => this.#ask())
    size.observe(host)
    this.#undo.add(() => size.disconnect())
    const system = matchMedia('(prefers-color-scheme: dark)')
    this.#undo.listen(system, 'change', () => this.#forget())
    const page = new MutationObserver(() => this.#forget())
    page.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    this.#undo.add(() => page.disconnect())
    this.#undo.listen<PointerEvent>(this.canvas, 'pointermove', (event) => this.#hover(this.#tileAt(event)))
    this.#undo.listen<PointerEvent>(this.canvas, 'pointerleave', () => this.#hover(undefined))
    this.#undo.listen<PointerEvent>(this.canvas, 'click', (event) => {
      const tile = this.#tileAt(event)
      if (tile) onTile?.(tile, this.#entityAt(tile))
    })
    this.canvas.classList.toggle('playable', onTile !== undefined)
  }

  show(scene: Scene): void {
    this.#scene = scene
    this.canvas.setAttribute('aria-label', `Map of ${scene.cell.name}`)
    this.#ask()
  }

  #forget(): void {
    this.#colours.clear()
    this.#ask()
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #colour(name: string): string {
    const known = this.#colours.get(name)
    if (known !== undefined) return known
    const probe = document.createElement('span')
    probe.hidden = true
    probe.style.color = `var(--${name})`
    this.#host.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    this.#colours.set(name, color)
    return color
  }

  #tileAt(event: MouseEvent): Tile | undefined {
    const { left, top } = this.canvas.getBoundingClientRect()
    const x = Math.floor((event.clientX - left - this.#left) / this.#tile)
    const y = Math.floor((event.clientY - top - this.#top) / this.#tile)
    const rows = this.#scene?.cell.rows ?? []
    return y >= 0 && y < rows.length && x >= 0 && x < (rows[0]?.length ?? 0) ? { x, y } : undefined
  }

  /** People take precedence over things, and things over doors. A finger's breadth counts as a hit. */
  #entityAt({ x, y }: Tile): SeenEntity | undefined {
    const order = ['npc', 'creature', 'agent', 'item', 'container', 'door']
    const reach = this.#tile < 24 ? 1 : 0
    const near = (this.#scene?.entities ?? []).filter(
      ({ at }) => at && Math.max(Math.abs(at.x - x), Math.abs(at.y - y)) <= reach,
    )
    const far = ({ at }: SeenEntity): number => (at ? Math.abs(at.x - x) + Math.abs(at.y - y) : 99)
    return near.sort((a, b) => far(a) - far(b) || order.indexOf(a.type) - order.indexOf(b.type))[0]
  }

  #hover(tile: Tile | undefined): void {
    if (tile?.x === this.#hovered?.x && tile?.y === this.#hovered?.y) return
    this.#hovered = tile
    this.canvas.style.cursor = tile && this.#entityAt(tile) ? 'pointer' : ''
    this.#ask()
  }

  #draw(): void {
    this.#frame = 0
    const { clientWidth: width, clientHeight: height } = this.#host
    const pen = this.canvas.getContext('2d')
    const scene = this.#scene
    if (!pen || !scene || width === 0) return
    const scale = Math.min(2, devicePixelRatio)
    this.canvas.width = Math.round(width * scale)
    this.canvas.height = Math.round(height * scale)
    const rows = scene.cell.rows.length
    const columns = scene.cell.rows[0]?.length ?? 1
    this.#tile = Math.max(6, Math.min(48, Math.floor(Math.min(width / columns, height / rows))))
    this.#left = Math.floor((width - columns * this.#tile) / 2)
    this.#top = Math.floor((height - rows * this.#tile) / 2)
    pen.setTransform(scale, 0, 0, scale, this.#left * scale, this.#top * scale)
    this.#drawGround(pen, scene.cell)
    this.#drawLight(pen, scene, { columns, rows })
    for (const entity of scene.entities) this.#drawEntity(pen, entity)
    if (scene.self) this.#drawTraveller(pen, scene.self)
    this.#drawNames(pen, scene)
    // What is drawn now, for tests that click on tiles: a new scene is drawn a frame later than it is known.
    this.#host.dataset.tiles = `${this.#tile} ${this.#left} ${this.#top}`
    this.#host.dataset.drawn = scene.cell.id
  }

  #drawGround(pen: CanvasRenderingContext2D, cell: CellRow): void {
    const side = this.#tile
    for (const [y, row] of cell.rows.entries()) {
      for (const [x, mark] of [...row].entries()) {
        const ground = GROUNDS[mark] ?? 'grass'
        pen.fillStyle = this.#colour(ground === 'tree' || ground === 'marsh' ? 'f-grass' : `f-${ground}`)
        pen.fillRect(x * side, y * side, side, side)
        if (ground === 'tree') this.#dot(pen, { x, y }, 'f-tree', 0.4)
        if (ground === 'marsh') this.#reeds(pen, { x, y })
      }
    }
  }

  #dot(pen: CanvasRenderingContext2D, { x, y }: Tile, colour: string, share: number): void {
    pen.fillStyle = this.#colour(colour)
    pen.beginPath()
    pen.arc((x + 0.5) * this.#tile, (y + 0.5) * this.#tile, this.#tile * share, 0, Math.PI * 2)
    pen.fill()
  }

  #reeds(pen: CanvasRenderingContext2D, { x, y }: Tile): void {
    pen.fillStyle = this.#colour('f-marsh')
    pen.fillRect(x * this.#tile, y * this.#tile, this.#tile, this.#tile)
    pen.fillStyle = this.#colour('f-water')
    for (const row of [0.3, 0.7])
      pen.fillRect((x + 0.15) * this.#tile, (y + row) * this.#tile, this.#tile * 0.7, Math.max(1, this.#tile * 0.07))
  }

  /** Draws night and weather over the ground and below people and things. */
  #drawLight(pen: CanvasRenderingContext2D, scene: Scene, { columns, rows }: { columns: number; rows: number }): void {
    const isOutside = scene.cell.kind === 'town' || scene.cell.kind === 'wilderness'
    const [width, height] = [columns * this.#tile, rows * this.#tile]
    pen.globalAlpha = numberOf(DARKNESS[scene.timeOfDay]) * (isOutside ? 1 : 0.4)
    pen.fillStyle = this.#colour('f-night')
    pen.fillRect(0, 0, width, height)
    if (isOutside) {
      pen.globalAlpha = numberOf(FOGS[scene.weather])
      pen.fillStyle = this.#colour('surface')
      pen.fillRect(0, 0, width, height)
      if (scene.weather === 'rain' || scene.weather === 'storm') this.#drawRain(pen, { columns, rows })
    }
    pen.globalAlpha = 1
  }

  #drawRain(pen: CanvasRenderingContext2D, { columns, rows }: { columns: number; rows: number }): void {
    pen.globalAlpha = 0.5
    pen.strokeStyle = this.#colour('f-rain')
    pen.lineWidth = 1
    pen.beginPath()
    for (let y = 0; y < rows; y++) {
      for (let x = (y * 2) % 3; x < columns; x += 3) {
        pen.moveTo((x + 0.6) * this.#tile, (y + 0.2) * this.#tile)
        pen.lineTo((x + 0.35) * this.#tile, (y + 0.7) * this.#tile)
      }
    }
    pen.stroke()
  }

  #drawEntity(pen: CanvasRenderingContext2D, entity: SeenEntity): void {
    if (!entity.at) return
    const side = this.#tile
    const [x, y] = [(entity.at.x + 0.5) * side, (entity.at.y + 0.5) * side]
    pen.lineWidth = Math.max(1.2, side * 0.08)
    pen.fillStyle = this.#colour('surface')
    pen.strokeStyle = this.#colour('f-mark')
    pen.beginPath()
    if (entity.type === 'door') pen.roundRect(x - side * 0.3, y - side * 0.42, side * 0.6, side * 0.84, side * 0.2)
    else if (entity.type === 'container') pen.rect(x - side * 0.32, y - side * 0.24, side * 0.64, side * 0.48)
    else if (entity.type === 'item') {
      pen.moveTo(x, y - side * 0.32)
      pen.lineTo(x + side * 0.3, y)
      pen.lineTo(x, y + side * 0.32)
      pen.lineTo(x - side * 0.3, y)
      pen.closePath()
    } else if (entity.type === 'creature') {
      pen.moveTo(x, y - side * 0.4)
      pen.lineTo(x + side * 0.4, y + side * 0.34)
      pen.lineTo(x - side * 0.4, y + side * 0.34)
      pen.closePath()
      pen.fillStyle = this.#colour('refused-bg')
      pen.strokeStyle = this.#colour('refused')
    } else pen.arc(x, y, side * 0.4, 0, Math.PI * 2)
    if (entity.type === 'agent') pen.fillStyle = this.#colour(slotName(entity.slot ?? 0))
    pen.fill()
    pen.stroke()
    if (entity.type === 'npc' && side >= 12) this.#letter(pen, entity.name.charAt(0), { x, y })
  }

  #letter(pen: CanvasRenderingContext2D, letter: string, { x, y }: Tile): void {
    pen.fillStyle = this.#colour('f-mark')
    pen.font = `600 ${Math.round(this.#tile * 0.5)}px ${getComputedStyle(this.#host).fontFamily}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(letter, x, y + 1)
  }

  #drawTraveller(
    pen: CanvasRenderingContext2D,
    self: { readonly slot: number; readonly x: number; readonly y: number },
  ): void {
    const side = this.#tile
    pen.beginPath()
    pen.arc((self.x + 0.5) * side, (self.y + 0.5) * side, side * 0.42, 0, Math.PI * 2)
    pen.fillStyle = this.#colour(slotName(self.slot))
    pen.strokeStyle = this.#colour('here')
    pen.lineWidth = Math.max(2.5, side * 0.14)
    pen.stroke()
    pen.fill()
  }

  /** Draws the names of people and of the entity under the pointer, each on a background. */
  #drawNames(pen: CanvasRenderingContext2D, scene: Scene): void {
    const under = this.#hovered && this.#entityAt(this.#hovered)
    const named = scene.entities.filter((each) => each.at && (each === under || each.type === 'npc'))
    pen.font = `500 12px ${getComputedStyle(this.#host).fontFamily}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    const right = (scene.cell.rows[0]?.length ?? 1) * this.#tile
    for (const { name, at } of named) {
      if (!at) continue
      const half = pen.measureText(name).width / 2 + 5
      const x = Math.max(half, Math.min(right - half, (at.x + 0.5) * this.#tile))
      const y = at.y * this.#tile - 9 < 8 ? (at.y + 1) * this.#tile + 10 : at.y * this.#tile - 9
      pen.fillStyle = this.#colour('surface')
      pen.fillRect(x - half, y - 8, half * 2, 16)
      pen.fillStyle = this.#colour('ink')
      pen.fillText(name, x, y + 1)
    }
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#undo.run()
    this.canvas.remove()
  }
}
