// The browser view of frontier: the map of a cell and the panel beside it. With `send`, a click on the map, a person, a
// topic or a verb sends a command.

import { adoptSheet, h } from '../../../kernel/view/dom.ts'
import type { ViewModule, ViewSource } from '../../../kernel/view.ts'
import { Agenda, type Deed, deedsOf, walk } from './deeds.ts'
import { FrontierMap, type Tile } from './map.ts'
import { Panel } from './panel.ts'
import { cellName, hourOf, MAX_HEALTH, PLACES, readScene, type Scene, type SeenEntity } from './scene.ts'
import { SHEET } from './sheet.ts'

export const view: ViewModule = {
  mount(element, source) {
    const dropSheet = adoptSheet(SHEET)
    const screen = new FrontierScreen(source)
    element.append(screen.root)
    screen.start()
    return () => {
      screen.dispose()
      dropSheet()
    }
  },
}

class FrontierScreen {
  readonly root = h('div', { class: 'frontier-view' })
  readonly #source: ViewSource
  readonly #place = h('h2')
  readonly #hour = h('p')
  readonly #health = h('div', { class: 'ft-health' })
  readonly #follow = h('select', { class: 'ft-btn', 'aria-label': 'Follow', onchange: () => this.#update() })
  readonly #mapHost = h('div', { class: 'ft-map' })
  readonly #empty = h('p', { class: 'ft-empty' }, 'Waiting for the first frame.')
  readonly #map: FrontierMap
  readonly #panel: Panel
  readonly #agenda: Agenda | undefined
  #stop: () => void = () => undefined
  #scene: Scene | undefined
  #step = -1

  constructor(source: ViewSource) {
    this.#source = source
    const { send } = source
    this.#agenda = send && new Agenda((command) => send.call(source, command))
    const act = this.#agenda && ((deed: Deed) => this.#agenda?.begin(deed, this.#scene))
    this.#map = new FrontierMap(this.#mapHost, act && ((tile, entity) => this.#clicked(tile, entity)))
    this.#panel = new Panel(act)
    const title = h(
      'header',
      { class: 'ft-title' },
      this.#place,
      this.#hour,
      h('span', { class: 'spacer' }),
      this.#follow,
      this.#health,
    )
    this.root.append(title, this.#mapHost, this.#panel.element, this.#empty)
  }

  start(): void {
    this.#stop = this.#source.subscribe(() => this.#update())
    this.#update()
  }

  #clicked({ x, y }: Tile, entity: SeenEntity | undefined): void {
    const deed = entity && deedsOf(entity, this.#scene?.own?.isInCombat === true)[0]
    this.#agenda?.begin(deed ?? walk(x, y), this.#scene)
  }

  #update(): void {
    const { frame } = this.#source
    this.#empty.hidden = frame !== undefined
    if (!frame) return
    const wanted = this.#follow.value
    const scene = readScene(frame.view, /^\d+$/.test(wanted) || wanted === '' ? Number(wanted) : wanted)
    if (!scene) return
    this.#scene = scene
    this.#place.textContent = scene.cell.name
    this.#hour.textContent = hourOf(scene)
    this.#showHealth(scene)
    this.#showFollow(scene)
    this.#map.show(scene)
    this.#panel.show(scene)
    this.root.dataset.tick = String(scene.tick)
    this.root.dataset.cell = scene.cell.id
    // A repeated frame carries no news about the commands that were sent.
    if (frame.step !== this.#step) this.#agenda?.frame(scene)
    this.#step = frame.step
  }

  #showHealth({ self, own }: Scene): void {
    this.#health.hidden = !self || !own
    if (!self || !own) return
    const fill = h('i')
    fill.style.width = `${Math.round((100 * self.health) / MAX_HEALTH)}%`
    this.#health.replaceChildren(
      h('span', {}, `Health ${self.health} of ${MAX_HEALTH}`),
      h('div', { class: 'ft-bar' }, fill),
    )
  }

  /** The agent or cell that the public view follows. */
  #showFollow(scene: Scene): void {
    this.#follow.hidden = scene.own !== undefined
    if (scene.own || this.#follow.options.length > 0) return
    for (const { slot, name } of scene.travellers) this.#follow.append(new Option(`Follow ${name}`, String(slot)))
    for (const id of PLACES) this.#follow.append(new Option(cellName(id), id))
  }

  dispose(): void {
    this.#stop()
    this.#map.dispose()
    this.root.remove()
  }
}
