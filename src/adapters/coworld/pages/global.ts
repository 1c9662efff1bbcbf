// The live viewer.

import { statusOf } from './snapshot.ts'
import { connect, socketUrl } from './socket.ts'
import { byId, Screen, showWays } from './view.ts'

const status = byId('status', HTMLElement)
const screen = new Screen()
const line = connect({
  url: socketUrl(location.href, true),
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    screen.show(message)
    status.textContent = statusOf(message)
    showWays(message.done === true)
    document.body.dataset.done = String(message.done === true)
    if (message.done === true) line.finish()
  },
})
