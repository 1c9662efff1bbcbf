// The load of live.bench.ts, in a process of its own: a player on every socket that answers every observation, and notes
// how far from its time each tick comes. A tick's time is that of the socket's earliest tick plus whole periods.
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'

const [seconds = '10', rate = '20'] = process.argv.slice(2)
const period = 1000 / Number(rate)
let input = ''
for await (const chunk of process.stdin) input += chunk
const urls = JSON.parse(input) as string[]
const MOVES = ['up', 'down', 'left', 'right'].map((move) => `{"move":"${move}"}`)
const TICK = Buffer.from('"tick":')

/** The tick of an observation, without making a string of all of it: the generator must not be the bottleneck. */
function readTick(bytes: Buffer): number {
  let tick = 0
  const from = bytes.indexOf(TICK) + TICK.length
  for (let at = from, digit = (bytes[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - 48)
    tick = tick * 10 + digit
  return tick
}

interface Seen {
  readonly at: number
  readonly tick: number
}

const seen: Seen[][] = urls.map(() => [])
const sockets: WebSocket[] = []
for (const [index, url] of urls.entries()) {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
  sockets.push(socket)
  socket.on('message', (bytes: Buffer) => {
    const at = performance.now()
    const tick = readTick(bytes)
    if (tick === 0) return
    seen[index]?.push({ at, tick })
    socket.send(MOVES[(tick + index) & 3] ?? '')
  })
  socket.on('error', (error) => console.error(error.message))
  if (index % 50 === 49) await wait(20)
}
await wait(3000)
const from = performance.now()
await wait(Number(seconds) * 1000)
const to = performance.now()
const delays: number[] = []
let expected = 0
for (const ticks of seen) {
  const inside = ticks.filter(({ at }) => at >= from && at < to)
  expected += Math.floor((to - from) / period)
  const base = Math.min(...inside.map(({ at, tick }) => at - tick * period))
  for (const { at, tick } of inside) delays.push(at - tick * period - base)
}
process.stdout.write(
  JSON.stringify({ delays: delays.map((delay) => Math.round(delay * 100) / 100), expected, received: delays.length }),
  () => process.exit(0),
)
