// GET /perception of a running frontier episode, and POST /command, over real sockets with a local load generator; the
// floor is a bare node:http server in a separate process that answers the same bytes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCommand } from '../src/testing/cli.ts'
import { median, percentile, type Row } from './measure.ts'

export const name = 'perception'

const CONNECTIONS = 16
const SECONDS = 3
const RUNS = 3

interface Load {
  readonly perSecond: number
  readonly p99Ms: number
}

/** One request at a time per connection, as fast as the server answers. */
async function load(url: string, request: () => string): Promise<Load> {
  const { hostname, port } = new URL(url)
  const waits: number[] = []
  const started = performance.now()
  const until = started + SECONDS * 1000
  await Promise.all(Array.from({ length: CONNECTIONS }, () => drive(hostname, Number(port), { request, until, waits })))
  return { perSecond: waits.length / ((performance.now() - started) / 1000), p99Ms: percentile(waits, 0.99) }
}

interface Drive {
  request(): string
  readonly until: number
  readonly waits: number[]
}

async function drive(host: string, port: number, { request, until, waits }: Drive): Promise<void> {
  const socket = connect(port, host)
  socket.setNoDelay(true)
  await once(socket, 'connect')
  let sent = 0
  let missing = 0
  const ask = (): void => {
    sent = performance.now()
    missing = -1
    socket.write(request())
  }
  socket.on('data', (chunk) => {
    if (missing < 0) {
      const head = chunk.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(chunk.toString('latin1', 0, head))?.[1])
      missing = head + 4 + length
    }
    missing -= chunk.length
    if (missing > 0) return
    waits.push(performance.now() - sent)
    if (performance.now() < until) ask()
    else socket.end()
  })
  ask()
  await once(socket, 'close')
}

const FLOOR = `
const body = Buffer.from(process.argv[1], 'base64')
require('node:http').createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  response.end(body)
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

async function startFloor(body: Buffer): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', FLOOR, body.toString('base64')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout, 'data')
  const stop = async (): Promise<void> => {
    child.kill()
    await once(child, 'close')
  }
  return { url: `http://127.0.0.1:${Number(String(port))}`, stop }
}

async function repeat(run: () => Promise<Load>): Promise<Load> {
  const runs: Load[] = []
  for (let i = 0; i < RUNS; i++) runs.push(await run())
  return { perSecond: median(runs.map((each) => each.perSecond)), p99Ms: median(runs.map((each) => each.p99Ms)) }
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-perception-bench-'))
  const args = ['perception', 'serve', 'frontier', '--agent', 'timmy', '--port', '0', '--data', folder, '--json']
  const server = startCommand(args)
  try {
    const [line] = await server.sees(/^\{.*\}$/m)
    const { url, agents } = JSON.parse(line)
    const auth = `Authorization: Bearer ${agents[0].token}\r\n`
    const answer = await fetch(`${url}/perception`, { headers: { authorization: `Bearer ${agents[0].token}` } })
    const body = Buffer.from(await answer.arrayBuffer())
    const floor = await startFloor(body)
    const get = (): string => `GET /perception?agent_id=timmy HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`
    const bare = await repeat(() => load(floor.url, get))
    await floor.stop()
    const note = `${CONNECTIONS} connections, ${body.length} bytes`
    report({ what: 'bare node:http, the same bytes', value: bare.perSecond, unit: 'requests/s', note })
    report({ what: 'bare node:http, p99', value: bare.p99Ms, unit: 'ms' })
    const seen = await repeat(() => load(url, get))
    report({ what: 'GET /perception of a running episode', value: seen.perSecond, unit: 'requests/s', note })
    report({ what: 'GET /perception, p99', value: seen.p99Ms, unit: 'ms', note: 'goal: under 20' })
    await reportCommands(report, url, auth)
  } finally {
    server.kill('SIGINT')
    await server.ended
    rmSync(folder, { recursive: true })
  }
}

/** Accepted or refused, each is logged before the response; most find the agent busy or above its rate. */
async function reportCommands(report: (row: Row) => void, url: string, auth: string): Promise<void> {
  const timestamp = new Date().toISOString()
  const body = JSON.stringify({ timestamp, agent_id: 'timmy', command: 'noop', params: {}, reasoning: 'Measuring.' })
  const length = Buffer.byteLength(body)
  const post = (): string =>
    `POST /command HTTP/1.1\r\nHost: localhost\r\n${auth}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`
  const said = await repeat(() => load(url, post))
  report({ what: 'POST /command, one agent', value: said.perSecond, unit: 'requests/s', note: 'beyond its rate: 429' })
  report({ what: 'POST /command, p99', value: said.p99Ms, unit: 'ms' })
}
