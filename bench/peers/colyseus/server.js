// paint-arena in Colyseus rooms: the rules of this repository, and messages of the same text and size as those of
// Paracosm. `node server.js ROOMS RATE` prints one line: the URLs of all seats. It ends by being killed.
import { createServer } from 'node:http'
import { matchMaker, Room, Server } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { createPaint, MOVES, snapshot, tickPaint } from '../../../src/worlds/paint-arena/rules.ts'

const [rooms = '1', rate = '20'] = process.argv.slice(2)
const PERIOD_MS = 1000 / Number(rate)
/** A room that falls further behind than this lets the missed time go. Paracosm's pacer has the same limit. */
const MAX_LAG_MS = 250
/** Seconds that a reserved seat stays open: the load comes after the last room has been made. */
const SEAT_SECONDS = 600

class PaintRoom extends Room {
  maxClients = 2
  autoDispose = false
  /** The room sends whole observations, as Paracosm does; there is no schema state to send patches of. */
  patchRate = null
  seatReservationTimeout = SEAT_SECONDS
  #state = createPaint({ width: 12, height: 8, max_ticks: 10_000, slots: 2 })
  #slots = new Map()
  #next = 0

  onCreate() {
    this.onMessage('move', (client, message) => {
      const slot = this.#slots.get(client.sessionId)
      if (slot !== undefined) this.#state.actions[slot] = Math.max(0, MOVES.indexOf(message?.move))
    })
  }

  onJoin(client) {
    this.#slots.set(client.sessionId, this.#slots.size)
    this.#send(client)
    if (this.#slots.size < 2) return
    this.#next = performance.now()
    this.#schedule()
  }

  /**
   * `setTimestep` is a plain setInterval, whose period drifts by the lateness of every call: rooms would make fewer than
   * 20 steps a second and look late for that alone. The room keeps its own schedule instead.
   */
  #schedule() {
    const now = performance.now()
    this.#next = now - this.#next > MAX_LAG_MS ? now + PERIOD_MS : this.#next + PERIOD_MS
    setTimeout(
      () => {
        this.clock.tick()
        tickPaint(this.#state)
        for (const client of this.clients) this.#send(client)
        this.#schedule()
      },
      Math.max(0, this.#next - now),
    )
  }

  #send(client) {
    const observation = {
      type: 'observation',
      slot: this.#slots.get(client.sessionId),
      ...snapshot(this.#state),
      player_names: ['Player 1', 'Player 2'],
      started: this.#slots.size === 2,
      paused: false,
      tick_rate: Number(rate),
      done: false,
    }
    client.send('observation', JSON.stringify(observation))
  }
}

const http = createServer()
// The generator answers no pings.
const transport = new WebSocketTransport({ server: http, pingInterval: 0 })
const server = new Server({ transport, greet: false, gracefullyShutdown: false })
server.define('paint', PaintRoom)
await server.listen(0, '127.0.0.1')
const { port } = http.address()
const sockets = []
for (let i = 0; i < Number(rooms); i++) {
  const room = await matchMaker.createRoom('paint', {})
  for (let slot = 0; slot < 2; slot++) {
    const seat = await matchMaker.reserveSeatFor(room, {})
    sockets.push(`ws://127.0.0.1:${port}/${room.processId}/${room.roomId}?sessionId=${seat.sessionId}`)
  }
}
process.stdout.write(`${JSON.stringify({ sockets })}\n`)
