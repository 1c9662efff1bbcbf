// The editor: the selected tool, its preview, and the commands that it sends. The rules are in preview.ts and run.ts; a
// sent command shows its effect in the server's next frame.

import { read } from '../../../kernel/view/read.ts'
import type { JsonObject } from '../../../protocol/json.ts'
import { PARTS } from '../catalogue.ts'
import { cellAt, type Size } from '../geometry.ts'
import type { Hand, Point } from './gestures.ts'
import type { PartActions } from './inspector.ts'
import { defIdOf, rowIn, rowOfId } from './layout.ts'
import { moveFault, placeCommand, stockOf } from './preview.ts'
import { planRun, type RunPart } from './run.ts'
import type { LabelMark } from './stage.ts'
import { type Tool, Toolbox } from './toolbox.ts'
import { facingName, type Tools, turned, type Viewer } from './viewer.ts'
import { recipesFor } from './words.ts'

/** Kinds that can be placed in runs by dragging. */
const RUNS = ['belt', 'wire', 'frame', 'solar', 'battery', 'storage']

const HINTS: Readonly<Record<Tool, string>> = {
  select: 'Click a part to inspect it. 1 to 9 choose a part, Q picks one, X removes, R turns.',
  place: 'Click to place, drag to lay a run. R turns or flips the bend, arrow keys and Enter place too, Esc stops.',
  remove: 'Click a part to take it back into stock. Esc stops.',
}

export class Editor implements Tools {
  readonly toolbox: Toolbox
  readonly actions: PartActions
  readonly hand: Hand
  readonly #viewer: Viewer
  readonly #send: (command: JsonObject) => void
  readonly #slot: number
  #tool: Tool = 'select'
  #chosen = -1
  #facing = 1
  #isFlipped = false
  #from: Size | undefined
  #to: Size | undefined
  #isDragging = false
  /** A preview that waits for the Place button on touch screens. */
  #isWaiting = false
  #last: Point | undefined
  #awaited: Size | undefined

  constructor(viewer: Viewer, send: (command: JsonObject) => void) {
    this.#viewer = viewer
    this.#send = send
    this.#slot = viewer.source.perspective ?? 0
    this.toolbox = new Toolbox({
      tool: (tool) => this.choose(tool),
      part: (def) => this.#choosePart(def),
      rotate: () => this.#rotate(),
      confirm: () => this.#place(),
      cancel: () => this.#clear(),
    })
    this.actions = {
      recipe: (id, recipe) => this.#setRecipe(id, recipe),
      enable: (id, enabled) => this.#send({ type: 'set_machine_enabled', part_id: id, enabled }),
      rotate: (id) => this.#rotatePart(id),
      remove: (id) => this.#remove(id),
      fault: (id) => this.#faultOf(id),
    }
    this.hand = this.#makeHand()
    this.toolbox.choose('select', -1)
  }

