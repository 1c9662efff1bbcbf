// Pause, resume and pace of a game on this machine.

import { numberOf, statusOf } from './snapshot.ts'
import { connect, socketUrl } from './socket.ts'
import { byId, Screen } from './view.ts'

const status = byId('status', HTMLElement)
const rate = byId('rate', HTMLInputElement)
const rateLabel = byId('rate-label', HTMLElement)

const screen = new Screen()
const line = connect({
  url: socketUrl(location.href, false),
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    screen.show(message)
    status.textContent = statusOf(message)
    rateLabel.textContent = `${numberOf(message.tick_rate)} ticks per second`
    if (document.activeElement !== rate) rate.value = String(numberOf(message.tick_rate))
  },
})
byId('pause', HTMLButtonElement).addEventListener('click', () => line.send({ command: 'pause' }))
byId('resume', HTMLButtonElement).addEventListener('click', () => line.send({ command: 'resume' }))
rate.addEventListener('change', () => line.send({ command: 'tick_rate', tick_rate: Number(rate.value) }))
// The socket only answers commands: poll from time to time, so that the field stays current.
setInterval(() => line.send({ command: 'look' }), 250)
