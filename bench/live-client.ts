// The load of live.bench.ts, in a process of its own: a player on every socket that answers every observation, and notes
// how far from its time each tick comes. A tick's time is that of the socket's earliest tick plus whole periods.
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const [seconds = '10', rate = '20'] = process.argv.slice(2)
const period = 1000 / Number(rate)
let input = ''
for await (const chunk of process.stdin) input += chunk
const urls = JSON.parse(input) as string[]
const MOVES = ['up', 'down', 'left', 'right'].map((move) => maskedFrame(`{"move":"${move}"}`))
const TICK = Buffer.from('"tick":')

/** The tick of an observation, without making a string of all of it: the generator must not be the bottleneck. */
function readTick(bytes: Buffer): number {
  let tick = 0
  const found = bytes.indexOf(TICK)
  if (found < 0) return 0
  const from = found + TICK.length
  for (let at = from, digit = (bytes[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - 48)
    tick = tick * 10 + digit
  return tick
}

interface Seen {
  readonly at: number
  readonly tick: number
}

const seen: Seen[][] = urls.map(() => [])
/** Text frames with an all-zero mask, made once: what a client sends must be masked, not hidden. */
function maskedFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

/**
 * One player on a bare TCP socket. Frames of the server are unmasked text below 64 KiB; several may come in one read, and
 * one may come in pieces.
 */
function play(url: URL, index: number): void {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  socket.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, index & 255).toString('base64')}\r\n\r\n`,
  )
  let rest: Buffer = Buffer.alloc(0)
  let isOpen = false
  socket.on('error', (error) => console.error(error.message))
  socket.on('data', (chunk: Buffer) => {
    const at = performance.now()
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (!isOpen) {
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) {
        rest = bytes
        return
      }
      isOpen = true
      bytes = bytes.subarray(end + 4)
    }
    for (let frame = frameLength(bytes); frame > 0 && frame <= bytes.length; frame = frameLength(bytes)) {
      const tick = readTick(bytes.subarray(0, frame))
      bytes = bytes.subarray(frame)
      if (tick === 0) continue
      seen[index]?.push({ at, tick })
      socket.write(MOVES[(tick + index) & 3] ?? '')
    }
    rest = bytes
  })
}

/** Bytes of the frame that stands at the start, header included; 0 when its header is not whole. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < 4) return 0
  const short = (bytes[1] ?? 0) & 127
  return short < 126 ? 2 + short : 4 + bytes.readUInt16BE(2)
}

for (const [index, url] of urls.entries()) {
  play(new URL(url), index)
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
