// The panel beside the map: the latest messages, the conversation, nearby entities, the inventory, and the quests.
import { h } from '../../../kernel/view/dom.ts'
import { answer, ask, BLOCK, type Deed, deedsOf, FLEE, isBusy, REST, use } from './deeds.ts'
import { cellName, type Own, type Scene, type SeenEntity, type Traveller } from './scene.ts'

const TABS = ['here', 'carried', 'quests'] as const
type Tab = (typeof TABS)[number]
const TAB_WORDS: Readonly<Record<Tab, string>> = { here: 'Here', carried: 'Inventory', quests: 'Quests' }

/** The player's action handler; absent for viewers. */
export type Act = (deed: Deed) => void

export class Panel {
  readonly element = h('div', { class: 'ft-side' })
  readonly #act: Act | undefined
  readonly #said = h('section', { class: 'ft-part', 'aria-label': 'What happened', 'aria-live': 'polite' })
  readonly #talk = h('section', { class: 'ft-part', 'aria-label': 'Talk' })
  readonly #tabs = h('div', { class: 'ft-tabs', role: 'tablist' })
  readonly #body = h('section', { class: 'ft-part', role: 'tabpanel' })
  #tab: Tab = 'here'
  #shown = ''
  #latest: Scene | undefined

  constructor(act: Act | undefined) {
    this.#act = act
    for (const tab of TABS) {
      if (tab === 'carried' && !act) continue
      this.#tabs.append(
        h(
          'button',
          {
            type: 'button',
            role: 'tab',
            'data-tab': tab,
            'aria-selected': String(tab === this.#tab),
            onclick: () => this.#choose(tab),
          },
          TAB_WORDS[tab],
        ),
      )
    }
    this.element.append(this.#said, this.#talk, this.#tabs, this.#body)
  }

  #choose(tab: Tab): void {
    this.#tab = tab
    for (const button of this.#tabs.querySelectorAll<HTMLElement>('button')) {
      button.setAttribute('aria-selected', String(button.dataset.tab === tab))
    }
    if (this.#latest) this.show(this.#latest)
  }

  show(scene: Scene): void {
    this.#latest = scene
    const { tick, clock, ...rest } = scene
    // The key covers only what is shown: the clock is in the title line, and buttons stay under the pointer.
    const key = JSON.stringify([this.#tab, { ...rest, self: scene.own ? { ...scene.self, x: 0, y: 0 } : scene.self }])
    if (key === this.#shown) return
    this.#shown = key
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined
    this.#said.replaceChildren(...this.#scene(scene))
    this.#talk.hidden = scene.own?.talk === undefined
    this.#talk.replaceChildren(...this.#dialogue(scene))
    this.#body.replaceChildren(...this.#rows(scene))
    if (focused) this.element.querySelector<HTMLElement>(`[data-act="${CSS.escape(focused)}"]`)?.focus()
  }

  #scene(scene: Scene): HTMLElement[] {
    const said = scene.own?.said
    const parts = [h('p', { class: 'ft-scene' }, scene.cell.text)]
    if (!scene.own) return parts
    if (scene.own.downTicks > 0)
      parts.push(h('p', { class: 'ft-failed' }, `You have fallen. You come to in ${scene.own.downTicks} minutes.`))
    if (said && isBusy(said)) parts.push(h('p', { class: 'ft-prose' }, `${BUSY_WORDS[said.command] ?? 'Busy'}…`))
    else if (said && said.outcome !== '') {
      parts.push(
        h(
          'p',
          { class: said.status === 'failed' ? 'ft-prose ft-failed' : 'ft-prose', 'data-said': said.number },
          said.outcome,
        ),
      )
    }
    return parts
  }

  #dialogue({ own }: Scene): HTMLElement[] {
    const talk = own?.talk
    if (!talk) return []
    const choices = talk.choices.map((choice) =>
      this.#button(
        answer(talk.person, choice),
        `choice-${choice.index}`,
        own,
        choice.isOpen ? undefined : 'Not open to you yet',
      ),
    )
    const topics = talk.topics.map((topic) => this.#button(ask(talk.person, topic), `topic-${topic}`, own))
    return [
      h('h3', {}, `Talking with ${talk.name}`),
      ...(choices.length > 0 ? [h('div', { class: 'ft-choices' }, ...choices)] : []),
      h('p', { class: 'ft-scene' }, talk.topics.length === 0 ? 'There is nothing more to ask about now.' : 'Ask about'),
      h('div', { class: 'ft-topics' }, ...topics),
    ]
  }

  /** @param fault why the action is unavailable; shown in the button's description */
  #button(deed: Deed, name: string, own: Own | undefined, fault?: string): HTMLButtonElement {
    const isDisabled = fault !== undefined || (own?.downTicks ?? 0) > 0
    return h(
      'button',
      {
        type: 'button',
        class: 'ft-btn',
        'data-act': name,
        disabled: isDisabled,
        title: fault,
        onclick: () => this.#act?.(deed),
      },
      deed.text,
    )
  }

  #rows(scene: Scene): HTMLElement[] {
    switch (this.#tab) {
      case 'here':
        return scene.own ? this.#here(scene, scene.own) : this.#watched(scene)
      case 'carried':
        return scene.own ? this.#carried(scene, scene.own) : []
      case 'quests':
        return scene.quests.map(({ name, text, isDone }) =>
          h(
            'div',
            {},
            h('h3', { class: isDone ? 'ft-done' : '' }, isDone ? `${name}: done` : name),
            h('p', { class: 'ft-prose' }, text),
          ),
        )
    }
  }

