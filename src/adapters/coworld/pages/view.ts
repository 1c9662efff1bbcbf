// Shared by all pages: the world's own view, the scores, and ways to other pages.
import { namesOf, numbers, type Snapshot, tickOf } from './snapshot.ts'

export function byId<T extends Element>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}

/** What a page can do besides showing. */
interface ScreenOptions {
  /** Sends a command of the player; absent on pages of viewers. */
  readonly send?: (command: Record<string, unknown>) => void
  /** Steps per second now. */
  readonly speed?: () => number
}

/** The world's view with the newest snapshot, and the scores beside it. One renderer draws live games and recordings alike. */
export class Screen {
  readonly #options: ScreenOptions
  readonly #field = byId('field', HTMLElement)
  readonly #listeners = new Set<() => void>()
  #frame: ViewFrame | undefined
  #isMounted = false

  constructor(options: ScreenOptions = {}) {
    this.#options = options
  }

  /**
   * @param own the viewer's slot
   * @param scores those of the snapshot, unless the page knows them from elsewhere
   */
  show(snapshot: Snapshot, own?: number, scores: readonly number[] = numbers(snapshot.scores)): void {
    this.#frame = { step: tickOf(snapshot), view: snapshot, standing: { scores }, events: [] }
    showScores(namesOf(snapshot), scores, own)
    if (!this.#isMounted) {
      this.#isMounted = true
      void this.#mount(snapshot, own)
    }
    for (const listener of this.#listeners) listener()
  }

  async #mount(snapshot: Snapshot, own: number | undefined): Promise<void> {
    const { world: id = '', title = id, commands = '{}' } = document.documentElement.dataset
    const view = (await loadView(`world-${id}`)) ?? (await loadGeneric()) ?? PLAIN
    const frame = (): ViewFrame | undefined => this.#frame
    const { send, speed } = this.#options
    const names = namesOf(snapshot)
    view.mount(this.#field, {
      world: { id, version: '', variant: '', title },
      slots: names.map((name, slot) => ({ slot, name: own === slot ? `${name} (you)` : name })),
      perspective: own ?? null,
      get frame() {
        return frame()
      },
      subscribe: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      get speed() {
        return speed?.() ?? LIVE_SPEED
      },
      ...(send ? { send, commands: JSON.parse(commands) } : {}),
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
  }
}

/** Steps per second of a live game, as far as views animate. */
const LIVE_SPEED = 5

/** The parts of src/kernel/view.ts that these pages use: a view is loaded at run time, and checked by its shape. */
interface ViewFrame {
  readonly step: number
  readonly view: Snapshot
  readonly standing: { readonly scores: readonly number[] }
  readonly events: readonly []
}
interface ViewSource {
  readonly world: { readonly id: string; readonly version: string; readonly variant: string; readonly title: string }
  readonly slots: readonly { readonly slot: number; readonly name: string }[]
  readonly perspective: number | null
  readonly frame: ViewFrame | undefined
  subscribe(listener: () => void): () => void
  readonly speed: number
  send?(command: Record<string, unknown>): void
  readonly commands?: unknown
  readonly reducedMotion: boolean
}
interface ViewModule {
  mount(element: HTMLElement, source: ViewSource): () => void
}

const isView = (value: unknown): value is ViewModule =>
  typeof value === 'object' && value !== null && 'mount' in value && typeof value.mount === 'function'

/** A built view by its name; undefined: the world has none, or the application is not built. */
async function loadView(name: string): Promise<ViewModule | undefined> {
  const address = new URL(`assets/${name}.js`, location.href.replace(/[?#].*$/s, '')).href
  const found: unknown = await import(address).catch(() => undefined)
  if (typeof found !== 'object' || found === null || !('view' in found)) return undefined
  return isView(found.view) ? found.view : undefined
}

async function loadGeneric(): Promise<ViewModule | undefined> {
  const sheet = document.createElement('link')
  sheet.rel = 'stylesheet'
  sheet.href = 'assets/world-generic.css'
  document.head.append(sheet)
  return loadView('world-generic')
}

/** Without the build of the application there is only text. */
const PLAIN: ViewModule = {
  mount(element, source) {
    const text = document.createElement('pre')
    text.className = 'state'
    text.tabIndex = 0
    element.append(text)
    const update = (): void => {
      text.textContent = JSON.stringify(source.frame?.view, undefined, 2)
    }
    update()
    return source.subscribe(update)
  },
}

function showScores(names: readonly string[], scores: readonly number[], own: number | undefined): void {
  const top = Math.max(1, ...scores)
  const list = byId('scores', HTMLOListElement)
  while (list.children.length > names.length) list.lastElementChild?.remove()
  for (const [slot, name] of names.entries()) {
    const item = list.children[slot] ?? list.appendChild(createScore(slot))
    const score = scores[slot] ?? 0
    item.className = score === top && scores.filter((each) => each === top).length === 1 ? 'leader' : ''
    const label = item.querySelector('.score-name')
    const value = item.querySelector('.score-value')
    const bar = item.querySelector('.bar > span')
    if (label) label.textContent = own === slot ? `${name} (you)` : name
    if (value) value.textContent = String(score)
    if (bar instanceof HTMLElement) bar.style.width = `${Math.max(0, (100 * score) / top)}%`
  }
}

function createScore(slot: number): HTMLLIElement {
  const item = document.createElement('li')
  item.style.setProperty('--slot', `var(--s${slot % 8})`)
  const line = document.createElement('div')
  line.className = 'score-line'
  const name = document.createElement('span')
  name.className = 'score-name'
  name.dataset.slot = String(slot)
  const value = document.createElement('span')
  value.className = 'score-value'
  line.append(name, value)
  const bar = document.createElement('div')
  bar.className = 'bar'
  bar.setAttribute('aria-hidden', 'true')
  bar.append(document.createElement('span'))
  item.append(line, bar)
  return item
}

/** Navigation links on a server that lists episodes. A standalone game has no list. */
export function showWays(isOver: boolean): void {
  const base = /^(.*)\/episodes\/[^/]+\//.exec(location.pathname)
  const nav = document.querySelector('nav')
  if (!base || !nav) return
  const ways = [['All matches', `${base[1]}/`]]
  if (isOver) ways.unshift(['Watch the replay', './replay'])
  if (nav.children.length === ways.length) return
  nav.replaceChildren(
    ...ways.map(([text = '', href = '']) => {
      const link = document.createElement('a')
      link.textContent = text
      link.href = href
      return link
    }),
  )
}
