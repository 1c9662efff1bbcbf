// A person's slot: arrow keys, WASD or the pad move; space and the middle of the pad stay.

import { numberOf, statusOf } from './snapshot.ts'
import { connect, socketUrl } from './socket.ts'
import { byId, showSnapshot, showWays } from './view.ts'

const KEYS: Readonly<Record<string, string>> = {
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

const status = byId('status', HTMLElement)
const pad = byId('pad', HTMLElement)

const line = connect({
  url: socketUrl(location.href, true),
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    if (message.type !== 'observation' && message.type !== 'final') return
    showSnapshot(message, numberOf(message.slot))
    status.textContent = statusOf(message)
    showWays(message.type === 'final')
    document.body.dataset.done = String(message.type === 'final')
    if (message.type === 'final') line.finish()
  },
})

function move(direction: string): void {
  line.send({ move: direction })
  for (const button of pad.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.move === direction))
  }
}

addEventListener('keydown', (event) => {
  const direction = KEYS[event.key]
  if (!direction || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  move(direction)
})
pad.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null
  if (button?.dataset.move) move(button.dataset.move)
})