  #here(scene: Scene, own: Own): HTMLElement[] {
    const always = own.isInCombat ? [BLOCK, FLEE] : [REST]
    return [
      ...scene.entities.map((entity) => this.#entity(entity, own)),
      h('div', { class: 'ft-row' }, ...always.map((deed) => this.#button(deed, deed.text, own))),
    ]
  }

  #entity(entity: SeenEntity, own: Own): HTMLElement {
    const steps = entity.distance <= 1 ? 'beside you' : `${Math.round(entity.distance)} steps`
    const far = entity.leadsTo ? `to ${cellName(entity.leadsTo)}, ${steps}` : steps
    const deeds = deedsOf(entity, own.isInCombat)
    return h(
      'div',
      { class: 'ft-row', 'data-entity': entity.id },
      h(
        'span',
        { class: 'name' },
        entity.isLocked ? `${entity.name}, locked` : entity.name,
        h('span', { class: 'far' }, far),
      ),
      ...deeds.map((deed) => this.#button(deed, `${entity.id}-${deed.text}`, own)),
    )
  }

  #carried({ self }: Scene, own: Own): HTMLElement[] {
    const rows = own.carries.map(({ id, name, count, isWorn }) =>
      h(
        'div',
        { class: 'ft-row', 'data-item': id },
        h('span', { class: 'name' }, count > 1 ? `${count} × ${name}` : name),
        isWorn && h('span', { class: 'far' }, 'in use'),
        this.#button(use(id), `use-${id}`, own),
      ),
    )
    const load = `${self?.gold ?? 0} gold, ${Math.round(own.load * 100)}% of what you can carry.`
    return [h('p', {}, load), ...(rows.length > 0 ? rows : [h('p', { class: 'ft-scene' }, 'You carry nothing.')])]
  }

  #watched({ travellers, entities }: Scene): HTMLElement[] {
    const rows = travellers.map((each) => this.#traveller(each))
    const others = entities.filter(({ type }) => type !== 'agent' && type !== 'door')
    return [
      ...rows,
      ...others.map(({ id, name }) =>
        h('div', { class: 'ft-row', 'data-entity': id }, h('span', { class: 'name' }, name)),
      ),
    ]
  }

  #traveller({ name, cell, health, gold, isDown, said }: Traveller): HTMLElement {
    const doing = isDown
      ? 'has fallen'
      : said && isBusy(said)
        ? (BUSY_WORDS[said.command] ?? said.command).toLowerCase()
        : 'waits'
    return h(
      'div',
      { class: 'ft-row' },
      h('span', { class: 'name' }, `${name}, ${cellName(cell)}: ${doing}`),
      h('span', { class: 'far' }, `${health} health, ${gold} gold`),
    )
  }
}

const BUSY_WORDS: Readonly<Record<string, string>> = {
  move_to: 'Walking',
  interact: 'Busy with it',
  use_item: 'Using it',
  wait: 'Resting',
  combat_action: 'Fighting',
  dialogue: 'Talking',
  journal_note: 'Writing',
  noop: 'Waiting',
}
