// The player's controls: arrow keys, WASD, and on touch screens a pad of nine cells with five buttons.
import type { JsonObject } from '../../../protocol/json.ts'
import type { Move } from '../rules.ts'

const KEYS: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  w: 'up',
  s: 'down',
  a: 'left',
  d: 'right',
  ' ': 'stay',
}

/** In tab order. */
const BUTTONS: readonly (readonly [Move, string])[] = [
  ['up', 'M12 19V6M6 11.5 12 5l6 6.5'],
  ['left', 'M19 12H6M11.5 6 5 12l6.5 6'],
  ['stay', 'M8 8h8v8H8z'],
  ['right', 'M5 12h13M12.5 6l6.5 6-6.5 6'],
  ['down', 'M12 5v13M6 12.5 12 19l6-6.5'],
]

/** Adds the pad to `parent` and listens for keys. Returns a function that removes both. */
export function mountPad(parent: HTMLElement, send: (command: JsonObject) => void): () => void {
  const pad = document.createElement('div')
  pad.className = 'paint-pad'
  pad.setAttribute('role', 'group')
  pad.setAttribute('aria-label', 'Steer')
  const buttons = new Map(BUTTONS.map(([move, path]) => [move, buttonOf(move, path)]))
  const steer = (move: Move): void => {
    for (const [each, button] of buttons) button.setAttribute('aria-pressed', String(each === move))
    send({ move })
  }
  for (const [move, button] of buttons) {
    button.addEventListener('click', () => steer(move))
    pad.append(button)
  }
  const onKey = (event: KeyboardEvent): void => {
    const move = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    const { target } = event
    const isTyping = target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    // Space presses the focused button.
    const isPressing = event.key === ' ' && target instanceof HTMLButtonElement
    if (!move || isTyping || isPressing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    if (!event.repeat) steer(move)
  }
  window.addEventListener('keydown', onKey)
  parent.append(pad)
  return () => {
    window.removeEventListener('keydown', onKey)
    pad.remove()
  }
}

const SVG = 'http://www.w3.org/2000/svg'

function buttonOf(move: Move, d: string): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = `paint-pad-${move}`
  button.dataset.move = move
  button.setAttribute('aria-label', move)
  button.setAttribute('aria-pressed', 'false')
  const icon = document.createElementNS(SVG, 'svg')
  icon.setAttribute('viewBox', '0 0 24 24')
  icon.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', d)
  icon.append(path)
  button.append(icon)
  return button
}
