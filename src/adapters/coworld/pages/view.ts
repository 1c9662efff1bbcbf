// Shared by all pages: the field, the scores, the status line. One renderer draws live games and recordings alike.
import { drawPaint, isPaint } from './paint.ts'
import { namesOf, numbers, type Snapshot, tickOf } from './snapshot.ts'

export function byId<T extends Element>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}

/** Shows a snapshot: the field, the scores, and the same in words. `own` marks the viewer's slot. */
export function showSnapshot(snapshot: Snapshot, own?: number): void {
  const field = byId('field', HTMLElement)
  if (isPaint(snapshot)) {
    const canvas = field.querySelector('canvas') ?? field.appendChild(document.createElement('canvas'))
    canvas.setAttribute('role', 'img')
    canvas.setAttribute('aria-label', describe(snapshot))
    drawPaint(canvas, snapshot, own)
  } else {
    const text = field.querySelector('pre') ?? field.appendChild(document.createElement('pre'))
    text.className = 'state'
    text.tabIndex = 0
    text.textContent = JSON.stringify(snapshot, undefined, 2)
  }
  showScores(snapshot, own)
}

function describe(snapshot: Snapshot): string {
  const scores = numbers(snapshot.scores)
  const standing = namesOf(snapshot).map((name, slot) => `${name} ${scores[slot] ?? 0}`)
  return `Tick ${tickOf(snapshot)}. ${standing.join(', ')}.`
}

function showScores(snapshot: Snapshot, own: number | undefined): void {
  const scores = numbers(snapshot.scores)
  const top = Math.max(1, ...scores)
  const list = byId('scores', HTMLOListElement)
  const names = namesOf(snapshot)
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
  item.style.setProperty('--slot', `var(--slot-${slot % 4})`)
  item.style.setProperty('--slot-ink', `var(--slot-ink-${slot % 4})`)
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
