// A person's slot: the world's own view, which sends what the person does.

import { numberOf, statusOf } from './snapshot.ts'
import { connect, socketUrl } from './socket.ts'
import { byId, Screen, showWays } from './view.ts'

const status = byId('status', HTMLElement)

const line = connect({
  url: socketUrl(location.href, true),
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    if (message.type !== 'observation' && message.type !== 'final') return
    screen.show(message, numberOf(message.slot))
    status.textContent = statusOf(message)
    showWays(message.type === 'final')
    document.body.dataset.done = String(message.type === 'final')
    if (message.type === 'final') line.finish()
  },
})
const screen = new Screen({ send: (command) => line.send(command) })
