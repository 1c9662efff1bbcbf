// The load of live.bench.ts, in a separate process: a player per socket that answers every observation, and records
// the delay of each tick. A tick is due a whole number of periods after the socket's earliest tick, so a
// server that drifts counts as late. Reads a LoadRequest from standard input and prints a LoadReport.
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { PROTOCOLS } from './protocols.ts'
import type { LoadReport, LoadRequest } from './run-load.ts'

/** Milliseconds between the last connection and the measured window, so that joins are over. */
const SETTLE_MS = 3000

let input = ''
for await (const chunk of process.stdin) input += chunk
const request: LoadRequest = JSON.parse(input)
const protocol = PROTOCOLS[request.protocol]
if (!protocol) throw new Error(`There is no protocol ${request.protocol}.`)
const { moves, greeting, receipt } = protocol
const period = 1000 / request.rate
const TICK = Buffer.from('"tick":')

/** The tick of an observation, without decoding all of it: the generator must not be the bottleneck. */
function readTick(bytes: Buffer): number {
  let tick = 0
  const found = bytes.indexOf(TICK)
  if (found < 0) return 0
  const from = found + TICK.length
  for (let at = from, digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48)
    tick = tick * 10 + digit
  return tick
}

interface Seen {
  readonly at: number
  readonly tick: number
}

const seen: Seen[][] = request.sockets.map(() => [])
let receipts = 0
let isMeasuring = false

/** One frame of the server. */
function take(frame: Buffer, index: number, at: number): Buffer | undefined {
  const tick = readTick(frame)
  if (tick > 0) {
    if (isMeasuring) seen[index]!.push({ at, tick })
    return moves[(tick + index) & 3]
  }
  if (receipt && isMeasuring && frame.includes(receipt)) receipts++
  return undefined
}

/**
 * One player on a bare TCP socket. Frames of the server are unmasked and below 64 KiB; several may arrive in one read, and
 * one may arrive in pieces.
 */
function play(url: URL, index: number): void {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  socket.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, index & 255).toString('base64')}\r\n\r\n`,
  )
  let rest: Buffer = Buffer.alloc(0)
  let isOpen = false
  let isGreeted = greeting === undefined
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
      if (!bytes.subarray(0, 12).equals(SWITCHING)) console.error(bytes.toString('latin1', 0, 200))
      isOpen = true
      bytes = bytes.subarray(end + 4)
    }
    for (let frame = frameLength(bytes); frame > 0 && frame <= bytes.length; frame = frameLength(bytes)) {
      if (!isGreeted && greeting) {
        isGreeted = true
        socket.write(greeting)
      }
      const answer = take(bytes.subarray(0, frame), index, at)
      bytes = bytes.subarray(frame)
      if (answer) socket.write(answer)
    }
    rest = bytes
  })
}

const SWITCHING = Buffer.from('HTTP/1.1 101')

/** Bytes of the first frame, including its header; 0 if the header is incomplete. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < 2) return 0
  const short = bytes[1]! & 127
  if (short < 126) return 2 + short
  return bytes.length < 4 ? 0 : 4 + bytes.readUInt16BE(2)
}

for (const [index, url] of request.sockets.entries()) {
  play(new URL(url), index)
  if (index % 50 === 49) await wait(20)
}
await wait(SETTLE_MS)
isMeasuring = true
const from = performance.now()
const usage = process.cpuUsage()
process.stdout.write('measuring\n')
await wait(request.seconds * 1000)
isMeasuring = false
const to = performance.now()
const { user, system } = process.cpuUsage(usage)
const delays: number[] = []
for (const ticks of seen) {
  let base = Number.POSITIVE_INFINITY
  for (const { at, tick } of ticks) base = Math.min(base, at - tick * period)
  for (const { at, tick } of ticks) delays.push(Math.round((at - tick * period - base) * 100) / 100)
}
const report: LoadReport = {
  delays,
  expected: Math.floor((to - from) / period) * seen.length,
  receipts,
  seconds: (to - from) / 1000,
  generatorCpu: (user + system) / 1000 / (to - from),
}
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
