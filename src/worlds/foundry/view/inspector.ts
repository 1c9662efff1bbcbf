// The panel about one part. It requests the headless inspection when a part is selected and as frames arrive, and shows
// the response: nothing is computed from the picture.

import { h, icon } from '../../../kernel/view/dom.ts'
import type { ViewSource } from '../../../kernel/view.ts'
import { type Inspection, readInspection } from './inspection.ts'
import { capital, plain, recipesFor, toneOf, wordOfState } from './words.ts'

/** A player's actions on a part; absent for viewers. */
export interface PartActions {
  recipe(id: number, recipe: string | null): void
  enable(id: number, isEnabled: boolean): void
  rotate(id: number): void
  remove(id: number): void
  /** Why it cannot be turned or removed; undefined: it can. */
  fault(id: number): string | undefined
}

/** Milliseconds between two requests about the same part while frames arrive. */
const ASK_EVERY = 250

export const PATHS = {
  close: 'M4 4l8 8M12 4l-8 8',
  rotate: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  remove: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  power: 'M9 2L4 9h3.5L7 14l5-7H8.5z',
} as const

export class Inspector {
  readonly element = h('aside', { class: 'fv-inspector', 'aria-label': 'Inspector', hidden: true })
  readonly #source: ViewSource
  readonly #actions: PartActions | undefined
  readonly #onClose: () => void
  #id = 0
  #asked = 0
  #timer: number | undefined
  #shown = ''
  #isOpen = false

  constructor(source: ViewSource, actions: PartActions | undefined, onClose: () => void) {
    this.#source = source
    this.#actions = actions
    this.#onClose = onClose
  }

  /** Shows a part; 0 clears the panel. */
  select(id: number): void {
    if (this.#id === id) return
    this.#id = id
    this.#shown = ''
    this.element.hidden = id === 0
    this.element.replaceChildren()
    if (id !== 0) this.#ask()
  }

  /** Handles a new frame. */
  refresh(): void {
    if (this.#id === 0 || this.#timer !== undefined) return
    const wait = Math.max(0, ASK_EVERY - (performance.now() - this.#asked))
    this.#timer = window.setTimeout(() => {
      this.#timer = undefined
      this.#ask()
    }, wait)
  }

  #ask(): void {
    const id = this.#id
    if (id === 0) return
    this.#asked = performance.now()
    const answer = this.#source.inspect?.(id)
    if (!answer) {
      this.#say('There is no inspection here: the episode is not on this server.')
      return
    }
    answer.then(
      (json) => {
        if (id !== this.#id) return
        if (json) this.#show(readInspection(json), JSON.stringify(json))
        else this.#say(`Part ${id} is gone.`)
      },
      (error: unknown) => {
        if (id === this.#id) this.#say(error instanceof Error ? error.message : String(error))
      },
    )
  }

  #say(text: string): void {
    this.element.replaceChildren(this.#head(`Part ${this.#id}`, ''), h('p', {}, text))
  }

  #head(title: string, id: string): HTMLElement {
    return h(
      'header',
      {},
      h('h2', {}, title, id !== '' && h('span', { class: 'dim' }, ` ${id}`)),
      h(
        'button',
        { type: 'button', class: 'fv-btn square', 'aria-label': 'Close inspector', onclick: () => this.#onClose() },
        icon(PATHS.close),
      ),
    )
  }

  #show(part: Inspection, text: string): void {
    if (text === this.#shown) return
    // Do not replace an open list under the pointer.
    if (this.element.contains(document.activeElement) && document.activeElement instanceof HTMLSelectElement) return
    this.#shown = text
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined
    this.#isOpen = this.element.querySelector('details')?.open ?? this.#isOpen
    const scroll = this.element.scrollTop
    const chip = h(
      'span',
      { class: `fv-chip ${toneOf(part.state)}`, 'data-state': part.state },
      wordOfState(part.state),
    )
    this.element.replaceChildren(
      this.#head(part.title, String(part.id)),
      chip,
      h('p', {}, part.advice === '' ? `${capital(plain(part.reason))}.` : part.advice),
      this.#facts(part),
      ...this.#buttons(part),
      this.#fields(part),
    )
    this.element.scrollTop = scroll
    if (focused) this.element.querySelector<HTMLElement>(`[data-act="${focused}"]`)?.focus()
  }

  #facts(part: Inspection): HTMLElement {
    const list = h('dl')
    if (recipesFor(part.defId).length > 0) list.append(h('dt', {}, 'Recipe'), h('dd', {}, this.#recipe(part)))
    for (const { name, value, share } of part.facts) {
      const bar = share === undefined ? undefined : h('div', { class: 'fv-progress' }, h('i', { style: '' }))
      const fill = bar?.firstElementChild
      if (fill instanceof HTMLElement) fill.style.width = `${Math.round((share ?? 0) * 100)}%`
      list.append(h('dt', {}, name), h('dd', {}, bar, value))
    }
    return list
  }

  #recipe(part: Inspection): Node | string {
    if (!this.#actions) return part.recipe ? capital(plain(part.recipe.id)) : 'None'
    const select = h('select', {
      'aria-label': 'Recipe',
      'data-act': 'recipe',
      class: 'fv-btn',
      onchange: () => this.#actions?.recipe(part.id, select.value === '' ? null : select.value),
    })
    select.append(new Option('None', '', part.recipe === undefined, part.recipe === undefined))
    for (const { id } of recipesFor(part.defId)) {
      const isChosen = id === part.recipe?.id
      select.append(new Option(capital(plain(id)), id, isChosen, isChosen))
    }
    return select
  }

  #buttons(part: Inspection): HTMLElement[] {
    const actions = this.#actions
    if (!actions) return []
    const fault = actions.fault(part.id)
    const button = (act: string, text: string, path: string, run: () => void): HTMLElement =>
      h(
        'button',
        {
          type: 'button',
          class: 'fv-btn',
          'data-act': act,
          disabled: fault !== undefined && act !== 'enable',
          onclick: run,
        },
        icon(path),
        text,
      )
    const canSwitch = ['extractor', 'smelter', 'assembler', 'fabricator', 'generator', 'scrubber', 'filter'].includes(
      part.defId,
    )
    const row = h('div', { class: 'fv-row' })
    if (canSwitch) {
      row.append(
        button('enable', part.isEnabled ? 'Switch off' : 'Switch on', PATHS.power, () =>
          actions.enable(part.id, !part.isEnabled),
        ),
      )
    }
    row.append(
      button('rotate', 'Rotate', PATHS.rotate, () => actions.rotate(part.id)),
      button('remove', 'Remove', PATHS.remove, () => actions.remove(part.id)),
    )
    return fault === undefined ? [row] : [row, h('p', {}, fault)]
  }

  #fields(part: Inspection): HTMLElement {
    const list = h('dl')
    for (const { path, value } of part.fields) list.append(h('dt', {}, path), h('dd', {}, value))
    return h('details', { open: this.#isOpen }, h('summary', {}, `Every field (${part.fields.length})`), list)
  }

  dispose(): void {
    window.clearTimeout(this.#timer)
    this.#id = 0
    this.element.remove()
  }
}
