// Labels over the picture: few, in the page's own font, and moved only when the picture is drawn.
import { h } from '../../../kernel/view/dom.ts'
import type { LabelMark } from './stage.ts'

type Project = (x: number, y: number, z: number) => { readonly left: number; readonly top: number } | undefined

export class Labels {
  readonly #layer: HTMLElement
  readonly #all: HTMLElement[] = []

  constructor(host: HTMLElement) {
    this.#layer = h('div', { class: 'fv-layer' })
    host.append(this.#layer)
  }

  show(marks: readonly LabelMark[], project: Project, host: HTMLElement): void {
    while (this.#all.length > marks.length) this.#all.pop()?.remove()
    for (const [index, mark] of marks.entries()) {
      const label = this.#all[index] ?? this.#makeLabel()
      const at = project(mark.x, mark.y, mark.z)
      if (label.textContent !== mark.text) label.textContent = mark.text
      label.className = `fv-label ${mark.kind}`
      label.hidden = at === undefined
      if (!at) continue
      // Kept inside the picture, so that a label at the edge can be read.
      const half = label.offsetWidth / 2 + 4
      const left = Math.max(half, Math.min(host.clientWidth - half, at.left))
      label.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(24, at.top - 8))}px) translate(-50%, -100%)`
    }
  }

  #makeLabel(): HTMLElement {
    const label = h('div', { class: 'fv-label' })
    this.#all.push(label)
    this.#layer.append(label)
    return label
  }

  dispose(): void {
    this.#layer.remove()
  }
}
