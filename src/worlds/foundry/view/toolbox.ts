// The palette of parts and the row of tools: the available parts, their remaining counts, and their keys.

import { h, icon } from '../../../kernel/view/dom.ts'
import { countOf } from '../../../kernel/view/read.ts'
import { PARTS } from '../catalogue.ts'
import { PATHS } from './inspector.ts'
import { isoIcon } from './iso-icon.ts'

export type Tool = 'select' | 'place' | 'remove'

export interface ToolboxEvents {
  tool(tool: Tool): void
  rotate(): void
  /** A part was selected; `def` is the number of its definition. */
  part(def: number): void
  confirm(): void
  cancel(): void
}

/** In the order of lessons: transport, mining and production, power, structure. */
const ORDER = [
  'conveyor',
  'lift',
  'splitter',
  'merger',
  'filter',
  'storage',
  'extractor',
  'smelter',
  'assembler',
  'fabricator',
  'wire',
  'solar_panel',
  'generator',
  'battery',
  'frame_block',
  'scrubber',
  'vent',
  'delivery_port',
]
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']
const ICONS: Readonly<Record<Tool, string>> = {
  select: 'M4 2.5l8 5.5-3.6.8L11 13l-1.8.9-2.4-4.3L4 12z',
  place: 'M8 3v10M3 8h10',
  remove: PATHS.remove,
}
const WORDS: Readonly<Record<Tool, string>> = { select: 'Select', place: 'Place', remove: 'Remove' }

export class Toolbox {
  readonly palette = h('div', { class: 'fv-palette', role: 'group', 'aria-label': 'Parts' })
  readonly tools = h('div', { class: 'fv-tools', role: 'toolbar', 'aria-label': 'Tools' })
  readonly confirm = h('div', { class: 'fv-confirm', hidden: true })
  readonly #events: ToolboxEvents
  readonly #rows = new Map<number, { readonly row: HTMLButtonElement; readonly count: HTMLElement }>()
  readonly #buttons = new Map<Tool, HTMLButtonElement>()

  constructor(events: ToolboxEvents) {
    this.#events = events
    for (const tool of ['select', 'place', 'remove'] as const) {
      const button = h(
        'button',
        {
          type: 'button',
          class: 'fv-btn tool',
          'data-tool': tool,
          'aria-pressed': 'false',
          onclick: () => events.tool(tool),
        },
        icon(ICONS[tool]),
        h('span', {}, WORDS[tool]),
      )
      this.#buttons.set(tool, button)
      this.tools.append(button)
    }
    const rotate = h(
      'button',
      { type: 'button', class: 'fv-btn tool', 'data-tool': 'rotate', onclick: () => events.rotate() },
      icon(PATHS.rotate),
      h('span', {}, 'Rotate'),
    )
    this.tools.insertBefore(rotate, this.#buttons.get('remove') ?? null)
    this.confirm.append(
      h('button', { type: 'button', class: 'fv-btn', 'data-tool': 'cancel', onclick: () => events.cancel() }, 'Cancel'),
      h(
        'button',
        { type: 'button', class: 'fv-btn primary', 'data-tool': 'confirm', onclick: () => events.confirm() },
        'Place',
      ),
    )
  }

  /** Definitions in the order of their keys. */
  get defs(): readonly number[] {
    return [...this.#rows.keys()].sort((a, b) => orderOf(a) - orderOf(b))
  }

  /** Shows the remaining count of each part; parts listed once stay in the list. */
  showStock(inventory: Readonly<Record<string, number>>): void {
    let hasNew = false
    for (const [id, count] of Object.entries(inventory)) {
      const def = PARTS.findIndex((part) => part.id === id)
      if (def < 0 || this.#rows.has(def) || count <= 0) continue
      this.#rows.set(def, this.#makeRow(def))
      hasNew = true
    }
    if (hasNew) this.#arrange()
    for (const [def, { row, count }] of this.#rows) {
      const left = countOf(inventory, PARTS[def]?.id ?? '')
      if (count.textContent !== String(left)) count.textContent = String(left)
      row.classList.toggle('out', left === 0)
    }
  }

  #makeRow(def: number): { row: HTMLButtonElement; count: HTMLElement } {
    const count = h('span', { class: 'count' })
    const row = h(
      'button',
      {
        type: 'button',
        class: 'part',
        'data-part': PARTS[def]?.id ?? '',
        'aria-pressed': 'false',
        onclick: () => this.#events.part(def),
      },
      isoIcon(def),
      h('span', { class: 'name' }, PARTS[def]?.title ?? ''),
      count,
      h('span', { class: 'fv-key' }),
    )
    return { row, count }
  }

  #arrange(): void {
    const rows = this.defs.flatMap((def, index) => {
      const row = this.#rows.get(def)?.row
      const key = row?.querySelector('.fv-key')
      if (key) key.textContent = KEYS.at(index) ?? ''
      return row ? [row] : []
    })
    this.palette.replaceChildren(h('p', { class: 'head' }, h('span', {}, 'Parts'), h('span', {}, 'in stock')), ...rows)
  }

  /** The part for a digit key. */
  defForKey(key: string): number | undefined {
    const index = KEYS.indexOf(key)
    return index < 0 ? undefined : this.defs[index]
  }

  choose(tool: Tool, def: number): void {
    for (const [each, button] of this.#buttons) button.setAttribute('aria-pressed', String(each === tool))
    for (const [each, { row }] of this.#rows) row.setAttribute('aria-pressed', String(tool === 'place' && each === def))
  }
}

function orderOf(def: number): number {
  const place = ORDER.indexOf(PARTS[def]?.id ?? '')
  return place < 0 ? ORDER.length + def : place
}
