// The few parts of a document that a chart library needs to build SVG without a browser: elements, attributes, styles
// and text, and their serialisation. Selection and measurement are not supported.
const SVG = 'http://www.w3.org/2000/svg'
const VOID_TEXT = /[&<>"]/g
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Escapes text for HTML content and attributes. */
export const escapeText = (text: string): string => text.replace(VOID_TEXT, (char) => ENTITIES[char] ?? char)

class TextNode {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  get outerHTML(): string {
    return escapeText(this.text)
  }
}

type Child = SvgElement | TextNode

class SvgElement {
  readonly tagName: string
  readonly namespaceURI = SVG
  readonly ownerDocument: SvgDocument
  parentNode: SvgElement | null = null
  readonly #children: Child[] = []
  readonly #attributes = new Map<string, string>()
  readonly #styles = new Map<string, string>()
  readonly style = {
    setProperty: (name: string, value: unknown): void => void this.#styles.set(name, String(value)),
    removeProperty: (name: string): void => void this.#styles.delete(name),
  }

  constructor(name: string, document: SvgDocument) {
    this.tagName = name
    this.ownerDocument = document
  }

  get childNodes(): readonly Child[] {
    return this.#children
  }
  get children(): readonly SvgElement[] {
    return this.#children.filter((child) => child instanceof SvgElement)
  }
  get firstChild(): Child | null {
    return this.#children[0] ?? null
  }
  get nextSibling(): Child | null {
    const siblings = this.parentNode?.childNodes ?? []
    return siblings[siblings.indexOf(this) + 1] ?? null
  }
  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value))
  }
  setAttributeNS(_space: string, name: string, value: unknown): void {
    this.setAttribute(name, value)
  }
  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null
  }
  hasAttribute(name: string): boolean {
    return this.#attributes.has(name)
  }
  removeAttribute(name: string): void {
    this.#attributes.delete(name)
  }
  appendChild(child: Child): Child {
    return this.insertBefore(child, null)
  }
  append(...children: readonly (Child | string)[]): void {
    for (const child of children) this.appendChild(typeof child === 'string' ? new TextNode(child) : child)
  }
  insertBefore(child: Child, before: Child | null): Child {
    if (child instanceof SvgElement) {
      child.remove()
      child.parentNode = this
    }
    const at = before === null ? -1 : this.#children.indexOf(before)
    if (at < 0) this.#children.push(child)
    else this.#children.splice(at, 0, child)
    return child
  }
  removeChild(child: Child): Child {
    const at = this.#children.indexOf(child)
    if (at >= 0) this.#children.splice(at, 1)
    return child
  }
  remove(): void {
    this.parentNode?.removeChild(this)
    this.parentNode = null
  }
  querySelectorAll(): readonly SvgElement[] {
    return []
  }
  querySelector(): SvgElement | null {
    return null
  }
  addEventListener(): void {
    // A static chart receives no events.
  }
  set textContent(text: unknown) {
    this.#children.length = 0
    this.#children.push(new TextNode(String(text)))
  }
  get outerHTML(): string {
    const styles = [...this.#styles].map(([name, value]) => `${name}: ${value}`).join('; ')
    const attributes = [...this.#attributes, ...(styles === '' ? [] : [['style', styles] as const])]
    const written = attributes.map(([name, value]) => ` ${name}="${escapeText(value)}"`).join('')
    const inside = this.#children.map((child) =>
      this.tagName === 'style' && child instanceof TextNode ? child.text : child.outerHTML,
    )
    return `<${this.tagName}${written}>${inside.join('')}</${this.tagName}>`
  }
}

class SvgDocument {
  readonly documentElement: SvgElement = new SvgElement('svg', this)
  readonly namespaceURI = SVG
  createElementNS(_space: string, name: string): SvgElement {
    return new SvgElement(name, this)
  }
  createElement(name: string): SvgElement {
    return new SvgElement(name, this)
  }
  createTextNode(text: string): TextNode {
    return new TextNode(text)
  }
}

/** A document for drawing charts. */
export const createSvgDocument = (): SvgDocument => new SvgDocument()
