// Players of text games for the benchmark, in a separate process: each sends an input at intervals and waits for the
// end of its turn. Reads its instructions from standard input, and prints its measurements.
import { WebSocket } from 'ws'

interface Orders {
  readonly sockets: readonly string[]
  readonly key: string
  /** Milliseconds between two turns of a player; 0 for no pause. */
  readonly everyMs: number
  readonly seconds: number
}

const ACTIONS = [
  'I wave.',
  'I sit down.',
  'I look at the window.',
  'I take a step forward.',
  'I hum a tune.',
  'I wait.',
]

async function read(): Promise<Orders> {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  return JSON.parse(text)
}

const { sockets, key, everyMs, seconds } = await read()
const times: number[] = []
let errors = 0
let open = 0
const ready = Promise.withResolvers<void>()
let end = Number.POSITIVE_INFINITY

function play(url: string, index: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` }, perMessageDeflate: false })
  let started = 0
  let turn = 0
  const say = (): void => {
    if (performance.now() >= end) {
      socket.terminate()
      resolve()
      return
    }
    started = performance.now()
    socket.send(JSON.stringify({ type: 'advance', text: ACTIONS[(turn++ + index) % ACTIONS.length] }))
  }
  socket.on('message', (data) => {
    const text = String(data)
    if (text.startsWith('{"type":"error"')) errors++
    if (!text.startsWith('{"type":"turn_end"')) return
    if (started === 0) {
      open++
      if (open === sockets.length) ready.resolve()
      // Spread over the period, so that not all players send at the same time.
      void ready.promise.then(() => setTimeout(say, everyMs === 0 ? 0 : (everyMs * index) / sockets.length))
      started = 1
      return
    }
    times.push(performance.now() - started)
    if (text.includes('"exited":true')) {
      socket.terminate()
      resolve()
    } else if (everyMs === 0) say()
    else setTimeout(say, Math.max(0, everyMs - (performance.now() - started)))
  })
  socket.on('error', () => {
    errors++
    resolve()
  })
  return promise
}

const connecting = performance.now()
const players = sockets.map((url, index) => play(url, index))
await ready.promise
const connectMs = performance.now() - connecting
const began = performance.now()
end = began + seconds * 1000
process.stderr.write('ready\n')
await Promise.race([Promise.all(players), new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 10_000))])
const measured = {
  times: times.map((time) => Math.round(time * 10) / 10),
  errors,
  connectMs,
  seconds: (performance.now() - began) / 1000,
}
process.stdout.write(JSON.stringify(measured), () => process.exit())
