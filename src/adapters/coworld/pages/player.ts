// A person's slot: the world's own view, which sends what the person does. What a world shows a player need not contain
// the scores, so they come from the viewers' socket.

import { numberOf, numbers, type Snapshot, statusOf } from './snapshot.ts'
import { connect, socketUrl, viewersUrl } from './socket.ts'
import { byId, Screen, showWays } from './view.ts'

const status = byId('status', HTMLElement)
const refused = byId('refused', HTMLElement)
const url = socketUrl(location.href, true)
let seen: Snapshot | undefined
let publicScores: readonly number[] = []
let requests = 0

const line = connect({
  url,
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    if (message.type === 'receipt') {
      const { accepted, reason, code } = message
      if (accepted === false) refused.textContent = `Not taken: ${String(reason ?? code)}`
      return
    }
    if (message.type !== 'observation' && message.type !== 'final') return
    seen = message
    show()
    showStatus()
    showWays(message.type === 'final')
    document.body.dataset.done = String(message.type === 'final')
    if (message.type !== 'final') return
    refused.textContent = ''
    line.finish()
    viewers.finish()
  },
})

const viewers = connect({
  url: viewersUrl(url),
  onStatus: () => undefined,
  onMessage(message) {
    publicScores = numbers(message.scores)
    show()
    // Until the end the status may be about the connection of the slot.
    if (seen?.type === 'final') showStatus()
  },
})

const screen = new Screen({
  send(command) {
    refused.textContent = ''
    // A number asks for a receipt, which says why a command was refused.
    const isSent = line.send({ ...command, request_id: ++requests })
    if (!isSent) refused.textContent = 'Not sent: there is no connection to the game.'
  },
})

function scoresNow(): readonly number[] {
  const own = numbers(seen?.scores)
  return own.length > 0 ? own : publicScores
}

function show(): void {
  if (seen) screen.show(seen, numberOf(seen.slot), scoresNow())
}

function showStatus(): void {
  if (seen) status.textContent = statusOf(seen, scoresNow())
}
