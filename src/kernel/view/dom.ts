// Small helpers for the DOM of a view: elements with attributes, adopted style sheets, and a list of clean-up
// functions.

type Child = Node | string | undefined | false

export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | ((event: never) => void)
}

/** Makes an element. `on…` attributes are listeners; `true` sets an empty attribute; `false` and undefined set none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), (event) => callWith(value, event))
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}

/** A listener takes its own kind of event; only the caller knows which. */
function callWith(listener: (event: never) => void, event: Event): void {
  Reflect.apply(listener, undefined, [event])
}

const SVG = 'http://www.w3.org/2000/svg'

/** An icon of 16 by 16 drawn with strokes; the element beside it has the text. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'path')
  line.setAttribute('d', path)
  svg.append(line)
  return svg
}

/** Puts a style sheet into the document, for as long as it is used. Returns a function that removes it. */
export function adoptSheet(text: string): () => void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(text)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
  }
}

/** Clean-up functions of a view, called in reverse order when it is unmounted. */
export class Undo {
  readonly #all: (() => void)[] = []

  add(undo: () => void): void {
    this.#all.push(undo)
  }

  /** Listens until the view is unmounted. */
  listen<E extends Event>(
    target: EventTarget,
    name: string,
    listener: (event: E) => void,
    options: AddEventListenerOptions = {},
  ): void {
    const call = (event: Event): void => callWith(listener, event)
    target.addEventListener(name, call, options)
    this.add(() => target.removeEventListener(name, call, options))
  }

  run(): void {
    for (let undo = this.#all.pop(); undo; undo = this.#all.pop()) undo()
  }
}
