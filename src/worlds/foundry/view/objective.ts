// Shows the objective: its goals and their progress.
import { h } from '../../../kernel/view/dom.ts'
import type { Scene } from './scene.ts'
import { goalText } from './words.ts'

export class ObjectivePanel {
  readonly element = h('section', { class: 'fv-objective', 'aria-label': 'Objective', hidden: true })
  #shown = ''

  show({ objective }: Scene): void {
    this.element.hidden = objective.goals.length === 0
    const key = JSON.stringify(objective)
    if (key === this.#shown) return
    this.#shown = key
    if (objective.status === 'complete') {
      const delivery = objective.goals.find(({ kind }) => kind === 'deliver')
      const what = delivery ? `Delivered ${delivery.done} of ${delivery.needed}` : 'Complete'
      this.element.replaceChildren(h('p', { class: 'won' }, `${what} at tick ${objective.completedAt ?? 0}.`))
      return
    }
    const rows = objective.goals.map(({ kind, text, done, needed, met }) => {
      const fill = h('i')
      fill.style.width = `${Math.min(100, Math.round((100 * done) / Math.max(1, needed)))}%`
      const isLimit = kind === 'before_tick' || kind === 'parts_at_most'
      return h(
        'div',
        { class: isLimit && !met ? 'goal missed' : 'goal' },
        h('span', {}, goalText(text)),
        h('span', { class: 'count' }, h('b', {}, `${done}`), ` of ${needed}`),
        h('div', { class: 'fv-progress' }, fill),
      )
    })
    const failed = objective.status === 'failed' && h('p', { class: 'missed' }, 'The objective can no longer be met.')
    this.element.replaceChildren(...rows, ...(failed ? [failed] : []))
  }
}