  #makeHand(): Hand {
    return {
      press: (at) => this.#press(at),
      drag: (at) => this.#drag(at),
      release: (at) => this.#release(at),
      cancel: () => this.#clear(),
      tap: (at) => this.#tap(at),
      hover: (at) => this.#hover(at),
    }
  }

  choose(tool: Tool): void {
    if (tool === 'place' && this.#chosen < 0) this.#chosen = this.toolbox.defs.at(0) ?? -1
    this.#tool = tool
    this.#clear()
    this.toolbox.choose(tool, this.#chosen)
    this.#viewer.setHint(HINTS[tool])
    this.#viewer.host.dataset.tool = tool
  }

  #choosePart(def: number): void {
    if (this.#tool === 'place' && this.#chosen === def) {
      this.choose('select')
      return
    }
    this.#chosen = def
    this.choose('place')
    this.#viewer.select(0)
    this.#viewer.announce(`${PARTS[def]?.title ?? 'Part'} in hand.`)
  }

  // ——— the pointer

  #press(at: Point): boolean {
    if (this.#tool !== 'place') return false
    const cell = this.#cellAt(at)
    if (!cell) return false
    this.#isDragging = true
    this.#isWaiting = false
    this.toolbox.confirm.hidden = true
    this.#from = cell
    this.#to = cell
    this.#showPreview()
    return true
  }

  #drag(at: Point): void {
    if (!this.#from) return
    if (this.#isRun) {
      const cell = this.#viewer.stage.cellAtLayer(at.x, at.y, this.#from.y)
      if (cell) this.#to = this.#inside(cell)
    } else {
      const cell = this.#cellAt(at)
      this.#from = cell ?? this.#from
      this.#to = this.#from
    }
    this.#showPreview()
  }

  #release(at: Point): void {
    this.#isDragging = false
    if (!at.isTouch) {
      this.#place()
      return
    }
    this.#isWaiting = true
    this.toolbox.confirm.hidden = false
  }

  #tap(at: Point): void {
    const id = this.#viewer.partAt(at)
    if (this.#tool === 'remove' && id !== 0) this.#remove(id)
    else if (this.#tool === 'select') this.#viewer.select(id)
  }

  #hover(at: Point | undefined): void {
    this.#last = at && !at.isTouch ? at : undefined
    if (this.#isWaiting || this.#isDragging) return
    if (this.#tool === 'place') {
      const cell = at && !at.isTouch ? this.#cellAt(at) : undefined
      this.#from = cell
      this.#to = cell
      this.#showPreview()
      return
    }
    this.#viewer.hover(this.#last ? this.#viewer.partAt(this.#last) : 0)
  }

  #cellAt(at: Point): Size | undefined {
    return this.#viewer.stage.pick(at.x, at.y)?.beside
  }

  #inside(cell: Size): Size {
    const size = this.#viewer.scene?.size ?? { x: 1, y: 1, z: 1 }
    const keep = (value: number, end: number): number => Math.max(0, Math.min(end - 1, value))
    return { x: keep(cell.x, size.x), y: cell.y, z: keep(cell.z, size.z) }
  }

  get #isRun(): boolean {
    return RUNS.includes(PARTS[this.#chosen]?.kind ?? '')
  }

  // ——— the preview

  #plan(): RunPart[] {
    const { scene } = this.#viewer
    if (!scene || !this.#from || !this.#to || this.#chosen < 0) return []
    return planRun(scene, this.#slot, {
      def: this.#chosen,
      from: this.#from,
      to: this.#to,
      facing: this.#facing,
      isFlipped: this.#isFlipped,
      isDirected: PARTS[this.#chosen]?.kind === 'belt',
    })
  }

  #showPreview(): void {
    const parts = this.#plan()
    this.#viewer.setPreview(
      parts.map(({ def, facing, origin, fault }) => ({ def, facing, origin, fits: fault === undefined })),
      this.#labelOf(parts),
    )
  }

  #labelOf(parts: readonly RunPart[]): LabelMark | undefined {
    const first = parts[0]
    const last = parts.at(-1)
    if (!first || !last) return undefined
    const fault = parts.find((part) => part.fault)?.fault
    const title = (PARTS[first.def]?.title ?? 'part').toLowerCase()
    const fits = parts.filter((part) => !part.fault).length
    const name = parts.length === 1 ? title : `${parts.length} ${title}s`
    const text = fault
      ? fits > 0
        ? `${fits} of ${parts.length}: ${fault.text.toLowerCase()}`
        : fault.text
      : `${name}, ${facingName(last.facing)}`
    const { x, y, z } = last.origin
    return {
      text: text.charAt(0).toUpperCase() + text.slice(1),
      kind: fault ? 'no' : 'ok',
      x: x + 0.5,
      y: y + 1.1,
      z: z + 0.5,
    }
  }

  #place(): void {
    const { scene } = this.#viewer
    const parts = this.#plan()
    const fitting = parts.filter((part) => !part.fault)
    const fault = parts.find((part) => part.fault)?.fault
    for (const part of fitting) this.#send(placeCommand(part))
    const one = fitting[0]
    if (one && fitting.length === 1 && recipesFor(PARTS[one.def]?.id ?? '').length > 0) this.#awaited = one.origin
    this.#viewer.announce(fault && fitting.length === 0 ? `Not placed: ${fault.text}.` : `Placed ${fitting.length}.`)
    const isLast = scene && one && stockOf(scene, this.#slot, one.def) - fitting.length < 1
    this.#isWaiting = false
    this.toolbox.confirm.hidden = true
    const isHeld = fitting.length === 0 && this.#last !== undefined
    if (!isHeld) this.#from = undefined
    this.#showPreview()
    if (isLast) this.choose('select')
  }

  #clear(): void {
    this.#from = undefined
    this.#to = undefined
    this.#isDragging = false
    this.#isWaiting = false
    this.toolbox.confirm.hidden = true
    this.#showPreview()
  }

  // ——— existing parts

  #faultOf(id: number): string | undefined {
    const { scene } = this.#viewer
    if (!scene) return undefined
    const row = rowOfId(scene.layout, id)
    return row < 0 ? undefined : moveFault(scene, this.#slot, row)
  }

  #remove(id: number): void {
    const fault = this.#faultOf(id)
    if (fault === undefined) this.#send({ type: 'remove_part', part_id: id })
    this.#viewer.announce(fault ?? `Part ${id} removed.`)
  }

  #rotatePart(id: number): void {
    const { scene } = this.#viewer
    const row = scene ? rowOfId(scene.layout, id) : -1
    if (!scene || row < 0) return
    const fault = this.#faultOf(id)
    const facing = turned(read(scene.layout.parts.facing, row))
    if (fault === undefined) this.#send({ type: 'rotate_part', part_id: id, facing: facingName(facing) })
    this.#viewer.announce(fault ?? `Part ${id} turned to the ${facingName(facing)}.`)
  }

  #setRecipe(id: number, recipe: string | null): void {
    const { scene } = this.#viewer
    const row = scene ? rowOfId(scene.layout, id) : -1
    const isFabricator = scene !== undefined && row >= 0 && defIdOf(scene.layout, row) === 'fabricator'
    this.#send({ type: isFabricator ? 'set_build_recipe' : 'set_machine_recipe', part_id: id, recipe_id: recipe })
  }

  #rotate(): void {
    if (this.#tool === 'place') {
      const isBend = this.#from && this.#to && this.#from.x !== this.#to.x && this.#from.z !== this.#to.z
      if (isBend && this.#isRun) this.#isFlipped = !this.#isFlipped
      else this.#facing = turned(this.#facing)
      this.#showPreview()
    } else if (this.#viewer.selected !== 0) this.#rotatePart(this.#viewer.selected)
  }

  // ——— keys and frames

  key(event: KeyboardEvent): boolean {
    const def = this.toolbox.defForKey(event.key)
    if (def !== undefined) {
      this.#choosePart(def)
      return true
    }
    if (this.#tool === 'place' && this.#cursorKey(event.key)) return true
    switch (event.key.toLowerCase()) {
      case 'r':
        this.#rotate()
        return true
      case 'x':
      case 'delete':
        if (this.#viewer.selected !== 0) this.#remove(this.#viewer.selected)
        else this.choose('remove')
        return true
      case 'q':
        this.#pickUp()
        return true
      case 'escape':
        if (this.#tool === 'select') return false
        this.choose('select')
        return true
      default:
        return false
    }
  }

  /** Moves the preview by cells, and places it. */
  #cursorKey(key: string): boolean {
    const { scene } = this.#viewer
    if (!scene) return false
    if (key === 'Enter') {
      this.#place()
      return true
    }
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }
    const way = ways[key]
    if (!way) return false
    const at = this.#from ?? { x: Math.floor(scene.size.x / 2), y: 1, z: Math.floor(scene.size.z / 2) }
    const next = this.#inside({ x: at.x + way[0], y: 1, z: at.z + way[1] })
    let { y } = next
    while (y < scene.size.y - 1 && rowIn(scene.layout, cellAt(scene.size, next.x, y, next.z)) >= 0) y++
    this.#from = { ...next, y }
    this.#to = this.#from
    this.#showPreview()
    this.#viewer.announce(`${next.x}, ${y}, ${next.z}. ${this.#labelOf(this.#plan())?.text ?? ''}`)
    return true
  }

  /** Selects the kind of the part under the pointer, or of the selected part, as the tool. */
  #pickUp(): void {
    const { scene } = this.#viewer
    const id = this.#last ? this.#viewer.partAt(this.#last) : this.#viewer.selected
    const row = scene ? rowOfId(scene.layout, id) : -1
    if (!scene || row < 0) return
    this.#facing = read(scene.layout.parts.facing, row)
    this.#chosen = read(scene.layout.parts.def, row)
    this.choose('place')
  }

  frame(): void {
    const { scene } = this.#viewer
    if (!scene) return
    this.toolbox.showStock(scene.inventories[Math.min(this.#slot, scene.inventories.length - 1)] ?? {})
    this.toolbox.choose(this.#tool, this.#chosen)
    if (this.#awaited) {
      const { x, y, z } = this.#awaited
      const row = rowIn(scene.layout, cellAt(scene.size, x, y, z))
      if (row >= 0) {
        this.#awaited = undefined
        this.#viewer.select(read(scene.layout.parts.id, row))
      }
    }
    if (this.#tool === 'place' && this.#from) this.#showPreview()
  }
}
