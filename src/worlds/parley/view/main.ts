// The browser view of parley: the conversation and, on request, what validators rejected and how it was scored. Play
// has a page of its own; this view shows live or recorded sessions and follows the frames when they jump.

import { adoptSheet, h } from '../../../kernel/view/dom.ts'
import type { ViewModule, ViewSource } from '../../../kernel/view.ts'
import { type Conversation, type Entry, readConversation, type Verdict, verdictsOf } from './conversation.ts'
import { prose } from './prose.ts'
import { SHEET } from './sheet.ts'

export const view: ViewModule = {
  mount(element, source) {
    const dropSheet = adoptSheet(SHEET)
    const screen = new ParleyScreen(source)
    element.append(screen.root)
    screen.start()
    return () => {
      screen.dispose()
      dropSheet()
    }
  },
}

/** Distance from the end, in pixels, within which a reader counts as following. */
const FOLLOWS = 80

class ParleyScreen {
  readonly root = h('div', { class: 'parley-view' })
  readonly #source: ViewSource
  readonly #title = h('h2')
  readonly #who = h('p')
  readonly #column = h('div', { class: 'pl-column' })
  readonly #scroll = h(
    'div',
    { class: 'pl-scroll', tabindex: 0, role: 'log', 'aria-label': 'Conversation' },
    this.#column,
  )
  readonly #verdictsButton = h('button', {
    type: 'button',
    class: 'pl-btn',
    'aria-pressed': 'false',
    onclick: () => this.#toggle('verdicts'),
  })
  readonly #scoreButton = h(
    'button',
    { type: 'button', class: 'pl-btn', 'aria-pressed': 'false', onclick: () => this.#toggle('score') },
    'Score',
  )
  readonly #empty = h('p', { class: 'pl-empty' }, 'Waiting for the first frame.')
  /** By step, because frames may come in any order and more than once. */
  readonly #verdicts = new Map<number, readonly Verdict[]>()
  readonly #shown = { verdicts: false, score: false }
  #stop: () => void = () => undefined
  #key = ''

  constructor(source: ViewSource) {
    this.#source = source
    const head = h(
      'header',
      { class: 'pl-head' },
      this.#title,
      this.#who,
      h('span', { class: 'spacer' }),
      this.#verdictsButton,
      this.#scoreButton,
    )
    this.root.append(head, this.#empty, this.#scroll)
  }

  start(): void {
    this.#stop = this.#source.subscribe(() => this.#update())
    this.#update()
  }

  #toggle(what: 'verdicts' | 'score'): void {
    this.#shown[what] = !this.#shown[what]
    this.#update()
  }

  #update(): void {
    const { frame } = this.#source
    this.#empty.hidden = frame !== undefined
    this.#scroll.hidden = frame === undefined
    if (!frame) return
    const fresh = verdictsOf(frame.step, frame.events)
    if (fresh.length > 0) this.#verdicts.set(frame.step, fresh)
    const known = [...this.#verdicts.entries()]
      .filter(([step]) => step <= frame.step)
      .sort(([a], [b]) => a - b)
      .flatMap(([, verdicts]) => verdicts)
    const talk = readConversation(frame.view, this.#shown.verdicts ? known : [])
    this.root.dataset.turns = String(talk.turns)
    this.#showHead(talk, known.length)
    const key = JSON.stringify([talk, this.#shown])
    if (key === this.#key) return
    this.#key = key
    const follows = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < FOLLOWS
    this.#column.replaceChildren(...talk.entries.map(entryOf), ...this.#end(talk))
    if (follows) this.#scroll.scrollTop = this.#scroll.scrollHeight
  }

  #showHead(talk: Conversation, verdicts: number): void {
    this.#title.textContent = talk.game
    const turns = `${talk.turns} ${talk.turns === 1 ? 'turn' : 'turns'}`
    this.#who.textContent = `${talk.pc} meets ${talk.npc}, ${turns}${talk.isOver ? ', over' : ''}`
    this.#verdictsButton.textContent = verdicts === 1 ? '1 verdict' : `${verdicts} verdicts`
    this.#verdictsButton.disabled = verdicts === 0
    this.#verdictsButton.setAttribute('aria-pressed', String(this.#shown.verdicts && verdicts > 0))
    this.#scoreButton.disabled = talk.score === undefined
    this.#scoreButton.setAttribute('aria-pressed', String(this.#shown.score && talk.score !== undefined))
  }

  #end({ score, isOver, reason }: Conversation): HTMLElement[] {
    const parts: HTMLElement[] = []
    if (score && this.#shown.score) {
      parts.push(
        h(
          'section',
          { class: 'pl-score', 'aria-label': 'Score' },
          h('p', {}, h('b', {}, `${score.score} of 100`), `, tier ${score.tier}`),
          ...prose(score.reasoning),
        ),
      )
    }
    if (isOver && reason !== '') parts.push(h('p', { class: 'pl-info' }, `The session is over: ${reason}.`))
    return parts
  }

  dispose(): void {
    this.#stop()
    this.root.remove()
  }
}

function entryOf(entry: Entry): HTMLElement {
  switch (entry.kind) {
    case 'scene':
      return h('article', { class: 'pl-scene' }, h('small', {}, `Turn ${entry.turn}`), ...prose(entry.text))
    case 'said':
      return h('div', { class: entry.isRefused ? 'pl-said refused' : 'pl-said' }, entry.text)
    case 'refusal':
      return h('div', { class: 'pl-refusal' }, h('span', { class: 'pl-chip' }, 'Not played'), ...prose(entry.text))
    case 'info':
      return h('div', { class: 'pl-info' }, ...prose(entry.text))
    case 'verdict':
      return verdictOf(entry.verdict)
  }
}

function verdictOf({ validator, stage, message, response, raw }: Verdict): HTMLElement {
  const what = stage === 'action' ? 'Action refused' : 'Draft refused'
  return h(
    'section',
    { class: 'pl-verdict', 'aria-label': `Verdict of ${validator}` },
    h('span', { class: stage === 'action' ? 'pl-chip' : 'pl-chip draft' }, `${what}: ${validator}`),
    h('blockquote', {}, response),
    ...prose(message),
    h('details', {}, h('summary', {}, 'What the validator answered'), h('pre', {}, raw)),
  )
}
